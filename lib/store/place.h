/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a record is and where it lies: a plain value that jobs take with them. */
#ifndef AN_STORE_PLACE_H
#define AN_STORE_PLACE_H

#include <stdbool.h>

#include "store/store.h"

struct an_store_place {
	struct an_store_entry entry;
	uint64_t row; /* in the table `record`; given once and never again */
	bool in_file; /* the value is a file; otherwise it stands in the row */
};

/* Whether the record is a chunk, whose key is the hash of its content. */
bool an_store_place_is_chunk(const struct an_store_place *place);

/* Whether both name the same file. */
bool an_store_place_same_file(const struct an_store_place *a, const struct an_store_place *b);

/* Whether both hold the same content. */
bool an_store_place_same_content(const struct an_store_place *a, const struct an_store_place *b);

/* Notes the hash of the content; of a chunk there is none to note. Any thread. */
void an_store_place_hash(struct an_store_place *place, struct an_span bytes);

/* Whether `bytes` is what the record says. Hashes them. Any thread. */
an_status an_store_place_check(const struct an_store_place *place, struct an_span bytes);

#endif
