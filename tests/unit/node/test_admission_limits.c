/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is paid for and what is not (semantics 6.3.1), and limits that hold for peers. */
#include <check.h>

#include "admission_scene.h"
#include "base/memory.h"
#include "harness.h"
#include "node/turns.h"

/* ---- A network that takes payments. */

static const struct an_protocol_error unpaid = {.type = AN_ERROR_TOPOLOGY_VERIFICATION_FAILED};

START_TEST(what_is_not_paid_for_is_refused_unless_its_owner_changes_what_is_here)
{
	open_admissions(true);
	expect_refused(CLIENT, signed_chunk(1, 100), AN_PUT_ERROR_NO_PAYMENT);
	expect_refused(CLIENT, signed_graph(1, 1, 1), AN_PUT_ERROR_NO_PAYMENT);
	expect_refused(CLIENT, signed_pointer(1, 1, 1), AN_PUT_ERROR_NO_PAYMENT);
	expect_refused(CLIENT, signed_scratchpad(2, 1, 10), AN_PUT_ERROR_NO_PAYMENT);
	expect_refused(CLIENT, elsewhere(signed_pointer(1, 1, 1)),
	               AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	expect_refused(CLIENT, elsewhere(signed_scratchpad(2, 1, 10)),
	               AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	expect_stored(PEER, signed_pointer(1, 1, 1));
	expect_stored(PEER, signed_scratchpad(2, 1, 10));
	expect_stored(CLIENT, signed_pointer(1, 2, 1));
	expect_stored(CLIENT, signed_scratchpad(2, 2, 10));
	expect_stored(PEER, signed_chunk(1, 100));
	expect_refused(CLIENT, signed_chunk(1, 100), AN_PUT_ERROR_NO_PAYMENT);
	ck_assert_uint_eq(scene.questions, 0);
}
END_TEST

START_TEST(what_is_paid_for_is_stored)
{
	open_admissions(true);
	expect_stored(CLIENT, paid(signed_chunk(1, 100)));
	ck_assert(!scene.asked.merkle);
	expect_stored(CLIENT, paid(signed_graph(1, 1, 1)));
	ck_assert_int_eq(scene.asked.type, AN_RECORD_GRAPH_ENTRY);
	expect_stored(CLIENT, paid(signed_pointer(2, 1, 1)));
	expect_stored(CLIENT, paid(signed_scratchpad(3, 1, 10)));
	expect_stored(CLIENT, merkle(signed_chunk(2, 100)));
	ck_assert(scene.asked.merkle);
	expect_stored(CLIENT, merkle(signed_graph(4, 1, 1)));
	expect_stored(CLIENT, merkle(signed_pointer(5, 1, 1)));
	expect_stored(CLIENT, merkle(signed_scratchpad(6, 1, 10)));
	ck_assert_uint_eq(scene.questions, 8);
}
END_TEST

static void expect_unpaid(struct signed_record record)
{
	const struct answer answer = of(record);
	ck_assert_int_eq(answer.status, AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(answer.protocol_error, AN_ERROR_TOPOLOGY_VERIFICATION_FAILED);
}

START_TEST(what_a_payment_lacks_is_said)
{
	open_admissions(true);
	scene.payment_error = &unpaid;
	expect_unpaid(paid(signed_chunk(1, 100)));
	expect_unpaid(paid(signed_graph(1, 1, 1)));
	expect_unpaid(paid(signed_pointer(1, 1, 1)));
	expect_unpaid(paid(signed_scratchpad(1, 1, 10)));
	expect_unpaid(merkle(signed_chunk(1, 100)));
	expect_unpaid(merkle(signed_graph(1, 1, 1)));
	ck_assert_uint_eq(an_store_count(scene.store), 0);
}
END_TEST

START_TEST(a_payment_for_what_is_here_is_taken_whatever_it_lacks)
{
	open_admissions(true);
	expect_stored(PEER, signed_chunk(1, 100));
	expect_stored(PEER, signed_graph(1, 1, 1));
	expect_stored(PEER, signed_pointer(2, 1, 1));
	expect_stored(PEER, signed_scratchpad(3, 1, 10));
	scene.payment_error = &unpaid;
	expect_unchanged(CLIENT, paid(signed_chunk(1, 100)));
	expect_stored(CLIENT, paid(signed_graph(1, 2, 1)));
	expect_stored(CLIENT, paid(signed_pointer(2, 2, 1)));
	expect_unpaid(paid(signed_scratchpad(3, 2, 10)));
	ck_assert_uint_eq(scene.questions, 4);
	/* Of a Merkle payment only a chunk that is here is not asked. */
	expect_unchanged(CLIENT, merkle(signed_chunk(1, 100)));
	ck_assert_uint_eq(scene.questions, 4);
	expect_unpaid(merkle(signed_graph(1, 3, 1)));
	expect_unpaid(merkle(signed_pointer(2, 3, 1)));
}
END_TEST

START_TEST(the_key_is_judged_before_the_payment_but_of_a_merkle_payment_for_signed_kinds)
{
	open_admissions(true);
	expect_refused(CLIENT, elsewhere(paid(signed_chunk(1, 100))),
	               AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	expect_refused(CLIENT, elsewhere(merkle(signed_chunk(1, 100))),
	               AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	expect_refused(CLIENT, elsewhere(paid(signed_scratchpad(1, 1, 1))),
	               AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	expect_refused(CLIENT, elsewhere(paid(signed_graph(1, 1, 1))),
	               AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	ck_assert_uint_eq(scene.questions, 0);
	expect_refused(CLIENT, elsewhere(merkle(signed_badly(signed_pointer(1, 1, 1)))),
	               AN_PUT_ERROR_INVALID_POINTER_SIGNATURE);
	ck_assert_uint_eq(scene.questions, 1);
	scene.payment_status = AUTONOMI_E_BUSY;
	ck_assert_int_eq(of(paid(signed_chunk(1, 100))).status, AUTONOMI_E_BUSY);
}
END_TEST

/* ---- Limits. */

START_TEST(one_peer_s_checks_do_not_keep_another_s_waiting)
{
	enum { MANY = 3 * AN_TURNS_COST_PER_PEER };
	static struct answer answers[MANY];
	struct signed_record record = signed_badly(signed_pointer(1, 1, 1));
	struct signed_record good = signed_pointer(2, 1, 1);
	struct answer other = {0};
	memset(answers, 0, sizeof(answers));
	for (size_t i = 0; i < MANY; i++) {
		record.key[0] ^= (uint8_t)(i + 1); /* so that the store does not line them up */
		admit_from(1, PEER, &record, &answers[i]);
	}
	admit_from(2, CLIENT, &good, &other);
	size_t rounds = 0;
	for (; other.calls == 0; rounds++) {
		struct an_list jobs;
		an_list_init(&jobs);
		an_store_jobs(scene.store, &jobs);
		size_t count = 0;
		for (struct an_list *at; (at = an_list_take(&jobs)) != NULL; count++) {
			struct an_job *job = an_container_of(at, struct an_job, link);
			job->run(job);
			job->done(job);
		}
		ck_assert_uint_le(count, AN_TURNS_COST_PER_PEER + 1);
		an_store_poll(scene.store);
	}
	ck_assert_uint_le(rounds, 3);
	ck_assert_uint_eq(answers[MANY - 1].calls, 0);
	settle();
	for (size_t i = 0; i < MANY; i++)
		ck_assert_int_eq(answers[i].error.type, AN_PUT_ERROR_INVALID_POINTER_SIGNATURE);
	signed_done(&record);
	signed_done(&good);
}
END_TEST

START_TEST(admissions_that_the_store_has_no_room_for_are_told_so_however_many)
{
	enum { MANY = 2000 };
	static struct answer answers[MANY];
	struct signed_record pad = signed_scratchpad(1, 1, 4000000);
	memset(answers, 0, sizeof(answers));
	size_t busy = 0;
	for (size_t i = 0; i < MANY; i++)
		admit_from((uint8_t)i, PEER, &pad, &answers[i]);
	settle();
	for (size_t i = 0; i < MANY; i++) {
		ck_assert_uint_eq(answers[i].calls, 1);
		busy += answers[i].status == AUTONOMI_E_BUSY;
	}
	ck_assert_uint_gt(busy, 0);
	ck_assert_uint_lt(busy, MANY);
	signed_done(&pad);
}
END_TEST

START_TEST(what_waits_when_admissions_are_freed_ends_without_an_answer)
{
	struct signed_record upload = paid(signed_pointer(1, 1, 1)), plain = signed_graph(2, 1, 2);
	struct answer answers[2] = {{0}};
	admit_from(1, CLIENT, &upload, &answers[0]);
	admit_from(1, CLIENT, &plain, &answers[1]);
	struct an_job *job = an_container_of(an_list_take(&scene.jobs), struct an_job, link);
	job->skipped = true;
	job->done(job);
	scene.admissions = an_admissions_free(scene.admissions);
	ck_assert_uint_eq(answers[0].calls + answers[1].calls, 0);
	ck_assert_ptr_null(an_admissions_free(NULL));
	signed_done(&upload);
	signed_done(&plain);
	scene.store = an_store_free(scene.store);
}
END_TEST

/* With the one record that it may hold. */
static void fill_store(void)
{
	an_store_free(scene.store);
	const struct an_store_config config = {.profile = &scene.profile,
	                                       .sys = an_sys_machine(),
	                                       .directory = scene.directory,
	                                       .records_max = 1,
	                                       .random = &scene.random};
	ck_assert_int_eq(an_store_open(&config, &scene.store, NULL, 0), AUTONOMI_OK);
	open_admissions(false);
	expect_stored(CLIENT, signed_pointer(1, 1, 1));
}

START_TEST(a_full_store_says_so)
{
	fill_store();
	const struct answer answer = of(signed_pointer(2, 1, 1));
	ck_assert_int_eq(answer.status, AUTONOMI_E_FULL);
	ck_assert_str_eq(answer.text, "LocalSwarmError(MaxRecords)");
	expect_stored(CLIENT, signed_pointer(1, 2, 1)); /* a new version needs no place */
}
END_TEST

/* A signature costs 2 ms and a chunk of 4 MiB 7 ms: neither is looked at where nothing can be kept. */
START_TEST(lesson_10_a_full_store_refuses_before_it_checks)
{
	fill_store();
	struct signed_record records[] = {elsewhere(signed_pointer(2, 1, 1)),
	                                  elsewhere(signed_chunk(2, 20000)),
	                                  paid(signed_graph(2, 1, 1))};
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		struct answer answer = {0};
		admit_from(1, i == 0 ? PEER : CLIENT, &records[i], &answer);
		/* Answered at once: no job has begun. */
		ck_assert_uint_eq(answer.calls, 1);
		ck_assert_int_eq(answer.status, AUTONOMI_E_FULL);
		ck_assert_str_eq(answer.text, "LocalSwarmError(MaxRecords)");
		ck_assert(an_list_empty(&scene.jobs));
		ck_assert_uint_eq(an_store_counters(scene.store)->puts_refused, i + 1);
		signed_done(&records[i]);
	}
	struct an_list jobs;
	an_list_init(&jobs);
	an_store_jobs(scene.store, &jobs);
	ck_assert(an_list_empty(&jobs));
}
END_TEST

#ifdef AN_FAULT_INJECTION
START_TEST(without_memory_nothing_leaks_and_no_record_is_blamed)
{
	struct signed_record records[] = {signed_chunk(1, 100), paid(signed_chunk(2, 20000)),
	                                  signed_pointer(1, 1, 1), paid(signed_graph(2, 1, 1)),
	                                  signed_scratchpad(3, 1, 10)};
	for (size_t i = 0; i < 5; i++) {
		struct answer answer = {.status = AUTONOMI_E_NO_MEMORY};
		for (uint64_t n = 0; answer.status == AUTONOMI_E_NO_MEMORY; n++) {
			an_memory_fail_after(n);
			answer = admit_kept(CLIENT, &records[i]);
			an_memory_fail_after(UINT64_MAX);
			ck_assert_int_eq(answer.error.type, AN_PUT_ERROR_NONE);
		}
		ck_assert_int_eq(answer.status, AUTONOMI_OK);
		signed_done(&records[i]);
	}
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("node/admission_limits");
	TCase *payments = tcase_create("payments");
	tcase_add_checked_fixture(payments, admission_scene_setup, admission_scene_teardown);
	tcase_add_test(payments,
	               what_is_not_paid_for_is_refused_unless_its_owner_changes_what_is_here);
	tcase_add_test(payments, what_is_paid_for_is_stored);
	tcase_add_test(payments, what_a_payment_lacks_is_said);
	tcase_add_test(payments, a_payment_for_what_is_here_is_taken_whatever_it_lacks);
	tcase_add_test(
		payments,
		the_key_is_judged_before_the_payment_but_of_a_merkle_payment_for_signed_kinds);
	suite_add_tcase(s, payments);
	TCase *limits = tcase_create("limits");
	tcase_add_checked_fixture(limits, admission_scene_setup, admission_scene_teardown);
	tcase_add_test(limits, one_peer_s_checks_do_not_keep_another_s_waiting);
	tcase_add_test(limits, admissions_that_the_store_has_no_room_for_are_told_so_however_many);
	tcase_add_test(limits, what_waits_when_admissions_are_freed_ends_without_an_answer);
	tcase_add_test(limits, a_full_store_says_so);
	tcase_add_test(limits, lesson_10_a_full_store_refuses_before_it_checks);
#ifdef AN_FAULT_INJECTION
	tcase_add_test(limits, without_memory_nothing_leaks_and_no_record_is_blamed);
#endif
	suite_add_tcase(s, limits);
	return s;
}
