/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages that are legal in size and mean to keep the node busy, or to trip its decoders. */
#include "harness.h"

#include <stdio.h>
#include <string.h>

#include "attacker.h"
#include "base/memory.h"
#include "data/chunk.h"
#include "wire/cbor.h"
#include "wire/msgpack.h"

/* Of processor time in one pump; about 3.6 ms were measured. */
enum { PUMP_MOST_US = 12000, ATTEMPTS_MAX = 10 };

enum { MESSAGE_MAX = 10485760 };

static struct cluster cluster;
static struct attacker attacker;

static void setup(void)
{
	cluster_open(&cluster, 1, 1);
	attacker_open(&attacker, &cluster, 1);
	attacker.pump_max = 0;
}

static void teardown(void)
{
	attacker_close(&attacker);
	cluster_close(&cluster);
}

static void begin(struct an_buffer *out)
{
	an_buffer_init(out, MESSAGE_MAX);
	an_cbor_write_variant(out, "Query");
}

static void pad(struct an_buffer *out, const void *piece, size_t size)
{
	const size_t most = MESSAGE_MAX - 64;
	while (out->size + size <= most)
		ck_assert_int_eq(an_buffer_append(out, an_span(piece, size)), AUTONOMI_OK);
}

/* The node refuses it or not, but goes on at once. */
static void send(struct an_buffer *out, const char *what)
{
	struct an_blob *message = an_blob_copy(an_buffer_span(out));
	an_buffer_done(out);
	const size_t ended = attacker.answered + attacker.failed;
	attacker_ask(&attacker, AN_LINK_KIND_MESSAGE, message);
	attacker_await(&attacker, &cluster, ended + 1, 20000);
	printf("# %s: longest pump %lu us of CPU\n", what, (unsigned long)attacker.pump_max);
	fflush(stdout);
}

/* Makes the attempt until no pump took long: on a busy machine one may be slow by chance, but where the
 * message is to blame each time is as slow. */
static void must_not_stop_the_pump(void (*attempt)(void))
{
	for (int i = 0; i < ATTEMPTS_MAX; i++) {
		attacker.pump_max = 0;
		attempt();
		if (!MEASURED || attacker.pump_max < PUMP_MOST_US)
			return;
	}
	ck_abort_msg("%d times a pump took %lu us of CPU or about that", ATTEMPTS_MAX,
	             (unsigned long)attacker.pump_max);
}

static void send_unknown_fields(void)
{
	struct an_buffer out;
	begin(&out);
	an_cbor_write_variant(&out, "PutRecord");
	ck_assert_int_eq(an_buffer_append_byte(&out, 0xbf), AUTONOMI_OK);
	pad(&out, "\x61\x78\x00", 3);
	send(&out, "unknown fields");
	ck_assert_int_eq(attacker.status, AUTONOMI_E_REFUSED);
	ck_assert_uint_eq(attacker.code, AN_LINK_CODE_MALFORMED);
}

START_TEST(ten_mebibytes_of_unknown_fields_do_not_stop_the_pump)
{
	must_not_stop_the_pump(send_unknown_fields);
}
END_TEST

static void send_a_name_in_pieces(void)
{
	struct an_buffer out;
	begin(&out);
	ck_assert_int_eq(an_buffer_append_byte(&out, 0x7f), AUTONOMI_OK);
	pad(&out, "\x60", 1);
	send(&out, "a name in empty pieces");
	ck_assert_uint_eq(attacker.code, AN_LINK_CODE_MALFORMED);
}

START_TEST(a_name_in_ten_million_pieces_does_not_stop_the_pump)
{
	must_not_stop_the_pump(send_a_name_in_pieces);
}
END_TEST

static void send_a_long_name(void)
{
	struct an_buffer out;
	begin(&out);
	const uint8_t head[] = {0x7a, 0x00, 0x9f, 0xff, 0x00};
	ck_assert_int_eq(an_buffer_append(&out, an_span(head, sizeof(head))), AUTONOMI_OK);
	pad(&out, "\xc3\xa9", 2);
	send(&out, "a long name");
	ck_assert_uint_eq(attacker.code, AN_LINK_CODE_MALFORMED);
}

START_TEST(a_name_of_ten_mebibytes_does_not_stop_the_pump)
{
	must_not_stop_the_pump(send_a_long_name);
}
END_TEST

static void send_nested_lists(void)
{
	uint8_t nest[504];
	struct an_buffer out;
	memset(nest, 0x9f, 252);
	memset(nest + 252, 0xff, 252);
	begin(&out);
	an_cbor_write_variant(&out, "PutRecord");
	ck_assert_int_eq(an_buffer_append_byte(&out, 0xbf), AUTONOMI_OK);
	ck_assert_int_eq(an_buffer_append(&out, an_span("\x61\x78\x9f", 3)), AUTONOMI_OK);
	pad(&out, nest, sizeof(nest));
	send(&out, "nested lists");
	ck_assert_uint_eq(attacker.code, AN_LINK_CODE_MALFORMED);
}

