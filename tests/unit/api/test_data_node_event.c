/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Node events through the public functions, against the real crate. */
#include <string.h>

#include "harness.h"
#include "unit/api/data_support.h"

static autonomi_node_event *decode(struct an_span bytes)
{
	autonomi_node_event *event = NULL;
	ck_assert_int_eq(autonomi_node_event_decode(bytes.data, bytes.size, &event), AUTONOMI_OK);
	return event;
}

static void check_event(const json_t *vector)
{
	const struct an_span bytes = vector_bytes(vector, "msgpack");
	autonomi_node_event_view view;
	autonomi_bytes *again = NULL;
	autonomi_node_event *event = decode(bytes);
	ck_assert_int_eq(autonomi_node_event_get_view(event, &view, sizeof(view)), AUTONOMI_OK);
	ck_assert_str_eq(autonomi_node_event_name(view.type), vector_text(vector, "event"));
	ck_assert_int_eq(autonomi_node_event_encode(&view, &again), AUTONOMI_OK);
	data_expect(again, bytes);
	autonomi_node_event_free(event);
}

START_TEST(node_events_are_written_and_read_as_the_real_crate_does)
{
	ck_assert_uint_eq(vector_each("challenge", "node_event", check_event), 5);
}
END_TEST

START_TEST(what_is_no_node_event_is_refused)
{
	static const uint8_t chunk[AUTONOMI_NAME_SIZE] = {1}, nonsense[] = {0xc0};
	autonomi_node_event *event = NULL;
	autonomi_bytes *bytes = NULL;
	autonomi_node_event_view view = {.type = 5};
	ck_assert_int_eq(autonomi_node_event_decode(nonsense, sizeof(nonsense), &event),
	                 AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_node_event_decode(NULL, 1, &event), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_node_event_decode(nonsense, 1, NULL), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_node_event_encode(&view, &bytes), AUTONOMI_E_INVALID);
	ck_assert_str_eq(autonomi_node_event_name(5), "");
	view = (autonomi_node_event_view){.type = AUTONOMI_NODE_EVENT_CHUNK_STORED,
	                                  .address_type = AUTONOMI_ADDRESS_RECORD_KEY,
	                                  .address = chunk,
	                                  .address_size = sizeof(chunk)};
	ck_assert_int_eq(autonomi_node_event_encode(&view, &bytes), AUTONOMI_E_ADDRESS);
	view.address_type = AUTONOMI_ADDRESS_CHUNK;
	view.address_size = 31;
	ck_assert_int_eq(autonomi_node_event_encode(&view, &bytes), AUTONOMI_E_ADDRESS);
	view.type = AUTONOMI_NODE_EVENT_REWARD_RECEIVED;
	ck_assert_int_eq(autonomi_node_event_encode(&view, &bytes), AUTONOMI_E_INVALID);
	view = (autonomi_node_event_view){.type = AUTONOMI_NODE_EVENT_TERMINATE_NODE,
	                                  .reason_size = 1};
	ck_assert_int_eq(autonomi_node_event_encode(&view, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_node_event_encode(NULL, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_node_event_encode(&view, NULL), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_node_event_get_view(NULL, &view, sizeof(view)),
	                 AUTONOMI_E_INVALID);
	ck_assert_ptr_null(autonomi_node_event_free(NULL));
}
END_TEST

static autonomi_status read_and_write(void)
{
	static const uint8_t closed[] = {0xad, 'C', 'h', 'a', 'n', 'n', 'e',
	                                 'l',  'C', 'l', 'o', 's', 'e', 'd'};
	autonomi_node_event *event = NULL;
	autonomi_node_event_view view;
	autonomi_bytes *bytes = NULL;
	autonomi_status status = autonomi_node_event_decode(closed, sizeof(closed), &event);
	if (status != AUTONOMI_OK)
		return status;
	autonomi_node_event_get_view(event, &view, sizeof(view));
	status = autonomi_node_event_encode(&view, &bytes);
	autonomi_bytes_free(bytes);
	autonomi_node_event_free(event);
	return status;
}

START_TEST(without_memory_no_node_event_is_made_and_nothing_leaks)
{
	data_without_memory(read_and_write, 3);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("api/data_node_event");
	TCase *tests = tcase_create("node_events");
	tcase_add_test(tests, node_events_are_written_and_read_as_the_real_crate_does);
	tcase_add_test(tests, what_is_no_node_event_is_refused);
	tcase_add_test(tests, without_memory_no_node_event_is_made_and_nothing_leaks);
	suite_add_tcase(s, tests);
	return s;
}
