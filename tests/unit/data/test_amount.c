/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Amounts; payments.json has more of them. */
#include <string.h>

#include "data/amount.h"
#include "harness.h"
#include "vectors/vector.h"
#include "wire/cbor.h"
#include "wire/msgpack.h"

static struct an_buffer out;

static void setup(void)
{
	an_buffer_init(&out, 1 << 16);
}

static void teardown(void)
{
	an_buffer_done(&out);
}

static struct an_amount most(void)
{
	struct an_amount amount;
	memset(amount.bytes, 0xff, sizeof(amount.bytes));
	return amount;
}

static bool same(const struct an_amount *a, const struct an_amount *b)
{
	return an_amount_compare(a, b) == 0;
}

START_TEST(sums_and_differences_have_carries_and_bounds)
{
	const struct an_amount one = an_amount_of(1), edge = an_amount_of(UINT64_MAX), top = most();
	struct an_amount sum, difference;
	ck_assert(an_amount_add(&sum, &edge, &one));
	ck_assert_int_gt(an_amount_compare(&sum, &edge), 0);
	ck_assert(an_amount_subtract(&difference, &sum, &one));
	ck_assert(same(&difference, &edge));
	ck_assert(!an_amount_subtract(&difference, &one, &edge));
	ck_assert(same(&difference, &edge));
	ck_assert(!an_amount_add(&sum, &top, &one));
	ck_assert(an_amount_subtract(&sum, &top, &top));
	ck_assert(same(&sum, &(struct an_amount){{0}}));
}
END_TEST

static void assert_decimal(const struct an_amount *amount, const char *expected)
{
	char text[AN_AMOUNT_DECIMAL_MAX];
	ck_assert_uint_eq(an_amount_decimal(amount, text), strlen(expected));
	ck_assert_str_eq(text, expected);
}

START_TEST(decimals_go_from_0_to_the_largest)
{
	const struct an_amount zero = an_amount_of(0), small = an_amount_of(1000), top = most();
	assert_decimal(&zero, "0");
	assert_decimal(&small, "1000");
	assert_decimal(&top,
	               "1157920892373161954235709850086879078532699846656405640394575840079131"
	               "29639935");
}
END_TEST

static void check_display(const json_t *vector)
{
	struct an_amount amount;
	const struct an_span value = vector_bytes(vector, "value");
	ck_assert_uint_eq(value.size, sizeof(amount.bytes));
	memcpy(amount.bytes, value.data, value.size);
	an_buffer_clear(&out);
	an_amount_display(&amount, &out);
	vector_equal(an_buffer_span(&out), an_span_text(vector_text(vector, "display")));
	uint8_t bytes[AN_AMOUNT_SIZE];
	an_amount_to_bytes(&amount, bytes);
	vector_equal(an_span(bytes, sizeof(bytes)), vector_bytes(vector, "to_bytes"));
}

static void check_parse(const json_t *vector)
{
	struct an_amount amount;
	const char *text = vector_text(vector, "text");
	const enum an_amount_fault fault = an_amount_parse(&amount, an_span_text(text));
	if (vector_has(vector, "error"))
		ck_assert_str_eq(an_amount_fault_text(fault), vector_text(vector, "error"));
	else
		vector_equal(an_span(amount.bytes, sizeof(amount.bytes)),
		             vector_bytes(vector, "value"));
}

START_TEST(texts_are_those_of_the_real_crate)
{
	ck_assert_uint_eq(vector_each("payments", "atto", check_display), 4);
	ck_assert_uint_eq(vector_each("payments", "atto_parse", check_parse), 16);
}
END_TEST

static enum an_amount_fault parse(struct an_amount *amount, const char *text)
{
	return an_amount_parse(amount, an_span_text(text));
}

START_TEST(numbers_may_have_a_base_and_underscores)
{
	struct an_amount a, b;
	ck_assert_int_eq(parse(&a, "1_000.5"), AN_AMOUNT_GOOD);
	ck_assert_int_eq(parse(&b, "0x3E8.5"), AN_AMOUNT_GOOD);
	ck_assert(same(&a, &b));
	ck_assert_int_eq(parse(&b, "0b1111101000.50"), AN_AMOUNT_GOOD);
	ck_assert(same(&a, &b));
	ck_assert_int_eq(parse(&b, "0O1750.5"), AN_AMOUNT_GOOD);
	ck_assert(same(&a, &b));
	ck_assert_int_eq(parse(&b, "0b2"), AN_AMOUNT_UNITS);
	ck_assert_int_eq(parse(&b, "0q2"), AN_AMOUNT_UNITS);
}
END_TEST

START_TEST(numbers_beyond_256_bits_are_none)
{
	struct an_amount amount;
	char text[200];
	memset(text, '9', 90);
	text[90] = '\0';
	ck_assert_int_eq(parse(&amount, text), AN_AMOUNT_UNITS);
	memset(text, '9', 92);
	memcpy(text, "0.", 2);
	text[92] = '\0';
	ck_assert_int_eq(parse(&amount, text), AN_AMOUNT_REMAINDER);
	ck_assert_str_eq(an_amount_fault_text(AN_AMOUNT_GOOD), "");
}
END_TEST

START_TEST(only_32_bytes_are_an_amount)
{
	struct an_amount amount;
	const uint8_t short_bytes[31] = {1};
	an_msgpack_write_bin(&out, an_span(short_bytes, sizeof(short_bytes)));
	struct an_reader reader = an_reader(an_buffer_span(&out));
	an_amount_read_msgpack(&reader, &amount);
	ck_assert(!an_reader_ok(&reader));

	const struct an_amount top = most();
	an_buffer_clear(&out);
	an_msgpack_write_integers(&out, an_span(top.bytes, sizeof(top.bytes)));
	reader = an_reader(an_buffer_span(&out));
	an_amount_read_msgpack(&reader, &amount);
	ck_assert(!an_reader_ok(&reader));

	an_buffer_clear(&out);
	an_cbor_write_bytes(&out, an_span(short_bytes, sizeof(short_bytes)));
	reader = an_reader(an_buffer_span(&out));
	an_amount_read_cbor(&reader, &amount);
	ck_assert(!an_reader_ok(&reader));
}
END_TEST

START_TEST(both_codecs_give_back_what_they_wrote)
{
	struct an_amount again;
	const struct an_amount top = most();
	an_amount_write_msgpack(&out, &top);
	struct an_reader reader = an_reader(an_buffer_span(&out));
	an_amount_read_msgpack(&reader, &again);
	ck_assert(an_reader_ok(&reader) && same(&again, &top));
	an_buffer_clear(&out);
	an_amount_write_cbor(&out, &top);
	reader = an_reader(an_buffer_span(&out));
	an_amount_read_cbor(&reader, &again);
	ck_assert(an_reader_ok(&reader) && same(&again, &top));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("data/amount");
	TCase *all = tcase_create("all");
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_add_test(all, sums_and_differences_have_carries_and_bounds);
	tcase_add_test(all, decimals_go_from_0_to_the_largest);
	tcase_add_test(all, texts_are_those_of_the_real_crate);
	tcase_add_test(all, numbers_may_have_a_base_and_underscores);
	tcase_add_test(all, numbers_beyond_256_bits_are_none);
	tcase_add_test(all, only_32_bytes_are_an_amount);
	tcase_add_test(all, both_codecs_give_back_what_they_wrote);
	suite_add_tcase(s, all);
	return s;
}