START_TEST(ten_mebibytes_of_nested_lists_do_not_stop_the_pump)
{
	must_not_stop_the_pump(send_nested_lists);
}
END_TEST

static void put(struct an_buffer *value, const uint8_t name[AN_RECORD_NAME_SIZE])
{
	struct an_request request = {.type = AN_REQUEST_PUT_RECORD};
	request.put_record.holder = an_address_of_peer(&attacker.victim.id);
	request.put_record.address = an_address_of_chunk(name);
	request.put_record.value = an_buffer_span(value);
	attacker_request(&attacker, &request);
	an_buffer_done(value);
	const size_t ended = attacker.answered + attacker.failed;
	attacker_await(&attacker, &cluster, ended + 1, 20000);
}

/* Payment and content as rmp-serde reads them: an array of integers is as good as a bin. */
static void begin_paid(struct an_buffer *value, const void *payment, size_t repeat)
{
	an_buffer_init(value, MESSAGE_MAX);
	const uint8_t kind = an_record_kind(
		(struct an_record_header){AN_RECORD_CHUNK, AN_RECORD_PAID});
	an_msgpack_write_array(value, 1);
	an_msgpack_write_uint(value, kind);
	an_msgpack_write_array(value, 2);
	an_msgpack_write_array(value, (uint32_t)repeat);
	for (size_t i = 0; i < repeat; i++)
		ck_assert_int_eq(an_buffer_append(value, an_span(payment, 1)), AUTONOMI_OK);
}

static void put_integers(void)
{
	enum { SIZE = 4 * 1024 * 1024 };
	static uint8_t content[SIZE];
	uint8_t name[AN_RECORD_NAME_SIZE];
	struct an_buffer value;
	an_chunk_name(an_span(content, SIZE), name);
	begin_paid(&value, "", 200000);
	an_msgpack_write_integers(&value, an_span(content, SIZE));
	put(&value, name);
	printf("# paid, of integers: longest pump %lu us of CPU\n",
	       (unsigned long)attacker.pump_max);
	ck_assert_int_eq(attacker.status, AUTONOMI_OK);
	ck_assert_uint_eq(victim_counter(&cluster, "records"), 1);
}

START_TEST(a_paid_chunk_of_four_million_integers_does_not_stop_the_pump)
{
	must_not_stop_the_pump(put_integers);
}
END_TEST

static void put_nonsense(void)
{
	uint8_t name[AN_RECORD_NAME_SIZE] = {1};
	struct an_buffer value;
	begin_paid(&value, "\xc1", 400000);
	put(&value, name);
	ck_assert_int_eq(attacker.status, AUTONOMI_OK);
	ck_assert_uint_eq(victim_counter(&cluster, "records"), 0);
}

START_TEST(a_paid_chunk_of_nonsense_is_refused_and_not_stored)
{
	must_not_stop_the_pump(put_nonsense);
}
END_TEST

/* Every kind byte, every message of up to three bytes that begins like a request, and noise of many
 * sizes: refused each, and the node lives. */
static void send_noise(void)
{
	size_t asked = attacker.answered + attacker.failed;
	for (size_t size = 0; size < 70000; size += 1 + size / 2) {
		for (int kind = 0; kind < 3; kind++) {
			struct an_blob *message = an_blob_new(kind == 2 ? 0 : size);
			an_random_fill(&attacker.random, message->data, message->size);
			attacker_ask(&attacker, (enum an_link_kind)kind, message);
			asked++;
		}
		attacker_await(&attacker, &cluster, asked, 20000);
	}
	ck_assert_uint_eq(victim_counter(&cluster, "records"), 0);
}

START_TEST(noise_of_every_kind_and_size_is_refused)
{
	must_not_stop_the_pump(send_noise);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("hostile/messages");
	TCase *tests = tcase_create("messages");
	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, ten_mebibytes_of_unknown_fields_do_not_stop_the_pump);
	tcase_add_test(tests, a_name_in_ten_million_pieces_does_not_stop_the_pump);
	tcase_add_test(tests, a_name_of_ten_mebibytes_does_not_stop_the_pump);
	tcase_add_test(tests, ten_mebibytes_of_nested_lists_do_not_stop_the_pump);
	tcase_add_test(tests, a_paid_chunk_of_four_million_integers_does_not_stop_the_pump);
	tcase_add_test(tests, a_paid_chunk_of_nonsense_is_refused_and_not_stored);
	tcase_add_test(tests, noise_of_every_kind_and_size_is_refused);
	suite_add_tcase(s, tests);
	return s;
}
