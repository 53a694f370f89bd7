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
	struct an_blob *held; /* what was fetched last and is held: the record, and its value */
	struct an_span record;
	uint64_t id; /* of the operation that is under way, or 0 */
	an_client_part_next *next;
	struct an_client_work work;
	an_status (*run)(struct an_client_part *part);
	an_status status;           /* of the job */
	an_client_part_next *found; /* of what is looked for: `next` when it is known */
	enum an_record_type wanted; /* it */
	uint8_t wanted_name[AN_RECORD_NAME_SIZE];
};

/* `next` is never called from inside these, and not at all where the whole has ended by then. A part
 * that cannot begin ends the whole. */
void an_client_part_write(struct an_client_part *part, const struct an_client_write *write,
                          an_client_part_next *next);
void an_client_part_get(struct an_client_part *part, enum an_record_type type,
                        const uint8_t owner[AN_OWNER_KEY_SIZE], an_client_part_next *next);

/* Looks whether there is one and fetches it then; else `next` is told E_NOT_FOUND. That is quicker than
 * a get where there should be none, and believes nobody who says that there is. */
void an_client_part_find(struct an_client_part *part, enum an_record_type type,
                         const uint8_t owner[AN_OWNER_KEY_SIZE], an_client_part_next *next);

/* Runs a compute job. Without memory the whole ends, and `next` does not follow. */
void an_client_part_compute(struct an_client_part *part,
                            an_status (*run)(struct an_client_part *part),
                            an_client_part_next *next);

/* Whether a get gave something: a fork too. */
bool an_client_part_has_content(const struct an_client_result *result);

/* Holds what was fetched, in place of what was held. */
void an_client_part_hold(struct an_client_part *part, const struct an_client_result *result);

/* The whole has as many copies as that of its parts that has fewest. */
void an_client_part_note_copies(struct an_client_part *part, const struct an_client_result *result);

/* A copy of `bytes` becomes the whole's content. False without memory: then the whole has ended. */
bool an_client_part_give(struct an_client_part *part, struct an_span bytes);

/* The whole ends as this part did. */
void an_client_part_end(struct an_client_part *part, const struct an_client_result *result);

/* For the owner's `stop`, and its `release`. */
void an_client_part_stop(struct an_client_part *part);
void an_client_part_done(struct an_client_part *part);

#endif
