/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/protobuf.h"

#include <check.h>

#include "harness.h"

static size_t count_fields(const char *message, size_t size, an_status *ret_status)
{
	struct an_reader reader = an_reader(an_span(message, size));
	struct an_protobuf_field field;
	size_t count = 0;
	while (an_protobuf_next(&reader, &field))
		count++;
	*ret_status = reader.failed;
	return count;
}

START_TEST(fields_read_back_with_number_type_and_value)
{
	struct an_buffer out;
	an_buffer_init(&out, 64);
	an_protobuf_write_uint(&out, 1, 300);
	an_protobuf_write_bytes(&out, 666, an_span_text("abc"));
	struct an_reader reader = an_reader(an_buffer_span(&out));
	struct an_protobuf_field field;
	ck_assert(an_protobuf_next(&reader, &field));
	ck_assert_uint_eq(field.number, 1);
	ck_assert_int_eq(field.type, AN_PROTOBUF_VARINT);
	ck_assert_uint_eq(field.value, 300);
	ck_assert(an_protobuf_next(&reader, &field));
	ck_assert_uint_eq(field.number, 666);
	ck_assert(an_span_equal(field.bytes, an_span_text("abc")));
	ck_assert(!an_protobuf_next(&reader, &field));
	ck_assert(an_reader_ok(&reader));
	an_buffer_done(&out);
}
END_TEST

START_TEST(fixed_numbers_are_little_endian)
{
	struct an_reader reader = an_reader(an_span("\x09\1\0\0\0\0\0\0\0\x15\2\0\0\0", 14));
	struct an_protobuf_field field;
	ck_assert(an_protobuf_next(&reader, &field));
	ck_assert_uint_eq(field.value, 1);
	ck_assert(an_protobuf_next(&reader, &field));
	ck_assert_uint_eq(field.value, 2);
	ck_assert_int_eq(field.type, AN_PROTOBUF_FIXED32);
}
END_TEST

START_TEST(malformed_fields_are_refused)
{
	an_status status;
	ck_assert_uint_eq(count_fields("\x12\x05"
	                               "abc",
	                               5, &status),
	                  0); /* bytes cut */
	ck_assert_int_eq(status, AUTONOMI_E_CORRUPT);
	ck_assert_uint_eq(count_fields("\x08\x01\x0b", 3, &status), 1); /* a group */
	ck_assert_int_eq(status, AUTONOMI_E_CORRUPT);
	ck_assert_uint_eq(count_fields("\x00\x01", 2, &status), 0); /* field 0 */
	ck_assert_int_eq(status, AUTONOMI_E_CORRUPT);
	ck_assert_uint_eq(count_fields("\x08", 1, &status), 0); /* no value */
	ck_assert_int_eq(status, AUTONOMI_E_CORRUPT);
	ck_assert_uint_eq(count_fields("\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11, &status),
	                  0);
	ck_assert_int_eq(status, AUTONOMI_E_CORRUPT);
	ck_assert_uint_eq(count_fields("", 0, &status), 0);
	ck_assert_int_eq(status, AUTONOMI_OK);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("wire/protobuf");
	TCase *fields = tcase_create("fields");
	tcase_add_test(fields, fields_read_back_with_number_type_and_value);
	tcase_add_test(fields, fixed_numbers_are_little_endian);
	tcase_add_test(fields, malformed_fields_are_refused);
	suite_add_tcase(s, fields);
	return s;
}
