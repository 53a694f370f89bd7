/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/cbor.h"

#include <check.h>

#include "harness.h"

static struct an_buffer out;
static struct an_buffer scratch;

static void setup(void)
{
	an_buffer_init(&out, 1 << 16);
	an_buffer_init(&scratch, 1 << 16);
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
	an_cbor_skip(&reader);
	return an_reader_ok(&reader) && an_reader_left(&reader) == 0;
}

#define SKIPS(literal) skips_all(an_span(literal, sizeof(literal) - 1))

START_TEST(integers_take_the_shortest_head)
{
	static const struct {
		uint64_t value;
		size_t size;
	} cases[] = {{0, 1},          {23, 1},         {24, 2},       {255, 2},
	             {256, 3},        {UINT16_MAX, 3}, {1u << 16, 5}, {UINT32_MAX, 5},
	             {1ull << 32, 9}, {UINT64_MAX, 9}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		an_buffer_clear(&out);
		an_cbor_write_uint(&out, cases[i].value);
		ck_assert_uint_eq(out.size, cases[i].size);
		struct an_reader reader = an_reader(an_buffer_span(&out));
		ck_assert_uint_eq(an_cbor_read_uint(&reader, UINT64_MAX), cases[i].value);
		ck_assert(an_reader_ok(&reader));
	}
}
END_TEST

START_TEST(an_integer_above_its_bound_is_refused)
{
	struct an_reader reader = OVER("\x19\x01\x00");
	ck_assert_uint_eq(an_cbor_read_uint(&reader, 255), 0);
	ck_assert_int_eq(reader.failed, AUTONOMI_E_CORRUPT);
}
END_TEST

static bool reads_uint(const char *bytes, size_t size, uint64_t max)
{
	struct an_reader reader = an_reader(an_span(bytes, size));
	return an_cbor_read_uint(&reader, max) == 3 && an_reader_ok(&reader);
}

START_TEST(a_head_wider_than_the_integer_is_refused)
{
	ck_assert(reads_uint("\x18\x03", 2, UINT8_MAX));
	ck_assert(!reads_uint("\x19\x00\x03", 3, UINT8_MAX));
	ck_assert(reads_uint("\x1a\x00\x00\x00\x03", 5, UINT32_MAX));
	ck_assert(!reads_uint("\x1b\x00\x00\x00\x00\x00\x00\x00\x03", 9, UINT32_MAX));
	ck_assert(reads_uint("\x1b\x00\x00\x00\x00\x00\x00\x00\x03", 9, UINT64_MAX));
}
END_TEST

START_TEST(negative_integers_floats_and_tags_are_no_integers)
{
	static const char *const cases[] = {"\x20", "\xfa\x44\x7a\x00\x01", "\xc2\x41\x01", "\xf5",
	                                    "a1"};
	for (size_t i = 0; i < 5; i++) {
		struct an_reader reader = an_reader(an_span_text(cases[i]));
		(void)an_cbor_read_uint(&reader, UINT64_MAX);
		ck_assert(!an_reader_ok(&reader));
	}
}
END_TEST

START_TEST(bytes_are_borrowed_and_come_in_one_piece)
{
	struct an_reader reader = OVER("\x43xyz");
	const struct an_span bytes = an_cbor_read_bytes(&reader);
	ck_assert_ptr_eq(bytes.data, reader.bytes.data + 1);
	ck_assert(an_span_equal(bytes, an_span_text("xyz")));

	struct an_reader pieces = OVER("\x5f\x41x\x42yz\xff");
	(void)an_cbor_read_bytes(&pieces);
	ck_assert(!an_reader_ok(&pieces));
	struct an_reader integers = OVER("\x83\x01\x02\x03");
	(void)an_cbor_read_bytes(&integers);
	ck_assert(!an_reader_ok(&integers));
}
END_TEST

START_TEST(a_text_may_come_in_pieces)
{
	struct an_reader reader = OVER("\x7f\x64two \x66pieces\xff\x01");
	ck_assert(an_span_equal(an_cbor_read_text(&reader, &scratch), an_span_text("two pieces")));
	ck_assert_uint_eq(an_reader_byte(&reader), 0xff); /* left for whoever reads next */
	ck_assert_uint_eq(an_cbor_read_uint(&reader, 1), 1);
	ck_assert(an_reader_ok(&reader));

	struct an_reader without = OVER("\x7f\x64two \x66pieces\xff\x01");
	ck_assert_uint_eq(an_cbor_read_text(&without, NULL).size, 0);
	ck_assert_uint_eq(an_reader_byte(&without), 0xff);
	ck_assert_uint_eq(an_cbor_read_uint(&without, 1), 1);
	ck_assert(an_reader_ok(&without));
}
END_TEST

