/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/blob.h"

#include "harness.h"

START_TEST(a_copy_has_the_bytes_and_one_reference)
{
	struct an_blob *blob = an_blob_copy(an_span_text("chunk"));
	ck_assert(an_span_equal(an_blob_span(blob), an_span_text("chunk")));
	ck_assert_uint_eq(blob->references, 1);
	an_blob_unref(blob);
}
END_TEST

START_TEST(a_blob_lives_until_its_last_reference_is_dropped)
{
	struct an_blob *blob = an_blob_copy(an_span_text("chunk"));
	ck_assert_ptr_eq(an_blob_ref(blob), blob);
	ck_assert_ptr_null(an_blob_unref(blob));
	ck_assert_uint_eq(blob->references, 1);
	ck_assert(an_span_equal(an_blob_span(blob), an_span_text("chunk")));
	ck_assert_ptr_null(an_blob_unref(blob));
}
END_TEST

START_TEST(no_blob_has_no_bytes)
{
	ck_assert_uint_eq(an_blob_span(NULL).size, 0);
	ck_assert_ptr_null(an_blob_unref(NULL));
}
END_TEST

START_TEST(an_empty_blob_is_a_blob)
{
	struct an_blob *blob = an_blob_copy(an_span(NULL, 0));
	ck_assert_ptr_nonnull(blob);
	ck_assert_uint_eq(blob->size, 0);
	an_blob_unref(blob);
}
END_TEST

START_TEST(a_size_that_would_wrap_gives_none)
{
	ck_assert_ptr_null(an_blob_new(SIZE_MAX));
	ck_assert_ptr_null(an_blob_new(SIZE_MAX - sizeof(struct an_blob) + 1));
}
END_TEST

START_TEST(a_grown_blob_keeps_its_bytes)
{
	struct an_blob *blob = an_blob_copy(an_span_text("chunk"));
	blob = an_blob_grow(blob, 100000);
	ck_assert_ptr_nonnull(blob);
	ck_assert_uint_ge(blob->capacity, 100000);
	ck_assert(an_span_equal(an_blob_span(blob), an_span_text("chunk")));
	ck_assert_ptr_eq(an_blob_grow(blob, 10), blob);
	ck_assert_ptr_null(an_blob_grow(blob, SIZE_MAX));
	an_blob_unref(blob);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("base/blob");
	TCase *all = tcase_create("blobs");
	tcase_add_test(all, a_copy_has_the_bytes_and_one_reference);
	tcase_add_test(all, a_blob_lives_until_its_last_reference_is_dropped);
	tcase_add_test(all, no_blob_has_no_bytes);
	tcase_add_test(all, an_empty_blob_is_a_blob);
	tcase_add_test(all, a_size_that_would_wrap_gives_none);
	tcase_add_test(all, a_grown_blob_keeps_its_bytes);
	suite_add_tcase(s, all);
	return s;
}
