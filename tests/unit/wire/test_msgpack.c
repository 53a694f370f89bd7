/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/msgpack.h"

#include <check.h>

#include "harness.h"

static struct an_buffer out;
static struct an_buffer scratch;

static void setup(void)
{
	an_buffer_init(&out, 1 << 20);
	an_buffer_init(&scratch, 1 << 20);
}

static void teardown(void)
{
	an_buffer_done(&out);
	an_buffer_done(&scratch);
}

#define OVER(literal) an_reader(an_span(literal, sizeof(literal) - 1))

static bool skips_all(struct an_span bytes)
{
	struct an_reader reader = an_reader(bytes);
	an_msgpack_skip(&reader);
	return an_reader_ok(&reader) && an_reader_left(&reader) == 0;
}

#define SKIPS(literal) skips_all(an_span(literal, sizeof(literal) - 1))

START_TEST(integers_take_the_shortest_form)
{
	static const struct {
		uint64_t value;
		size_t size;
	} cases[] = {{0, 1},          {127, 1},        {128, 2},      {255, 2},
	             {256, 3},        {UINT16_MAX, 3}, {1u << 16, 5}, {UINT32_MAX, 5},
	             {1ull << 32, 9}, {UINT64_MAX, 9}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		an_buffer_clear(&out);
		an_msgpack_write_uint(&out, cases[i].value);
		ck_assert_uint_eq(out.size, cases[i].size);
		struct an_reader reader = an_reader(an_buffer_span(&out));
		ck_assert_uint_eq(an_msgpack_read_uint(&reader, UINT64_MAX), cases[i].value);
		ck_assert(an_reader_ok(&reader));
	}
}
END_TEST

static bool reads_uint(const char *bytes, size_t size, uint64_t expected)
{
	struct an_reader reader = an_reader(an_span(bytes, size));
	return an_msgpack_read_uint(&reader, 1000) == expected && an_reader_ok(&reader);
}

START_TEST(integers_are_read_in_any_width_when_not_negative)
{
	ck_assert(reads_uint("\xcf\0\0\0\0\0\0\0\x07", 9, 7));
	ck_assert(reads_uint("\xd0\x07", 2, 7));
	ck_assert(reads_uint("\xd1\x00\x07", 3, 7));
	ck_assert(reads_uint("\xd3\0\0\0\0\0\0\0\x07", 9, 7));
	ck_assert(!reads_uint("\xff", 1, 255));     /* -1 */
	ck_assert(!reads_uint("\xd0\xff", 2, 255)); /* -1 */
	ck_assert(!reads_uint("\xd1\xff\x00", 3, 65280));
	ck_assert(!reads_uint("\xcd\x03\xe9", 3, 1001));  /* above the bound */
	ck_assert(!reads_uint("\xca\x3f\x80\0\0", 5, 1)); /* a float */
	ck_assert(!reads_uint("\xc3", 1, 1));
	ck_assert(!reads_uint("\xcd\x03", 2, 3)); /* cut */
	ck_assert(!reads_uint("\xc1", 1, 0));     /* begins nothing */
}
END_TEST

START_TEST(bin_heads_are_the_same_in_and_outside_of_a_buffer)
{
	static const uint32_t sizes[] = {0, 255, 256, 65535, 65536, 4194336};
	static const size_t heads[] = {2, 2, 3, 3, 5, 5};
	for (size_t i = 0; i < 6; i++) {
		uint8_t head[AN_MSGPACK_BIN_HEAD_MAX];
		ck_assert_uint_eq(an_msgpack_bin_head(sizes[i], head), heads[i]);
		struct an_reader reader = an_reader(an_span(head, heads[i]));
		ck_assert_int_eq(an_msgpack_peek(&reader), AN_MSGPACK_BIN);
	}
	an_msgpack_write_bin(&out, an_span_text("abc"));
	ck_assert(an_span_equal(an_buffer_span(&out), an_span("\xc4\x03"
	                                                      "abc",
	                                                      5)));
}
END_TEST

START_TEST(a_canonical_bin_has_the_shortest_head)
{
	struct an_reader good = OVER("\xc4\x03"
	                             "abc");
	ck_assert(an_span_equal(an_msgpack_read_bin_canonical(&good), an_span_text("abc")));
	ck_assert(an_reader_ok(&good));
	struct an_reader longer = OVER("\xc5\x00\x03"
	                               "abc");
	(void)an_msgpack_read_bin_canonical(&longer);
	ck_assert(!an_reader_ok(&longer));
	struct an_reader text = OVER("\xa3"
	                             "abc");
	(void)an_msgpack_read_bin_canonical(&text);
	ck_assert(!an_reader_ok(&text));
}
END_TEST