static bool reads_text(const char *text, size_t size)
{
	an_buffer_clear(&out);
	an_cbor_write_text(&out, an_span(text, size));
	struct an_reader reader = an_reader(an_buffer_span(&out));
	(void)an_cbor_read_text(&reader, NULL);
	return an_reader_ok(&reader);
}

START_TEST(a_text_is_utf8)
{
	ck_assert(reads_text("plain", 5));
	ck_assert(reads_text("\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80", 9));
	ck_assert(!reads_text("\xff\xfe", 2));
	ck_assert(!reads_text("\xc3", 1));             /* cut */
	ck_assert(!reads_text("\xc0\x80", 2));         /* long form of zero */
	ck_assert(!reads_text("\xe0\x80\x80", 3));     /* long form */
	ck_assert(!reads_text("\xed\xa0\x80", 3));     /* surrogate */
	ck_assert(!reads_text("\xf4\x90\x80\x80", 4)); /* beyond U+10FFFF */
	ck_assert(!reads_text("\xe2\x82\x41", 3));     /* bad continuation */
}
END_TEST

START_TEST(a_piece_of_a_text_is_like_a_text)
{
	struct an_reader list = OVER("\x7f\x81x\xff");
	(void)an_cbor_read_text(&list, &scratch);
	ck_assert(!an_reader_ok(&list));
	struct an_reader split = OVER("\x7f\x61\xc3\x61\xbc\xff"); /* one character in two pieces */
	const struct an_span text = an_cbor_read_text(&split, &scratch);
	ck_assert(an_reader_ok(&split) && text.size == 2);
	struct an_reader half = OVER("\x7f\x61\xc3\xff");
	(void)an_cbor_read_text(&half, &scratch);
	ck_assert(!an_reader_ok(&half));
	struct an_reader skipped = OVER("\x7f\x61\xc3\xff");
	(void)an_cbor_read_text(&skipped, NULL);
	ck_assert(!an_reader_ok(&skipped));
	struct an_reader unended = OVER("\x7f\x61x");
	(void)an_cbor_read_text(&unended, &scratch);
	ck_assert(!an_reader_ok(&unended));
}
END_TEST

/* The real codec masks the bits of the type that it wants (semantics 3.4). */
START_TEST(heads_of_some_other_types_count)
{
	static const char *const texts[] = {"\x61x", "\x41x", "\x21x", "\x01x"};
	for (size_t i = 0; i < 4; i++) {
		struct an_reader reader = an_reader(an_span_text(texts[i]));
		ck_assert_uint_eq(an_cbor_read_text(&reader, &scratch).size, 1);
		ck_assert(an_reader_ok(&reader));
	}
	struct an_reader list = OVER("\x01\x05");
	struct an_cbor_run run = an_cbor_read_list(&list);
	ck_assert(an_cbor_next(&list, &run));
	struct an_reader fields = OVER("\x81\x63one\x05");
	(void)an_cbor_read_struct(&fields);
	ck_assert(an_reader_ok(&fields));
	struct an_reader bytes = OVER("\x02xy");
	ck_assert_uint_eq(an_cbor_read_bytes(&bytes).size, 2);
	static const char *const none[] = {"\x81x", "\xa1x", "\xc1x", "\xe1x", "\x7c"};
	for (size_t i = 0; i < 5; i++) {
		struct an_reader reader = an_reader(an_span_text(none[i]));
		(void)an_cbor_read_text(&reader, &scratch);
		ck_assert(!an_reader_ok(&reader));
	}
}
END_TEST

START_TEST(null_and_undefined_are_none)
{
	struct an_reader reader = OVER("\xf6\xf7\x00");
	ck_assert(an_cbor_read_null(&reader));
	ck_assert(an_cbor_read_null(&reader));
	ck_assert(!an_cbor_read_null(&reader));
	ck_assert(an_reader_ok(&reader));
}
END_TEST

