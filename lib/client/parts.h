/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Operations that are made of others, one after the other: registers and vaults of writes and reads of
 * records, and of jobs. One part is under way at a time; `next` follows when it has ended, and says
 * what comes then.
 *
 * Embedded in its owner. When the whole ends, so does its part; the whole waits for that.
 */
#ifndef AN_CLIENT_PARTS_H
#define AN_CLIENT_PARTS_H

#include "client/internal.h"
#include "client/records.h"

struct an_client_part;

/* What a part came to; of a job only its status. Borrowed during the call. */
typedef void an_client_part_next(struct an_client_part *part,
                                 const struct an_client_result *result);

struct an_client_part {
	/* Filled in by the owner before the first part. */
	struct an_client_operation *whole;

	/* Its own. */
	uint64_t id; /* of the operation that is under way, or 0 */
	an_client_part_next *next;
	struct an_client_work work;
	an_status (*run)(struct an_client_part *part);
	an_status status; /* of the job */
};

/* `next` is never called from inside these, and not at all where the whole has ended by then. A part
 * that cannot begin ends the whole. */
void an_client_part_write(struct an_client_part *part, const struct an_client_write *write,
                          an_client_part_next *next);
void an_client_part_get(struct an_client_part *part, enum an_record_type type,
                        const uint8_t owner[AN_OWNER_KEY_SIZE], an_client_part_next *next);
void an_client_part_exists(struct an_client_part *part, const uint8_t owner[AN_OWNER_KEY_SIZE],
                           an_client_part_next *next);

/* Runs a compute job. Without memory the whole ends, and `next` does not follow. */
void an_client_part_compute(struct an_client_part *part,
                            an_status (*run)(struct an_client_part *part),
                            an_client_part_next *next);

/* The whole ends as this part did. */
void an_client_part_end(struct an_client_part *part, const struct an_client_result *result);

/* For the owner's `stop`. */
void an_client_part_stop(struct an_client_part *part);

#endif
