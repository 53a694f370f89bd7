/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What becomes of a record that comes in while one may be held already: the rules for conflicts and
 * counters (semantics 6.3). Payments are not looked at here.
 *
 * Pure but for memory. Verifies signatures: some milliseconds, or more for large graph records.
 */
#ifndef AN_DATA_RECORD_MERGE_H
#define AN_DATA_RECORD_MERGE_H

#include "base/blob.h"
#include "base/buffer.h"
#include "data/record.h"

/* Appends to `out` the unpaid record, in our own writer's form, of a value as it may be uploaded or
 * replicated: paid for or not, in every encoding that Autonomi's reader takes. Nothing but the form
 * and the points are checked. E_CORRUPT, E_TOO_LARGE, or the buffer's failure. */
an_status an_record_canonical(struct an_span value, struct an_buffer *out);

struct an_record_merged {
	struct an_blob *store;      /* the value to store now; NULL where nothing changes */
	uint64_t counter, expected; /* of E_OUTDATED: the incoming one, the one that is held */
};

/* Judges `incoming`, unpaid, under `key`, where `held` is what is stored there, or empty. `chunk_max`
 * is the profile's. A chunk that is held stays; a scratchpad replaces a scratchpad with a lower counter; a pointer
 * replaces one with a lower counter, and any other kind; graph entries with good signatures are
 * added to those held.
 * E_OUTDATED: the counter is not above that of another version. E_CORRUPT: wrong key, wrong
 * signature, or what is held is of another kind and stays. E_TOO_LARGE, E_NO_MEMORY. */
an_status an_record_merge(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span held,
                          struct an_span incoming, size_t chunk_max,
                          struct an_record_merged *ret_merged);

#endif
