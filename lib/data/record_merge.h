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
#include "data/put_error.h"
#include "data/record.h"

/* Appends to `out` the unpaid record, in our own writer's form, of a value as it may be uploaded or
 * replicated: paid for or not, in every encoding that Autonomi's reader takes. Nothing but the form
 * and the points are checked. E_CORRUPT, E_TOO_LARGE, or the buffer's failure. */
an_status an_record_canonical(struct an_span value, struct an_buffer *out);

/* Whose record it is decides what is judged first. */
enum an_record_source {
	AN_RECORD_FROM_CLIENT, /* its key before anything else, as of paid uploads (semantics 6.3.1) */
	AN_RECORD_FROM_PEER, /* by the rules of its kind alone (semantics 6.3.3 to 6.3.6) */
};

struct an_record_merged {
	struct an_blob *store;     /* the value to store now; NULL where nothing changes */
	struct an_put_error error; /* of a record that is refused */
};

/* Judges `incoming`, unpaid, under `key`, where `held` is what is stored there, or empty, and good.
 * `chunk_max` is the profile's. A chunk is not stored where anything is held; a scratchpad replaces a
 * scratchpad with a lower counter; a pointer replaces one with a lower counter, and any other kind;
 * graph entries with good signatures are added to those held, and where no signature is good nothing
 * happens.
 * E_OUTDATED: the counter is not above that of another version. E_CORRUPT: wrong key, wrong
 * signature, or what is held is of another kind and stays. E_TOO_LARGE. Of these `error` says what
 * exactly it is. E_NO_MEMORY says nothing of the record. */
an_status an_record_merge(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span held,
                          struct an_span incoming, size_t chunk_max, enum an_record_source source,
                          struct an_record_merged *ret_merged);

#endif