static bool reads_bytes(const char *bytes, size_t size, const char *expected, size_t expected_size)
{
	an_buffer_clear(&scratch);
	struct an_reader reader = an_reader(an_span(bytes, size));
	const struct an_span got = an_msgpack_read_bytes(&reader, &scratch);
	return an_reader_ok(&reader) && an_span_equal(got, an_span(expected, expected_size));
}

START_TEST(bytes_are_a_bin_a_text_or_integers)
{
	ck_assert(reads_bytes("\xc4\x03"
	                      "abc",
	                      5, "abc", 3));
	ck_assert(reads_bytes("\xc6\0\0\0\x03"
	                      "abc",
	                      8, "abc", 3));
	ck_assert(reads_bytes("\xa3"
	                      "abc",
	                      4, "abc", 3));
	ck_assert(reads_bytes("\x93\x01\x02\xcc\xc8", 5, "\x01\x02\xc8", 3));
	ck_assert(reads_bytes("\x90", 1, "", 0));
	ck_assert(!reads_bytes("\x92\x01\xcd\x01\x00", 5, "", 0));
	ck_assert(!reads_bytes("\xc0", 1, "", 0));
	ck_assert(!reads_bytes("\x05", 1, "", 0));
	ck_assert(!reads_bytes("\xc4\x03"
	                       "ab",
	                       4, "", 0));
	ck_assert(!reads_bytes("\xdd\xff\xff\xff\xff\x01", 6, "", 0)); /* 2^32 - 1 items */
	ck_assert(!reads_bytes("", 0, "", 0));
}
END_TEST

START_TEST(an_empty_bin_is_an_empty_list)
{
	static const char *const cases[] = {"\xc4\0", "\xc5\0\0", "\xc6\0\0\0\0"};
	for (size_t i = 0; i < 3; i++) {
		struct an_reader reader = an_reader(an_span(cases[i], i < 2 ? i + 2 : 5));
		ck_assert_uint_eq(an_msgpack_read_array(&reader), 0);
		ck_assert(an_reader_ok(&reader) && an_reader_left(&reader) == 0);
	}
	struct an_reader other = OVER("\xc4\x01x");
	ck_assert_uint_eq(an_msgpack_read_array(&other), 0);
	ck_assert_int_eq(other.failed, AUTONOMI_E_CORRUPT);
}
END_TEST

START_TEST(a_fixed_array_is_integers_or_bin_of_its_size)
{
	static const struct {
		const char *bytes;
		size_t size;
		bool ok;
	} cases[] = {
		{"\x93\x01\x02\x03", 4, true},          {"\xdc\x00\x03\x01\xcc\x02\x03", 7, true},
		{"\xc4\x03\x01\x02\x03", 5, true},      {"\x92\x01\x02", 3, false},
		{"\x94\x01\x02\x03\x04", 5, false},     {"\xc4\x02\x01\x02", 4, false},
		{"\xa3\x01\x02\x03", 4, false},         {"\x93\x01\x02", 3, false},
		{"\xc4\x04\x01\x02\x03\x09", 6, false}, {"\xc4\x03\x01\x02", 4, false}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t bytes[3];
		struct an_reader reader = an_reader(an_span(cases[i].bytes, cases[i].size));
		an_msgpack_read_fixed(&reader, bytes, sizeof(bytes));
		ck_assert_int_eq(an_reader_ok(&reader), cases[i].ok);
		if (cases[i].ok)
			ck_assert_mem_eq(bytes, "\1\2\3", 3);
	}
}
END_TEST

START_TEST(a_bin_may_stand_for_integers_in_a_row)
{
	uint64_t values[2] = {0, 0};
	struct an_reader good = OVER("\xc4\x03\x07\xff\x09\x05");
	ck_assert(an_msgpack_read_packed(&good, values, 2));
	ck_assert_uint_eq(values[0], 7);
	ck_assert_uint_eq(values[1], 255);
	ck_assert_uint_eq(an_reader_left(&good), 1);
	struct an_reader small = OVER("\xc4\x01\x07\x08");
	ck_assert(an_msgpack_read_packed(&small, values, 2));
	ck_assert_int_eq(small.failed, AUTONOMI_E_CORRUPT);
	struct an_reader array = OVER("\x92\x01\x02");
	ck_assert(!an_msgpack_read_packed(&array, values, 2));
	ck_assert_uint_eq(an_reader_left(&array), 3);
}
END_TEST

