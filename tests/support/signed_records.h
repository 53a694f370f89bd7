/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of every kind as their owners make them, with real signatures, for tests. */
#ifndef AN_TESTS_SIGNED_RECORDS_H
#define AN_TESTS_SIGNED_RECORDS_H

#include "base/blob.h"
#include "data/record.h"

struct signed_record {
	struct an_blob *value;
	uint8_t key[AN_RECORD_NAME_SIZE];
};

struct signed_record signed_chunk(uint8_t first, size_t size);
/* `target` makes the address that it points to. */
struct signed_record signed_pointer(uint8_t owner, uint64_t counter, uint8_t target);
struct signed_record signed_scratchpad(uint8_t owner, uint64_t counter, size_t size);
/* `count` entries of the owner whose contents begin with `first` and the numbers after it. */
struct signed_record signed_graph(uint8_t owner, uint8_t first, size_t count);

/* The same as an upload that is paid for, with an empty proof in front; of a graph record its one
 * entry. Takes `record` over. */
struct signed_record signed_paid(struct signed_record record, enum an_record_payment payment);

/* The same, its last part changed after it was signed: of a pointer and scratchpad the counter is one
 * more. Takes `record` over. */
struct signed_record signed_badly(struct signed_record record);

void signed_done(struct signed_record *record);

#endif
