/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/node_event.h"
#include "harness.h"
#include "vectors/vector.h"

static struct an_buffer out;

static void setup(void)
{
	an_buffer_init(&out, 1 << 16);
}

static void teardown(void)
{
	an_buffer_done(&out);
}

static void check_event(const json_t *vector)
{
	struct an_node_event event;
	ck_assert_int_eq(an_node_event_decode(vector_bytes(vector, "msgpack"), &event),
	                 AUTONOMI_OK);
	ck_assert_str_eq(an_node_event_name(event.type), vector_text(vector, "event"));
	an_buffer_clear(&out);
	ck_assert_int_eq(an_node_event_encode(&event, &out), AUTONOMI_OK);
	vector_equal(an_buffer_span(&out), vector_bytes(vector, "msgpack"));
	an_buffer_clear(&out);
	an_node_event_debug(&event, &out);
	vector_equal(an_buffer_span(&out), an_span_text(vector_text(vector, "debug")));
}

START_TEST(events_are_written_and_read_as_the_real_crate_does)
{
	ck_assert_uint_eq(vector_each("challenge", "node_event", check_event), 5);
}
END_TEST

static void check_cut(const json_t *vector)
{
	struct an_node_event event;
	const struct an_span bytes = vector_bytes(vector, "msgpack");
	for (size_t size = 0; size < bytes.size; size++)
		ck_assert_int_eq(an_node_event_decode(an_span(bytes.data, size), &event),
		                 AUTONOMI_E_CORRUPT);
}

START_TEST(an_event_that_is_cut_is_refused)
{
	ck_assert_uint_eq(vector_each("challenge", "node_event", check_cut), 5);
}
END_TEST

static an_status decode(const char *bytes, size_t size)
{
	struct an_node_event event;
	return an_node_event_decode(an_span(bytes, size), &event);
}
#define DECODE(bytes) decode(bytes, sizeof(bytes) - 1)

START_TEST(unusual_forms_get_the_verdict_of_the_codec)
{
	ck_assert_int_eq(DECODE("\x81\xad"
	                        "TerminateNode\xa1x\xff"),
	                 AUTONOMI_OK);
	ck_assert_int_eq(DECODE("\x81\x04\xa1x"), AUTONOMI_OK);
	ck_assert_int_eq(DECODE("\x81\xad"
	                        "ChannelClosed\xc0"),
	                 AUTONOMI_OK);
	ck_assert_int_eq(DECODE("\x81\xad"
	                        "ChannelClosed\x01"),
	                 AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(DECODE("\xad"
	                        "TerminateNode"),
	                 AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(DECODE("\xa7Unknown"), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(DECODE("\x81\xad"
	                        "TerminateNode\xa1\xff"),
	                 AUTONOMI_E_CORRUPT);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("data/node_event");
	TCase *all = tcase_create("all");
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_add_test(all, events_are_written_and_read_as_the_real_crate_does);
	tcase_add_test(all, an_event_that_is_cut_is_refused);
	tcase_add_test(all, unusual_forms_get_the_verdict_of_the_codec);
	suite_add_tcase(s, all);
	return s;
}
