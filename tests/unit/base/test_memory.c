/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/memory.h"

#include <errno.h>
#include <string.h>

#include "harness.h"

START_TEST(nothing_is_something_too)
{
	void *memory = an_malloc(0);
	ck_assert_ptr_nonnull(memory);
	memory = an_realloc(memory, 0, 5);
	ck_assert_ptr_nonnull(memory);
	an_free(memory);
	memory = an_calloc(0, 8);
	ck_assert_ptr_nonnull(memory);
	ck_assert_ptr_null(an_free(memory));
	ck_assert_ptr_null(an_free(NULL));
}
END_TEST

START_TEST(sizes_that_would_wrap_are_refused)
{
	char *memory = an_calloc(4, 2);
	ck_assert_ptr_null(an_calloc(SIZE_MAX / 2, 4));
	ck_assert_ptr_null(an_realloc(memory, SIZE_MAX / 2, 4));
	for (int i = 0; i < 8; i++)
		ck_assert_int_eq(memory[i], 0);
	an_free(memory);
}
END_TEST

START_TEST(freeing_keeps_errno)
{
	void *memory = an_malloc(1 << 20);
	errno = ENOENT;
	an_free(memory);
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

START_TEST(text_is_copied_with_its_end)
{
	char *copy = an_strdup("abc");
	ck_assert_str_eq(copy, "abc");
	an_free(copy);
}
END_TEST

START_TEST(wiping_leaves_zeros)
{
	const char zeros[16] = {0};
	char secret[16];
	memset(secret, 's', sizeof(secret));
	an_wipe(secret, sizeof(secret));
	ck_assert_mem_eq(secret, zeros, sizeof(secret));
}
END_TEST

#ifdef AN_FAULT_INJECTION
START_TEST(allocations_fail_after_the_countdown)
{
	const uint64_t before = an_memory_allocations();
	an_memory_fail_after(2);
	void *first = an_malloc(1), *second = an_malloc(1);
	ck_assert_ptr_nonnull(first);
	ck_assert_ptr_nonnull(second);
	ck_assert_ptr_null(an_malloc(1));
	ck_assert_ptr_null(an_calloc(1, 1));
	ck_assert_ptr_null(an_realloc(first, 2, 1));
	ck_assert_ptr_null(an_strdup(""));
	an_memory_fail_after(UINT64_MAX);
	an_free(first);
	first = an_malloc(1);
	ck_assert_ptr_nonnull(first);
	ck_assert_uint_eq(an_memory_allocations() - before, 7);
	an_free(first);
	an_free(second);
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("base/memory");
	TCase *all = tcase_create("allocation");
	tcase_add_test(all, nothing_is_something_too);
	tcase_add_test(all, sizes_that_would_wrap_are_refused);
	tcase_add_test(all, freeing_keeps_errno);
	tcase_add_test(all, text_is_copied_with_its_end);
	tcase_add_test(all, wiping_leaves_zeros);
#ifdef AN_FAULT_INJECTION
	tcase_add_test(all, allocations_fail_after_the_countdown);
#endif
	suite_add_tcase(s, all);
	return s;
}