START_TEST(a_unit_is_the_empty_array_alone)
{
	struct an_reader good = OVER("\x80");
	an_cbor_read_unit(&good);
	ck_assert(an_reader_ok(&good));
	static const char *const bad[] = {"\xf6", "\xa0", "\x81\x01", "\x98"};
	for (size_t i = 0; i < 4; i++) {
		struct an_reader reader = an_reader(an_span_text(bad[i]));
		an_cbor_read_unit(&reader);
		ck_assert(!an_reader_ok(&reader));
	}
}
END_TEST

START_TEST(a_fixed_array_has_its_size_and_is_definite)
{
	uint8_t bytes[3];
	struct an_reader good = OVER("\x83\x01\x18\xff\x18\x03");
	an_cbor_read_fixed(&good, bytes, 3);
	ck_assert(an_reader_ok(&good));
	ck_assert_mem_eq(bytes, "\x01\xff\x03", 3);
	static const char *const bad[] = {"\x82\x01\x02", "\x84\x01\x02\x03\x04",
	                                  "\x9f\x01\x02\x03\xff", "\x43xyz",
	                                  "\x83\x01\x02\x19\x00\x03"};
	for (size_t i = 0; i < 5; i++) {
		struct an_reader reader = an_reader(an_span_text(bad[i]));
		an_cbor_read_fixed(&reader, bytes, 3);
		ck_assert(!an_reader_ok(&reader));
	}
}
END_TEST

START_TEST(everything_can_be_skipped)
{
	ck_assert(SKIPS("\x00"));
	ck_assert(SKIPS("\x38\x63"));
	ck_assert(SKIPS("\xfb\x3f\xf0\x00\x00\x00\x00\x00\x00"));
	ck_assert(SKIPS("\xf6"));
	ck_assert(SKIPS("\x5f\x41x\x42yz\xff"));
	ck_assert(SKIPS("\xa2\x61x\x82\x01\x02\x61y\x9f\xa1\x61z\x80\xf4\xff"));
	ck_assert(SKIPS("\xbf\x61x\xbf\xff\x61y\x9f\xff\xff"));
	ck_assert(SKIPS("\x82\x80\xa0"));
	ck_assert(SKIPS("\xc1\x18\x20")); /* a tag and its value */
	ck_assert(SKIPS("\x83\xd8\x20\xc2\x41\x01\xd9\x01\x00\x80\x00"));
	ck_assert(SKIPS("\x5f\x61x\x01\x82\x01\x02\x7f\xff\xff")); /* pieces may be anything */
	ck_assert(SKIPS("\xf9\x3c\x00"));
}
END_TEST

START_TEST(malformed_values_cannot_be_skipped)
{
	ck_assert(!SKIPS(""));
	ck_assert(!SKIPS("\xff"));         /* a bare break */
	ck_assert(!SKIPS("\x1c"));         /* reserved */
	ck_assert(!SKIPS("\xc0"));         /* a tag of nothing */
	ck_assert(!SKIPS("\xdf\x00"));     /* a tag without number */
	ck_assert(!SKIPS("\xe0"));         /* a simple value */
	ck_assert(!SKIPS("\xf8\x20"));     /* another */
	ck_assert(!SKIPS("\xbf\x01\xff")); /* a key without value */
	ck_assert(!SKIPS("\x1f"));
	ck_assert(!SKIPS("\x83\x01\x02"));                             /* an item missing */
	ck_assert(!SKIPS("\x9b\x00\x00\x01\x00\x00\x00\x00\x00"));     /* 2^40 items */
	ck_assert(!SKIPS("\xbb\xff\xff\xff\xff\xff\xff\xff\xff\x01")); /* a count that overflows */
	ck_assert(!SKIPS("\x9f\x01"));                                 /* no end */
	ck_assert(!SKIPS("\x5b\xff\xff\xff\xff\xff\xff\xff\xff"));
}
END_TEST

static bool skips_nested(size_t depth, uint8_t opener, bool indefinite)
{
	uint8_t bytes[2 * AN_CBOR_DEPTH_MAX + 8];
	memset(bytes, opener, depth);
	bytes[depth] = 0;
	memset(bytes + depth + 1, 0xff, indefinite ? depth : 0);
	return skips_all(an_span(bytes, depth + 1 + (indefinite ? depth : 0)));
}

