/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/api/data_support.h"

#include <string.h>

#include "base/memory.h"

struct an_span data_span(const autonomi_bytes *bytes)
{
	size_t size = 0;
	const uint8_t *data = autonomi_bytes_data(bytes, &size);
	return an_span(data, size);
}

void data_expect(autonomi_bytes *bytes, struct an_span expected)
{
	vector_equal(data_span(bytes), expected);
	ck_assert_ptr_null(autonomi_bytes_free(bytes));
}

void data_expect_text(autonomi_bytes *bytes, const char *expected)
{
	ck_assert_str_eq(autonomi_bytes_text(bytes), expected);
	autonomi_bytes_free(bytes);
}

void data_equal(const uint8_t *bytes, size_t size, const json_t *object, const char *name)
{
	vector_equal(an_span(bytes, size), vector_bytes(object, name));
}

struct data_peer_id data_peer_id(const char *text)
{
	struct data_peer_id id;
	ck_assert_int_eq(autonomi_peer_id_from_text(text, id.bytes, &id.size), AUTONOMI_OK);
	return id;
}

uint32_t data_address_type(const char *name)
{
	static const char *const names[] = {
		"PeerId",         "ChunkAddress", "GraphEntryAddress", "ScratchpadAddress",
		"PointerAddress", "RecordKey"};
	uint32_t type = 0;
	while (type < 6 && strcmp(names[type], name) != 0)
		type++;
	ck_assert_uint_lt(type, 6);
	return type;
}

void data_without_memory(data_attempt *attempt, size_t failures_min)
{
#ifdef AN_FAULT_INJECTION
	enum { ENOUGH = 100000 };
	size_t failures = 0;
	autonomi_status status = AUTONOMI_E_NO_MEMORY;
	while (status == AUTONOMI_E_NO_MEMORY && failures < ENOUGH) {
		an_memory_fail_after(failures);
		status = attempt();
		an_memory_fail_after(UINT64_MAX);
		failures += status == AUTONOMI_E_NO_MEMORY;
	}
	ck_assert_int_eq(status, AUTONOMI_OK);
	ck_assert_uint_ge(failures, failures_min);
#else
	(void)failures_min;
	ck_assert_int_eq(attempt(), AUTONOMI_OK);
#endif
}
