/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/buffer.h"

#include "base/memory.h"
#include "harness.h"

static struct an_buffer buffer;

static void setup_limit_100(void)
{
	an_buffer_init(&buffer, 100);
}

static void teardown(void)
{
	an_buffer_done(&buffer);
}

static an_status append_bytes(size_t size)
{
	static const uint8_t bytes[200] = {1};
	return an_buffer_append(&buffer, an_span(bytes, size));
}

START_TEST(bytes_stand_in_the_order_in_which_they_came)
{
	ck_assert_int_eq(an_buffer_append(&buffer, an_span_text("ab")), AUTONOMI_OK);
	ck_assert_int_eq(an_buffer_append_byte(&buffer, 'c'), AUTONOMI_OK);
	memcpy(an_buffer_extend(&buffer, 2), "de", 2);
	ck_assert(an_span_equal(an_buffer_span(&buffer), an_span_text("abcde")));
}
END_TEST

START_TEST(exactly_the_limit_fits)
{
	ck_assert_int_eq(append_bytes(100), AUTONOMI_OK);
	ck_assert_int_eq(append_bytes(0), AUTONOMI_OK);
	ck_assert_int_eq(append_bytes(1), AUTONOMI_E_TOO_LARGE);
	ck_assert_uint_eq(buffer.size, 100);
}
END_TEST

START_TEST(a_failure_changes_nothing_and_sticks)
{
	append_bytes(60);
	ck_assert_int_eq(append_bytes(41), AUTONOMI_E_TOO_LARGE);
	ck_assert_uint_eq(buffer.size, 60);
	ck_assert_int_eq(append_bytes(1), AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(append_bytes(0), AUTONOMI_E_TOO_LARGE);
	ck_assert_ptr_null(an_buffer_extend(&buffer, 1));
	ck_assert_uint_eq(buffer.size, 60);
	ck_assert_int_eq(buffer.failed, AUTONOMI_E_TOO_LARGE);
}
END_TEST

START_TEST(clearing_forgets_content_and_failure)
{
	append_bytes(101);
	an_buffer_clear(&buffer);
	ck_assert_int_eq(append_bytes(100), AUTONOMI_OK);
	ck_assert_uint_eq(buffer.size, 100);
}
END_TEST

START_TEST(room_for_nothing_is_no_failure)
{
	struct an_buffer empty;
	an_buffer_init(&empty, 0);
	ck_assert_ptr_nonnull(an_buffer_extend(&empty, 0));
	ck_assert_uint_eq(empty.size, 0);
	ck_assert_ptr_null(an_buffer_extend(&empty, 1));
	an_buffer_done(&empty);
}
END_TEST

START_TEST(a_size_that_would_wrap_is_too_large)
{
	append_bytes(10);
	ck_assert_ptr_null(an_buffer_extend(&buffer, SIZE_MAX - 5));
	ck_assert_int_eq(buffer.failed, AUTONOMI_E_TOO_LARGE);
}
END_TEST

START_TEST(content_survives_growing)
{
	an_buffer_init(&buffer, SIZE_MAX);
	for (unsigned i = 0; i < 100000; i++)
		an_buffer_append_byte(&buffer, (uint8_t)(i * 7));
	ck_assert_int_eq(buffer.failed, AUTONOMI_OK);
	for (unsigned i = 0; i < 100000; i++)
		ck_assert_uint_eq(buffer.data[i], (uint8_t)(i * 7));
}
END_TEST

#ifdef AN_FAULT_INJECTION
START_TEST(without_memory_the_content_stays)
{
	append_bytes(10);
	an_memory_fail_after(0);
	ck_assert_int_eq(append_bytes(90), AUTONOMI_E_NO_MEMORY);
	an_memory_fail_after(UINT64_MAX);
	ck_assert_uint_eq(buffer.size, 10);
	ck_assert_int_eq(buffer.failed, AUTONOMI_E_NO_MEMORY);
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("base/buffer");
	TCase *limited = tcase_create("limit of 100");
	tcase_add_checked_fixture(limited, setup_limit_100, teardown);
	tcase_add_test(limited, bytes_stand_in_the_order_in_which_they_came);
	tcase_add_test(limited, exactly_the_limit_fits);
	tcase_add_test(limited, a_failure_changes_nothing_and_sticks);
	tcase_add_test(limited, clearing_forgets_content_and_failure);
	tcase_add_test(limited, room_for_nothing_is_no_failure);
	tcase_add_test(limited, a_size_that_would_wrap_is_too_large);
	tcase_add_test(limited, content_survives_growing);
#ifdef AN_FAULT_INJECTION
	tcase_add_test(limited, without_memory_the_content_stays);
#endif
	suite_add_tcase(s, limited);
	return s;
}