START_TEST(nesting_has_a_limit)
{
	ck_assert(skips_nested(AN_CBOR_DEPTH_MAX, 0x81, false));
	ck_assert(!skips_nested(AN_CBOR_DEPTH_MAX + 1, 0x81, false));
	ck_assert(skips_nested(AN_CBOR_DEPTH_MAX, 0x9f, true));
	ck_assert(!skips_nested(AN_CBOR_DEPTH_MAX + 1, 0x9f, true));
}
END_TEST

START_TEST(the_items_of_a_skipped_value_have_a_limit)
{
	static uint8_t bytes[AN_CBOR_SKIP_ITEMS_MAX + 5] = "\x9a\x00\x00\xff\xff";
	ck_assert(skips_all(an_span(bytes, AN_CBOR_SKIP_ITEMS_MAX + 4)));
	memcpy(bytes, "\x9a\x00\x01\x00\x00", 5);
	ck_assert(!skips_all(an_span(bytes, AN_CBOR_SKIP_ITEMS_MAX + 5)));
}
END_TEST

/* A struct of three fields, the last optional. */
static const char *const names[] = {"one", "two", "three"};
static const struct an_fields fields = {.names = names, .count = 3, .optional = 1u << 2};

/* The value of each field, 0 where absent; false where the struct is refused. */
static bool read_fields(const char *bytes, size_t size, uint64_t values[3])
{
	struct an_reader reader = an_reader(an_span(bytes, size));
	struct an_cbor_run run = an_cbor_read_struct(&reader);
	memset(values, 0, 3 * sizeof(values[0]));
	int field;
	while ((field = an_cbor_next_field(&reader, &run, &fields)) != AN_FIELD_END)
		values[field] = an_cbor_read_uint(&reader, UINT64_MAX);
	return an_reader_ok(&reader) && an_reader_left(&reader) == 0;
}

#define FIELDS(literal) read_fields(literal, sizeof(literal) - 1, values)

START_TEST(fields_come_in_any_order_and_unknown_ones_are_skipped)
{
	uint64_t values[3];
	ck_assert(FIELDS("\xa4\x63two\x02\x65other\x82\x01\x02\x65three\x03\x63one\x01"));
	ck_assert_uint_eq(values[0], 1);
	ck_assert_uint_eq(values[1], 2);
	ck_assert_uint_eq(values[2], 3);
	ck_assert(FIELDS("\xbf\x63two\x02\x63one\x01\xff"));
	ck_assert_uint_eq(values[1], 2);
	/* The break behind the pieces of a name is where its value should be. */
	ck_assert(!FIELDS("\xbf\x7f\x61t\x62wo\xff\x02\x63one\x01\xff"));
}
END_TEST

START_TEST(a_required_field_must_be_there_once)
{
	uint64_t values[3];
	ck_assert(FIELDS("\xa2\x63one\x01\x63two\x02"));
	ck_assert(!FIELDS("\xa2\x63one\x01\x65three\x03"));
	ck_assert(!FIELDS("\xa3\x63one\x01\x63two\x02\x63one\x01"));
	ck_assert(!FIELDS("\x82\x01\x02"));
	ck_assert(!FIELDS("\xa2\x01\x01\x02\x02"));
	ck_assert(!FIELDS("\xa0"));
}
END_TEST

START_TEST(a_long_unknown_name_matches_nothing)
{
	an_cbor_write_map(&out, 3);
	char name[200];
	memset(name, 'x', sizeof(name));
	an_cbor_write_text(&out, an_span(name, sizeof(name)));
	an_cbor_write_uint(&out, 9);
	an_cbor_write_name(&out, "one");
	an_cbor_write_uint(&out, 1);
	an_cbor_write_name(&out, "two");
	an_cbor_write_uint(&out, 2);
	uint64_t values[3];
	ck_assert(read_fields((const char *)out.data, out.size, values));
	ck_assert_uint_eq(values[0], 1);
}
END_TEST

static int variant(const char *bytes, size_t size, size_t *left, an_status *status)
{
	struct an_reader reader = an_reader(an_span(bytes, size));
	const int number = an_cbor_read_variant(&reader, &fields);
	*status = reader.failed;
	*left = an_reader_left(&reader);
	return number;
}

