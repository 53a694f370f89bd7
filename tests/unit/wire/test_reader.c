/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/reader.h"

#include <check.h>

#include "harness.h"
#include "wire/varint.h"
#include "wire/writer.h"

static const uint8_t bytes[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09};

static struct an_reader over(size_t size)
{
	return an_reader(an_span(bytes, size));
}

START_TEST(bytes_are_borrowed_from_the_input)
{
	struct an_reader reader = over(9);
	ck_assert_uint_eq(an_reader_byte(&reader), 1);
	const struct an_span taken = an_reader_take(&reader, 3);
	ck_assert_ptr_eq(taken.data, bytes + 1);
	ck_assert_uint_eq(an_reader_left(&reader), 5);
}
END_TEST

START_TEST(integers_have_the_order_that_was_asked_for)
{
	struct an_reader reader = over(9);
	ck_assert_uint_eq(an_reader_big_endian(&reader, 4), 0x01020304);
	ck_assert_uint_eq(an_reader_little_endian(&reader, 2), 0x0605);
	ck_assert(an_reader_ok(&reader));
}
END_TEST

START_TEST(the_first_failure_sticks)
{
	struct an_reader reader = over(3);
	ck_assert_uint_eq(an_reader_big_endian(&reader, 4), 0);
	ck_assert_int_eq(reader.failed, AUTONOMI_E_CORRUPT);
	ck_assert_uint_eq(an_reader_left(&reader), 0);
	ck_assert_int_eq(an_reader_peek(&reader), -1);
	ck_assert_uint_eq(an_reader_byte(&reader), 0);
	an_reader_fail(&reader, AUTONOMI_E_NO_MEMORY);
	ck_assert_int_eq(reader.failed, AUTONOMI_E_CORRUPT);
}
END_TEST

START_TEST(a_length_beyond_the_end_takes_nothing)
{
	struct an_reader reader = over(9);
	ck_assert_uint_eq(an_reader_take(&reader, UINT64_MAX).size, 0);
	ck_assert(!an_reader_ok(&reader));
}
END_TEST

START_TEST(scratch_for_one_message_never_moves)
{
	struct an_buffer scratch;
	an_buffer_init(&scratch, 64);
	struct an_reader reader = over(9);
	ck_assert(an_reader_reserve(&reader, &scratch));
	const uint8_t *memory = scratch.data;
	ck_assert_uint_eq(scratch.size, 0);
	ck_assert_int_eq(an_buffer_append(&scratch, an_span(bytes, 9)), AUTONOMI_OK);
	ck_assert_ptr_eq(scratch.data, memory);
	ck_assert(an_reader_reserve(&reader, &scratch));
	ck_assert_ptr_eq(scratch.data, memory);
	an_buffer_done(&scratch);
}
END_TEST

START_TEST(scratch_beyond_its_limit_fails_the_reader)
{
	struct an_buffer scratch;
	an_buffer_init(&scratch, 8);
	struct an_reader reader = over(9);
	ck_assert(!an_reader_reserve(&reader, &scratch));
	ck_assert_int_eq(reader.failed, AUTONOMI_E_TOO_LARGE);
	an_buffer_done(&scratch);
}
END_TEST

START_TEST(written_integers_read_back)
{
	struct an_buffer out;
	an_buffer_init(&out, 64);
	an_write_big_endian(&out, 0x0102030405060708, 8);
	an_write_little_endian(&out, 0x0102030405060708, 8);
	an_write_big_endian(&out, 0xabcdef, 2);
	struct an_reader reader = an_reader(an_buffer_span(&out));
	ck_assert_uint_eq(an_reader_big_endian(&reader, 8), 0x0102030405060708);
	ck_assert_uint_eq(an_reader_little_endian(&reader, 8), 0x0102030405060708);
	ck_assert_uint_eq(an_reader_big_endian(&reader, 2), 0xcdef);
	ck_assert_uint_eq(an_reader_left(&reader), 0);
	an_buffer_done(&out);
}
END_TEST

static uint64_t varint(const char *hex_bytes, size_t size, an_status *ret_status, bool shortest)
{
	struct an_reader reader = an_reader(an_span(hex_bytes, size));
	const uint64_t value = shortest ? an_varint_read_shortest(&reader)
	                                : an_varint_read(&reader);
	*ret_status = reader.failed;
	return value;
}

START_TEST(varints_of_all_sizes_read_back)
{
	for (unsigned shift = 0; shift < 64; shift++) {
		for (uint64_t near = 0; near < 3; near++) {
			const uint64_t value = ((uint64_t)1 << shift) + near - 1;
			struct an_buffer out;
			an_buffer_init(&out, 16);
			an_varint_write(&out, value);
			ck_assert_uint_eq(out.size, an_varint_size(value));
			struct an_reader reader = an_reader(an_buffer_span(&out));
			ck_assert_uint_eq(an_varint_read(&reader), value);
			ck_assert(an_reader_ok(&reader));
			ck_assert_uint_eq(an_reader_left(&reader), 0);
			an_buffer_done(&out);
		}
	}
}
END_TEST

START_TEST(an_endless_varint_is_refused)
{
	an_status status;
	ck_assert_uint_eq(varint("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 11, &status,
	                         false),
	                  0);
	ck_assert_int_eq(status, AUTONOMI_E_CORRUPT);
	(void)varint("\xff", 1, &status, false);
	ck_assert_int_eq(status, AUTONOMI_E_CORRUPT);
}
END_TEST

START_TEST(multiformats_take_only_the_shortest_varint)
{
	an_status status;
	ck_assert_uint_eq(varint("\x81\x00", 2, &status, false), 1);
	ck_assert_int_eq(status, AUTONOMI_OK);
	ck_assert_uint_eq(varint("\x81\x00", 2, &status, true), 0);
	ck_assert_int_eq(status, AUTONOMI_E_CORRUPT);
	ck_assert_uint_eq(varint("\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 9, &status, true),
	                  INT64_MAX);
	ck_assert_int_eq(status, AUTONOMI_OK);
	(void)varint("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10, &status, true);
	ck_assert_int_eq(status, AUTONOMI_E_CORRUPT);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("wire/reader");
	TCase *reading = tcase_create("reader and varints");
	tcase_add_test(reading, bytes_are_borrowed_from_the_input);
	tcase_add_test(reading, integers_have_the_order_that_was_asked_for);
	tcase_add_test(reading, the_first_failure_sticks);
	tcase_add_test(reading, a_length_beyond_the_end_takes_nothing);
	tcase_add_test(reading, scratch_for_one_message_never_moves);
	tcase_add_test(reading, scratch_beyond_its_limit_fails_the_reader);
	tcase_add_test(reading, written_integers_read_back);
	tcase_add_test(reading, varints_of_all_sizes_read_back);
	tcase_add_test(reading, an_endless_varint_is_refused);
	tcase_add_test(reading, multiformats_take_only_the_shortest_varint);
	suite_add_tcase(s, reading);
	return s;
}
