/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What tests of the data functions share: the test vectors through public functions alone, and
 * memory that runs out.
 */
#ifndef AN_TESTS_UNIT_API_DATA_SUPPORT_H
#define AN_TESTS_UNIT_API_DATA_SUPPORT_H

#include <autonomi/net.h>
#include <check.h>

#include "base/span.h"
#include "vectors/vector.h"

/* The bytes, borrowed. */
struct an_span data_span(const autonomi_bytes *bytes);

/* Fails the test where the bytes, which it frees, are others; or where they are not `size` bytes like
 * those of a vector's member. */
void data_expect(autonomi_bytes *bytes, struct an_span expected);
void data_expect_text(autonomi_bytes *bytes, const char *expected);
void data_equal(const uint8_t *bytes, size_t size, const json_t *object, const char *name);

/* The peer id that a text writes. */
struct data_peer_id {
	uint8_t bytes[AUTONOMI_PEER_ID_MAX];
	size_t size;
};
struct data_peer_id data_peer_id(const char *text);

/* The number of an address type that a vector names ("ChunkAddress"). */
uint32_t data_address_type(const char *name);

/* Calls `attempt` with ever more allocations that succeed, until it returns AUTONOMI_OK; before that it
 * must return AUTONOMI_E_NO_MEMORY, at least `failures_min` times. Without fault injection: once. */
typedef autonomi_status data_attempt(void);
void data_without_memory(data_attempt *attempt, size_t failures_min);

#endif