static an_status read_two_raw(const char *bytes, size_t size, const char *expected)
{
	uint8_t raw[2];
	struct an_reader reader = an_reader(an_span(bytes, size));
	an_msgpack_read_raw(&reader, raw, sizeof(raw));
	ck_assert_mem_eq(raw, expected, sizeof(raw));
	return reader.failed;
}

START_TEST(raw_bytes_are_a_bin_or_a_text_that_is_no_utf8)
{
	static const char none[2] = {0, 0};
	ck_assert_int_eq(read_two_raw("\xc4\x02xy", 4, "xy"), AUTONOMI_OK);
	ck_assert_int_eq(read_two_raw("\xa2\xff\xfe", 3, "\xff\xfe"), AUTONOMI_OK);
	ck_assert_int_eq(read_two_raw("\xa2xy", 3, none), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(read_two_raw("\x92\x01\x02", 3, none), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(read_two_raw("\xc4\x03xyz", 5, none), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(read_two_raw("\xc4\x01x", 3, none), AUTONOMI_E_CORRUPT);
}
END_TEST

START_TEST(everything_can_be_skipped)
{
	ck_assert(SKIPS("\xc0"));
	ck_assert(SKIPS("\xe0"));
	ck_assert(SKIPS("\xcb\0\0\0\0\0\0\0\0"));
	ck_assert(SKIPS("\xd4\x01\x02"));
	ck_assert(SKIPS("\xc7\x02\x01xy"));
	ck_assert(SKIPS("\x82\xa1x\x92\x01\x02\xa1y\x81\xc0\xdc\x00\x01\x90"));
	ck_assert(!SKIPS(""));
	ck_assert(!SKIPS("\xc1"));
	ck_assert(!SKIPS("\x92\x01"));
	ck_assert(!SKIPS("\xdf\xff\xff\xff\xff\x01\x01"));
	ck_assert(!SKIPS("\xc6\xff\xff\xff\xff\x01"));
	ck_assert(!SKIPS("\xc9\xff\xff\xff\xff\x01"));
}
END_TEST

START_TEST(deep_nesting_costs_no_stack)
{
	enum { DEPTH = 200000 };
	uint8_t *room = an_buffer_extend(&out, DEPTH);
	memset(room, 0x91, DEPTH);
	ck_assert(!skips_all(an_buffer_span(&out)));
	ck_assert_int_eq(an_buffer_append_byte(&out, 0xc0), AUTONOMI_OK);
	ck_assert(skips_all(an_buffer_span(&out)));
}
END_TEST

START_TEST(the_items_of_a_skipped_value_have_a_limit)
{
	uint8_t *room = an_buffer_extend(&out, AN_MSGPACK_SKIP_ITEMS_MAX + 5);
	memset(room, 0, AN_MSGPACK_SKIP_ITEMS_MAX + 5);
	memcpy(room, "\xdd\x00\x03\xff\xff", 5);
	ck_assert(skips_all(an_span(room, AN_MSGPACK_SKIP_ITEMS_MAX + 4)));
	memcpy(room, "\xdd\x00\x04\x00\x00", 5);
	ck_assert(!skips_all(an_span(room, AN_MSGPACK_SKIP_ITEMS_MAX + 5)));
}
END_TEST

/* A struct of three fields, the last optional. */
static const char *const names[] = {"one", "two", "three"};
static const struct an_fields fields = {.names = names, .count = 3, .optional = 1u << 2};

static bool read_shape(const struct an_fields *shape, const char *bytes, size_t size,
                       uint64_t values[3])
{
	struct an_reader reader = an_reader(an_span(bytes, size));
	struct an_msgpack_run run = an_msgpack_read_struct(&reader, shape);
	memset(values, 0, 3 * sizeof(values[0]));
	int field;
	while ((field = an_msgpack_next_field(&reader, &run, shape)) != AN_FIELD_END)
		values[field] = an_msgpack_read_uint(&reader, UINT64_MAX);
	return an_reader_ok(&reader) && an_reader_left(&reader) == 0;
}

#define FIELDS(literal) read_shape(&fields, literal, sizeof(literal) - 1, values)

START_TEST(a_struct_is_an_array_in_order)
{
	uint64_t values[3];
	ck_assert(FIELDS("\x93\x01\x02\x03"));
	ck_assert_uint_eq(values[2], 3);
	ck_assert(FIELDS("\xdc\x00\x03\x01\x02\x03"));
	ck_assert(!FIELDS("\x92\x01\x02")); /* optional ones may be absent from a map alone */
	static const struct an_fields with_default = {.names = names,
	                                              .count = 3,
	                                              .optional = 1u << 2,
	                                              .defaults = 1u << 2};
	struct an_reader reader = OVER("\x92\x01\x02");
	struct an_msgpack_run run = an_msgpack_read_struct(&reader, &with_default);
	while (an_msgpack_next_field(&reader, &run, &with_default) != AN_FIELD_END)
		(void)an_msgpack_read_uint(&reader, UINT64_MAX);
	ck_assert(an_reader_ok(&reader));
	ck_assert(!FIELDS("\x91\x01"));
	ck_assert(!FIELDS("\x94\x01\x02\x03\x04"));
}
END_TEST

START_TEST(a_struct_may_be_a_map_by_name_or_number)
{
	uint64_t values[3];
	ck_assert(FIELDS("\x83\xa3two\x02\xa3one\x01\xa5other\x92\x01\x02"));
	ck_assert_uint_eq(values[0], 1);
	ck_assert_uint_eq(values[1], 2);
	ck_assert(FIELDS("\x82\x01\x02\x00\x01"));
	ck_assert_uint_eq(values[1], 2);
	ck_assert(FIELDS("\x83\xc4\x03one\x01\xa3two\x02\x09\xc0"));
	ck_assert(FIELDS("\x82\xcf\0\0\0\0\0\0\0\x01\x02\xcc\x00\x01"));
	ck_assert(!FIELDS("\x82\xd0\x01\x02\x00\x01"));
	ck_assert(!FIELDS("\x83\x01\x02\x00\x01\xd0\x09\xc0"));
	ck_assert(!FIELDS("\x82\xa3one\x01\xa3one\x01"));
	ck_assert(!FIELDS("\x81\xa3one\x01"));
	ck_assert(!FIELDS("\xdf\xff\xff\xff\xff\xa3one\x01"));
}
END_TEST

START_TEST(a_struct_may_know_names_alone)
{
	static const struct an_fields named = {.names = names,
	                                       .count = 2,
	                                       .closed = true,
	                                       .named = true};
	uint64_t values[3];
	ck_assert(read_shape(&named, "\x82\xa3two\x02\xa3one\x01", 11, values));
	ck_assert(!read_shape(&named, "\x82\x01\x02\x00\x01", 5, values));
}
END_TEST

static int variant(const char *bytes, size_t size, bool *has_data, an_status *status)
{
	struct an_reader reader = an_reader(an_span(bytes, size));
	const int number = an_msgpack_read_variant(&reader, &fields, has_data);
	*status = reader.failed;
	return number;
}

START_TEST(a_variant_is_a_text_or_a_map_of_one_by_name_or_number)
{
	bool has_data;
	an_status status;
	ck_assert_int_eq(variant("\xa3two", 4, &has_data, &status), 1);
	ck_assert(!has_data);
	ck_assert_int_eq(variant("\x81\xa3two\x00", 6, &has_data, &status), 1);
	ck_assert(has_data);
	ck_assert_int_eq(variant("\x81\x02\x00", 3, &has_data, &status), 2);
	ck_assert_int_eq(variant("\x81\x03\x00", 3, &has_data, &status), AN_VARIANT_NONE);
	ck_assert_int_eq(status, AUTONOMI_OK);
	ck_assert_int_eq(variant("\x82\x01\x00\x02\x00", 5, &has_data, &status), AN_VARIANT_NONE);
	ck_assert_int_eq(status, AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(variant("\x92\xa3two\x00", 6, &has_data, &status), AN_VARIANT_NONE);
	ck_assert_int_eq(status, AUTONOMI_E_CORRUPT);
}
END_TEST

START_TEST(containers_texts_and_simple_values_are_written_shortest)
{
	an_msgpack_write_array(&out, 15);
	an_msgpack_write_array(&out, 16);
	an_msgpack_write_array(&out, 65536);
	an_msgpack_write_map(&out, 1);
	an_msgpack_write_bool(&out, true);
	an_msgpack_write_bool(&out, false);
	an_msgpack_write_nil(&out);
	an_msgpack_write_variant(&out, "x");
	an_msgpack_write_integers(&out, an_span("\x01\xff", 2));
	static const char expected[] =
		"\x9f\xdc\x00\x10\xdd\x00\x01\x00\x00\x81\xc3\xc2\xc0\x81\xa1x\x92\x01\xcc\xff";
	ck_assert(an_span_equal(an_buffer_span(&out), an_span(expected, sizeof(expected) - 1)));
	an_buffer_clear(&out);
	char text[300] = {0};
	memset(text, 'a', sizeof(text) - 1);
	static const size_t sizes[] = {31, 32, 255, 256};
	static const size_t heads[] = {1, 2, 2, 3};
	for (size_t i = 0; i < 4; i++) {
		an_buffer_clear(&out);
		an_msgpack_write_text(&out, an_span(text, sizes[i]));
		ck_assert_uint_eq(out.size, heads[i] + sizes[i]);
		struct an_reader reader = an_reader(an_buffer_span(&out));
		ck_assert_uint_eq(an_msgpack_read_text(&reader).size, sizes[i]);
	}
}
END_TEST

START_TEST(a_text_is_utf8_and_may_come_as_bin)
{
	struct an_reader text = OVER("\xa2\xc3\xa9");
	ck_assert_uint_eq(an_msgpack_read_text(&text).size, 2);
	struct an_reader bin = OVER("\xc4\x02\xc3\xa9");
	ck_assert_uint_eq(an_msgpack_read_text(&bin).size, 2);
	struct an_reader broken = OVER("\xa2\xc3\x28");
	ck_assert_uint_eq(an_msgpack_read_text(&broken).size, 0);
	ck_assert_int_eq(broken.failed, AUTONOMI_E_CORRUPT);
	struct an_reader broken_bin = OVER("\xc4\x01\xff");
	(void)an_msgpack_read_text(&broken_bin);
	ck_assert_int_eq(broken_bin.failed, AUTONOMI_E_CORRUPT);
	/* As bytes, a text may hold anything. */
	struct an_buffer room;
	an_buffer_init(&room, 16);
	struct an_reader bytes = OVER("\xa2\xc3\x28");
	ck_assert_uint_eq(an_msgpack_read_bytes(&bytes, &room).size, 2);
	an_buffer_done(&room);
}
END_TEST

START_TEST(a_bool_is_a_bool_and_nil_is_nil)
{
	struct an_reader reader = OVER("\xc3\xc2\xc0\x01");
	ck_assert(an_msgpack_read_bool(&reader));
	ck_assert(!an_msgpack_read_bool(&reader));
	ck_assert(!an_msgpack_read_nil(&(struct an_reader){.bytes = an_span("\x01", 1)}));
	ck_assert(an_msgpack_read_nil(&reader));
	(void)an_msgpack_read_bool(&reader);
	ck_assert(!an_reader_ok(&reader));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("wire/msgpack");
	TCase *values = tcase_create("values");
	tcase_add_checked_fixture(values, setup, teardown);
	tcase_add_test(values, integers_take_the_shortest_form);
	tcase_add_test(values, integers_are_read_in_any_width_when_not_negative);
	tcase_add_test(values, bin_heads_are_the_same_in_and_outside_of_a_buffer);
	tcase_add_test(values, a_canonical_bin_has_the_shortest_head);
	tcase_add_test(values, bytes_are_a_bin_a_text_or_integers);
	tcase_add_test(values, an_empty_bin_is_an_empty_list);
	tcase_add_test(values, a_bin_may_stand_for_integers_in_a_row);
	tcase_add_test(values, raw_bytes_are_a_bin_or_a_text_that_is_no_utf8);
	tcase_add_test(values, a_fixed_array_is_integers_or_bin_of_its_size);
	tcase_add_test(values, everything_can_be_skipped);
	tcase_add_test(values, deep_nesting_costs_no_stack);
	tcase_add_test(values, the_items_of_a_skipped_value_have_a_limit);
	tcase_add_test(values, containers_texts_and_simple_values_are_written_shortest);
	tcase_add_test(values, a_bool_is_a_bool_and_nil_is_nil);
	tcase_add_test(values, a_text_is_utf8_and_may_come_as_bin);
	suite_add_tcase(s, values);
	TCase *shapes = tcase_create("structs and variants");
	tcase_add_checked_fixture(shapes, setup, teardown);
	tcase_add_test(shapes, a_struct_is_an_array_in_order);
	tcase_add_test(shapes, a_struct_may_be_a_map_by_name_or_number);
	tcase_add_test(shapes, a_struct_may_know_names_alone);
	tcase_add_test(shapes, a_variant_is_a_text_or_a_map_of_one_by_name_or_number);
	suite_add_tcase(s, shapes);
	return s;
}