START_TEST(a_variant_is_a_text_or_a_map_of_one)
{
	size_t left;
	an_status status;
	ck_assert_int_eq(variant("\x63two", 4, &left, &status), 1);
	ck_assert_uint_eq(left, 0);
	ck_assert_int_eq(variant("\xa1\x63two\x00", 6, &left, &status), 1);
	ck_assert_uint_eq(left, 1);
	ck_assert_int_eq(variant("\x64"
	                         "four",
	                         5, &left, &status),
	                 AN_VARIANT_NONE);
	ck_assert_int_eq(status, AUTONOMI_OK);
	/* The break of pieces stays. */
	ck_assert_int_eq(variant("\x7f\x61t\x7f\x62wo\xff\x00", 9, &left, &status), 1);
	ck_assert_uint_eq(left, 2);
	static const char *const bad[] = {"\xa2\x63two\x01\x63one\x01",
	                                  "\xbf\x63two\x01\xff",
	                                  "\xa1\x81\x01",
	                                  "\x01",
	                                  "\x82\x63two\x01",
	                                  "\xb8\x01\x63two\x01",
	                                  "\x7f\x61t",
	                                  "\x7f\x61\xc3\xff",
	                                  "\x61\xc3"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_int_eq(variant(bad[i], strlen(bad[i]), &left, &status), AN_VARIANT_NONE);
		ck_assert_int_eq(status, AUTONOMI_E_CORRUPT);
	}
}
END_TEST

START_TEST(a_list_ends_with_its_count_or_its_break)
{
	static const char *const cases[] = {"\x83\x01\x02\x03", "\x9f\x01\x02\x03\xff"};
	for (size_t i = 0; i < 2; i++) {
		struct an_reader reader = an_reader(an_span_text(cases[i]));
		struct an_cbor_run run = an_cbor_read_list(&reader);
		uint64_t sum = 0;
		while (an_cbor_next(&reader, &run))
			sum += an_cbor_read_uint(&reader, UINT8_MAX);
		ck_assert(an_reader_ok(&reader));
		ck_assert_uint_eq(sum, 6);
		ck_assert_uint_eq(an_reader_left(&reader), 0);
	}
	struct an_reader hostile = OVER("\x9b\x00\x00\x01\x00\x00\x00\x00\x00\x01");
	struct an_cbor_run run = an_cbor_read_list(&hostile);
	ck_assert(!an_cbor_next(&hostile, &run));
	ck_assert(!an_reader_ok(&hostile));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("wire/cbor");
	TCase *values = tcase_create("values");
	tcase_add_checked_fixture(values, setup, teardown);
	tcase_add_test(values, integers_take_the_shortest_head);
	tcase_add_test(values, an_integer_above_its_bound_is_refused);
	tcase_add_test(values, a_head_wider_than_the_integer_is_refused);
	tcase_add_test(values, negative_integers_floats_and_tags_are_no_integers);
	tcase_add_test(values, bytes_are_borrowed_and_come_in_one_piece);
	tcase_add_test(values, a_text_may_come_in_pieces);
	tcase_add_test(values, a_text_is_utf8);
	tcase_add_test(values, a_piece_of_a_text_is_like_a_text);
	tcase_add_test(values, heads_of_some_other_types_count);
	tcase_add_test(values, null_and_undefined_are_none);
	tcase_add_test(values, a_unit_is_the_empty_array_alone);
	tcase_add_test(values, a_fixed_array_has_its_size_and_is_definite);
	tcase_add_test(values, everything_can_be_skipped);
	tcase_add_test(values, malformed_values_cannot_be_skipped);
	tcase_add_test(values, nesting_has_a_limit);
	tcase_add_test(values, the_items_of_a_skipped_value_have_a_limit);
	suite_add_tcase(s, values);
	TCase *shapes = tcase_create("structs, variants and lists");
	tcase_add_checked_fixture(shapes, setup, teardown);
	tcase_add_test(shapes, fields_come_in_any_order_and_unknown_ones_are_skipped);
	tcase_add_test(shapes, a_required_field_must_be_there_once);
	tcase_add_test(shapes, a_long_unknown_name_matches_nothing);
	tcase_add_test(shapes, a_variant_is_a_text_or_a_map_of_one);
	tcase_add_test(shapes, a_list_ends_with_its_count_or_its_break);
	suite_add_tcase(s, shapes);
	return s;
}
