/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Record values of the types that have an owner: made, signed, and named. The values are unpaid and
 * complete, header included.
 *
 * Pure but for memory. Signs and derives keys, some milliseconds: for jobs.
 */
#ifndef AN_CLIENT_RECORD_MAKE_H
#define AN_CLIENT_RECORD_MAKE_H

#include "base/blob.h"
#include "data/graph_entry.h"
#include "data/pointer.h"
#include "data/record.h"
#include "data/scratchpad.h"

/* Type and owner of an unpaid record. Nothing is verified. E_CORRUPT, E_TOO_LARGE, E_NO_MEMORY;
 * E_INVALID for a chunk, which has no owner. */
an_status an_record_owner_of(struct an_span value, enum an_record_type *ret_type,
                             uint8_t ret_owner[AN_OWNER_KEY_SIZE]);

/* `pointer` has counter and target. E_INVALID, E_NO_MEMORY. */
an_status an_record_make_pointer(struct an_pointer *pointer,
                                 const uint8_t secret[AN_BLS_SECRET_SIZE],
                                 struct an_blob **ret_value);

/* `scratchpad` has encoding and counter; `r` as an_scratchpad_seal. E_INVALID, E_TOO_LARGE,
 * E_NO_MEMORY. */
an_status an_record_make_scratchpad(struct an_scratchpad *scratchpad,
                                    const uint8_t secret[AN_BLS_SECRET_SIZE],
                                    const uint8_t r[AN_BLS_SECRET_SIZE], struct an_span plain,
                                    struct an_blob **ret_value);

/* `entry` has everything but owner and signature; the value is a set of it alone. E_INVALID,
 * E_TOO_LARGE, E_NO_MEMORY. */
an_status an_record_make_graph(struct an_graph_entry *entry,
                               const uint8_t secret[AN_BLS_SECRET_SIZE],
                               struct an_blob **ret_value);

/* The value of an entry that is signed already. E_TOO_LARGE, E_NO_MEMORY. */
an_status an_record_write_graph(const struct an_graph_entry *entry, struct an_blob **ret_value);

/* What a value of this type holds, behind its header. E_CORRUPT where it is another type, or none. */
an_status an_record_body(struct an_span value, enum an_record_type type,
                         struct an_reader *ret_reader);

#endif
