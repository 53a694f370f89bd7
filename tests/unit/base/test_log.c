/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/log.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "harness.h"

enum { THREADS = 4, LINES_PER_THREAD = 200 };

static struct an_logger *logger;
static struct an_log_line line;

static void setup_info(void)
{
	logger = an_logger_new(AN_LOG_INFO);
	ck_assert_ptr_nonnull(logger);
}

static void teardown(void)
{
	logger = an_logger_free(logger);
}

START_TEST(lines_come_out_in_the_order_in_which_they_went_in)
{
	an_log(logger, AN_LOG_INFO, "kad", "first %d", 1);
	an_log(logger, AN_LOG_ERROR, "store", "second");
	ck_assert(an_logger_next(logger, &line));
	ck_assert_str_eq(line.text, "first 1");
	ck_assert_str_eq(line.module, "kad");
	ck_assert_int_eq(line.level, AN_LOG_INFO);
	an_log(logger, AN_LOG_INFO, "kad", "third");
	ck_assert(an_logger_next(logger, &line));
	ck_assert_str_eq(line.text, "second");
	ck_assert(an_logger_next(logger, &line));
	ck_assert_str_eq(line.text, "third");
	ck_assert(!an_logger_next(logger, &line));
}
END_TEST

START_TEST(lines_above_the_level_are_not_kept)
{
	an_log(logger, AN_LOG_DEBUG, "kad", "too much");
	ck_assert(!an_log_wanted(logger, AN_LOG_DEBUG));
	ck_assert(!an_logger_next(logger, &line));
	an_logger_set_level(logger, AN_LOG_DEBUG);
	an_log(logger, AN_LOG_DEBUG, "kad", "welcome");
	ck_assert(an_logger_next(logger, &line));
	an_logger_set_level(logger, 0);
	an_log(logger, AN_LOG_ERROR, "kad", "nothing");
	ck_assert(!an_logger_next(logger, &line));
}
END_TEST

START_TEST(without_a_logger_nothing_happens)
{
	an_log(NULL, AN_LOG_ERROR, "kad", "lost");
	ck_assert(!an_log_wanted(NULL, AN_LOG_ERROR));
	ck_assert_ptr_null(an_logger_free(NULL));
}
END_TEST

START_TEST(a_long_line_is_cut)
{
	char text[2 * AN_LOG_LINE_MAX];
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	an_log(logger, AN_LOG_INFO, "kad", "%s", text);
	ck_assert(an_logger_next(logger, &line));
	ck_assert_uint_eq(strlen(line.text), AN_LOG_LINE_MAX - 1);
}
END_TEST

START_TEST(a_full_queue_counts_what_it_loses)
{
	for (int i = 0; i < AN_LOG_QUEUE_MAX + 7; i++)
		an_log(logger, AN_LOG_INFO, "kad", "%d", i);
	char expected[20];
	for (int i = 0; i < AN_LOG_QUEUE_MAX; i++) {
		ck_assert(an_logger_next(logger, &line));
		snprintf(expected, sizeof(expected), "%d", i);
		ck_assert_str_eq(line.text, expected);
	}
	ck_assert(an_logger_next(logger, &line));
	ck_assert_str_eq(line.text, "7 log lines were dropped");
	ck_assert(!an_logger_next(logger, &line));
	an_log(logger, AN_LOG_INFO, "kad", "room again");
	ck_assert(an_logger_next(logger, &line));
	ck_assert_str_eq(line.text, "room again");
}
END_TEST

START_TEST(a_logger_with_lines_can_be_freed)
{
	for (int i = 0; i < AN_LOG_QUEUE_MAX + 1; i++)
		an_log(logger, AN_LOG_INFO, "kad", "%d", i);
	ck_assert(an_logger_next(logger, &line));
}
END_TEST

static void *log_lines(void *name)
{
	for (int i = 0; i < LINES_PER_THREAD; i++)
		an_log(logger, AN_LOG_INFO, name, "%d", i);
	return NULL;
}

START_TEST(workers_may_log_at_the_same_time)
{
	static char names[THREADS][2] = {"0", "1", "2", "3"};
	pthread_t thread[THREADS];
	int next[THREADS] = {0};
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, log_lines, names[i]), 0);
	for (int count = 0; count < THREADS * LINES_PER_THREAD;) {
		if (!an_logger_next(logger, &line))
			continue;
		char expected[20];
		const int from = line.module[0] - '0';
		snprintf(expected, sizeof(expected), "%d", next[from]++);
		ck_assert_str_eq(line.text, expected);
		count++;
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	ck_assert(!an_logger_next(logger, &line));
}
END_TEST

START_TEST(a_rate_admits_one_line_in_each_interval)
{
	struct an_log_rate rate = {0};
	ck_assert(an_log_rate_admit(&rate, 1000, 100));
	ck_assert(!an_log_rate_admit(&rate, 1000, 100));
	ck_assert(!an_log_rate_admit(&rate, 1099, 100));
	ck_assert_uint_eq(rate.suppressed, 2);
	ck_assert(an_log_rate_admit(&rate, 1100, 100));
	ck_assert_uint_eq(rate.suppressed, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("base/log");
	TCase *all = tcase_create("a logger of level info");
	tcase_add_checked_fixture(all, setup_info, teardown);
	tcase_add_test(all, lines_come_out_in_the_order_in_which_they_went_in);
	tcase_add_test(all, lines_above_the_level_are_not_kept);
	tcase_add_test(all, without_a_logger_nothing_happens);
	tcase_add_test(all, a_long_line_is_cut);
	tcase_add_test(all, a_full_queue_counts_what_it_loses);
	tcase_add_test(all, a_logger_with_lines_can_be_freed);
	tcase_add_test(all, workers_may_log_at_the_same_time);
	tcase_add_test(all, a_rate_admits_one_line_in_each_interval);
	suite_add_tcase(s, all);
	return s;
}
