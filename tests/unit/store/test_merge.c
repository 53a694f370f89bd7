/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records that are judged beside what is held, and what the index tells about all of them. */
#include "harness.h"
#include "scene.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "data/graph_entry.h"
#include "data/scratchpad.h"
#include "support/signed_records.h"

enum { SMALL = 500, LARGE = 200 * 1024, HEAD = AN_RECORD_HEADER_SIZE };

static struct scene scene;

static void setup(void)
{
	scene_setup(&scene);
	scene_open(&scene);
}

static void teardown(void)
{
	scene_teardown(&scene);
}

struct outcome {
	unsigned calls;
	an_status status;
	bool unchanged;
	enum an_put_error_type error;
};

static void note_outcome(void *context, const struct an_store_result *result)
{
	*(struct outcome *)context = (struct outcome){1, result->status, result->unchanged,
	                                              result->error.type};
}

static an_status begin(const struct signed_record *record, struct outcome *outcome)
{
	return an_store_merge(scene.store, record->key, record->value, an_blob_span(record->value),
	                      AN_RECORD_FROM_PEER, note_outcome, outcome);
}

static struct outcome merge_kept(const struct signed_record *record)
{
	struct outcome outcome = {0};
	ck_assert_int_eq(begin(record, &outcome), AUTONOMI_OK);
	ck_assert_uint_eq(outcome.calls, 0);
	an_store_run_inline(scene.store);
	ck_assert_uint_eq(outcome.calls, 1);
	ck_assert_uint_eq(an_store_counters(scene.store)->pending_bytes, 0);
	return outcome;
}

static struct outcome merge(struct signed_record record)
{
	const struct outcome outcome = merge_kept(&record);
	signed_done(&record);
	return outcome;
}

static void expect_stored(struct signed_record record)
{
	const struct outcome outcome = merge(record);
	ck_assert_int_eq(outcome.status, AUTONOMI_OK);
	ck_assert(!outcome.unchanged);
}

/* The value that is stored under the key, or NULL; the caller's. */
static struct an_blob *stored(const uint8_t key[AN_RECORD_KEY_SIZE])
{
	struct answer answer = {0};
	ck_assert_int_eq(an_store_get(scene.store, key, note, &answer), AUTONOMI_OK);
	an_store_run_inline(scene.store);
	return answer.value;
}

static void expect_held(const struct signed_record *record)
{
	struct an_blob *value = stored(record->key);
	ck_assert_ptr_nonnull(value);
	ck_assert(an_span_equal(an_blob_span(value), an_blob_span(record->value)));
	an_blob_unref(value);
}

START_TEST(versions_move_between_database_and_files_as_they_grow_and_shrink)
{
	static const size_t sizes[] = {SMALL, LARGE, LARGE, SMALL, SMALL};
	for (size_t i = 0; i < 5; i++) {
		struct signed_record pad = signed_scratchpad(1, i, sizes[i]);
		ck_assert_int_eq(merge_kept(&pad).status, AUTONOMI_OK);
		ck_assert(merge_kept(&pad).unchanged);
		expect_held(&pad);
		ck_assert_uint_eq(count_files(&scene), sizes[i] == LARGE);
		scene_reopen(&scene);
		expect_held(&pad);
		signed_done(&pad);
	}
	ck_assert_uint_eq(an_store_count(scene.store), 1);
	ck_assert_uint_eq(an_store_counters(scene.store)->swept_files, 0);
}
END_TEST

static void damage(const struct signed_record *held, size_t size)
{
	char path[PATH_MAX];
	const struct record record = {.value = held->value};
	struct record named = record;
	memcpy(named.key, held->key, sizeof(named.key));
	scene_close(&scene);
	if (size == SMALL)
		database_of(&scene, path);
	else
		file_of(&scene, &named, path);
	flip(path, an_span(held->value->data + 8, 40));
	scene_open(&scene);
}

START_TEST(what_is_held_and_damaged_counts_as_absent)
{
	static const size_t sizes[] = {SMALL, LARGE};
	for (uint8_t i = 0; i < 2; i++) {
		struct signed_record held = signed_scratchpad(i, 9, sizes[i]);
		merge_kept(&held);
		damage(&held, sizes[i]);
		expect_stored(signed_scratchpad(i, 1, sizes[i]));
		ck_assert_uint_eq(an_store_counters(scene.store)->reads_corrupt, 1);
		ck_assert_uint_eq(an_store_count(scene.store), i + 1u);
		signed_done(&held);
	}
	ck_assert_uint_eq(count_files(&scene), 1);
}
END_TEST

START_TEST(what_is_damaged_goes_also_where_the_newcomer_is_refused)
{
	struct signed_record held = signed_scratchpad(1, 9, LARGE);
	merge_kept(&held);
	damage(&held, LARGE);
	ck_assert_int_eq(merge(signed_badly(signed_scratchpad(1, 1, SMALL))).error,
	                 AN_PUT_ERROR_INVALID_SCRATCHPAD_SIGNATURE);
	ck_assert_uint_eq(an_store_count(scene.store), 0);
	ck_assert_uint_eq(an_store_bytes(scene.store), 0);
	ck_assert_uint_eq(count_files(&scene), 0);
	signed_done(&held);
}
END_TEST

START_TEST(a_held_value_whose_file_is_gone_counts_as_absent)
{
	struct signed_record held = signed_scratchpad(1, 9, LARGE);
	struct record named = {.value = held.value};
	char path[PATH_MAX];
	merge_kept(&held);
	memcpy(named.key, held.key, sizeof(named.key));
	file_of(&scene, &named, path);
	ck_assert_int_eq(unlink(path), 0);
	expect_stored(signed_scratchpad(1, 1, SMALL));
	signed_done(&held);
}
END_TEST

START_TEST(what_is_held_counts_as_pending_while_it_is_judged)
{
	struct signed_record held = signed_scratchpad(1, 1, LARGE);
	struct signed_record next = signed_scratchpad(1, 2, SMALL);
	struct outcome outcomes[2] = {{0}};
	merge_kept(&held);
	scene_close(&scene);
	scene.config.pending_bytes_max = LARGE;
	scene_open(&scene);
	ck_assert_int_eq(begin(&next, &outcomes[0]), AUTONOMI_OK);
	ck_assert_uint_ge(an_store_counters(scene.store)->pending_bytes, LARGE);
	ck_assert_int_eq(begin(&next, &outcomes[1]), AUTONOMI_E_BUSY);
	an_store_run_inline(scene.store);
	ck_assert_int_eq(outcomes[0].status, AUTONOMI_OK);
	ck_assert_uint_eq(an_store_counters(scene.store)->pending_bytes, 0);
	signed_done(&held);
	signed_done(&next);
}
END_TEST

START_TEST(merges_of_one_key_see_what_the_one_before_stored)
{
	enum { COUNT = 6 };
	struct signed_record forks[COUNT], all = signed_graph(1, 0, COUNT);
	struct outcome outcomes[COUNT] = {{0}};
	for (uint8_t i = 0; i < COUNT; i++) {
		forks[i] = signed_graph(1, (uint8_t)(COUNT - 1 - i), 1);
		ck_assert_int_eq(begin(&forks[i], &outcomes[i]), AUTONOMI_OK);
	}
	an_store_run_inline(scene.store);
	for (size_t i = 0; i < COUNT; i++) {
		ck_assert_int_eq(outcomes[i].status, AUTONOMI_OK);
		signed_done(&forks[i]);
	}
	expect_held(&all);
	signed_done(&all);
}
END_TEST

START_TEST(skipped_jobs_end_a_merge_as_cancelled)
{
	struct signed_record held = signed_scratchpad(1, 1, SMALL);
	struct signed_record next = signed_scratchpad(1, 2, SMALL);
	merge_kept(&held);
	for (int judged = 0; judged < 2; judged++) {
		struct outcome outcome = {0};
		struct an_list jobs;
		an_list_init(&jobs);
		begin(&next, &outcome);
		an_store_jobs(scene.store, &jobs);
		struct an_job *job = an_container_of(an_list_take(&jobs), struct an_job, link);
		if (judged) {
			job->run(job);
			job->done(job);
			an_store_jobs(scene.store, &jobs);
			job = an_container_of(an_list_take(&jobs), struct an_job, link);
		}
		job->skipped = true;
		job->done(job);
		ck_assert_int_eq(outcome.status, AUTONOMI_E_CANCELLED);
	}
	expect_held(&held);
	signed_done(&held);
	signed_done(&next);
}
END_TEST

/* ---- What the index tells. */

enum { CHUNKS = 120 };

static void put_chunks(void)
{
	for (uint64_t i = 0; i < CHUNKS; i++) {
		struct record record = chunk(i, 100);
		ck_assert_int_eq(put(&scene, &record), AUTONOMI_OK);
		drop(&record);
	}
}

START_TEST(types_are_counted_whatever_becomes_of_records)
{
	struct signed_record pointer = signed_pointer(3, 1, 1);
	put_chunks();
	expect_stored(signed_scratchpad(1, 1, SMALL));
	expect_stored(signed_graph(2, 1, 1));
	expect_stored(signed_pointer(1, 0, 1)); /* in the place of the scratchpad */
	merge_kept(&pointer);
	for (int reopened = 0; reopened < 2; reopened++) {
		ck_assert_uint_eq(an_store_count_type(scene.store, AN_RECORD_CHUNK), CHUNKS);
		ck_assert_uint_eq(an_store_count_type(scene.store, AN_RECORD_POINTER), 2);
		ck_assert_uint_eq(an_store_count_type(scene.store, AN_RECORD_SCRATCHPAD), 0);
		ck_assert_uint_eq(an_store_count_type(scene.store, AN_RECORD_GRAPH_ENTRY), 1);
		scene_reopen(&scene);
	}
	struct record removed = {.value = pointer.value};
	memcpy(removed.key, pointer.key, sizeof(removed.key));
	ck_assert_int_eq(take(&scene, &removed), AUTONOMI_OK);
	ck_assert_uint_eq(an_store_count_type(scene.store, AN_RECORD_POINTER), 1);
	signed_done(&pointer);
}
END_TEST

START_TEST(a_damaged_record_is_of_no_type_and_not_near)
{
	struct signed_record held = signed_scratchpad(1, 9, LARGE);
	struct outcome outcome = {0};
	struct an_dht_key all;
	memset(all.bytes, 0xff, sizeof(all.bytes));
	put_chunks();
	merge_kept(&held);
	damage(&held, LARGE);
	struct answer answer = {0};
	an_store_get(scene.store, held.key, note, &answer);
	struct an_list jobs;
	an_list_init(&jobs);
	for (int i = 0; i < 2; i++) { /* read and check, not yet the removal */
		an_store_jobs(scene.store, &jobs);
		struct an_job *job = an_container_of(an_list_take(&jobs), struct an_job, link);
		job->run(job);
		job->done(job);
	}
	ck_assert_int_eq(answer.status, AUTONOMI_E_CORRUPT);
	ck_assert_uint_eq(an_store_count_type(scene.store, AN_RECORD_SCRATCHPAD), 0);
	ck_assert_uint_eq(an_store_count_nearer(scene.store, &all), CHUNKS);
	/* A whole one takes its place before it is gone. */
	ck_assert_int_eq(begin(&held, &outcome), AUTONOMI_OK);
	an_store_run_inline(scene.store);
	ck_assert_int_eq(outcome.status, AUTONOMI_OK);
	ck_assert_uint_eq(an_store_count_type(scene.store, AN_RECORD_SCRATCHPAD), 1);
	expect_held(&held);
	signed_done(&held);
}
END_TEST

struct seen {
	struct an_dht_key target, last;
	size_t count, limit;
	bool in_order;
};

static bool see(void *context, const struct an_store_entry *entry)
{
	struct seen *seen = context;
	if (seen->count > 0)
		seen->in_order = seen->in_order && an_dht_key_compare(&seen->target, &seen->last,
		                                                      &entry->dht_key) < 0;
	seen->last = entry->dht_key;
	return ++seen->count < seen->limit;
}

START_TEST(records_are_visited_nearest_to_any_target_first)
{
	ck_assert_ptr_null(an_store_near_chunk(scene.store, &scene.random));
	put_chunks();
	for (uint8_t i = 0; i < 50; i++) {
		struct seen seen = {.target = an_dht_key_of(an_span(&i, 1)),
		                    .limit = i % 2 == 0 ? SIZE_MAX : i,
		                    .in_order = true};
		an_store_visit_nearest(scene.store, &seen.target, see, &seen);
		ck_assert_uint_eq(seen.count, i % 2 == 0 ? CHUNKS : i);
		ck_assert(seen.in_order);
	}
	const struct an_dht_key none = {{0}};
	struct seen all = {.target = none, .limit = SIZE_MAX, .in_order = true};
	an_store_visit_nearest(scene.store, &none, see, &all);
	ck_assert_uint_eq(all.count, CHUNKS);
}
END_TEST

struct nearer {
	struct an_dht_key distance;
	size_t count;
};

static bool count_nearer(void *context, const struct an_store_entry *entry)
{
	struct nearer *nearer = context;
	const struct an_dht_key distance = an_dht_key_distance(&scene.config.self, &entry->dht_key);
	nearer->count += memcmp(distance.bytes, nearer->distance.bytes, AN_DHT_KEY_SIZE) < 0;
	return true;
}

START_TEST(records_nearer_than_a_distance_are_counted)
{
	put_chunks();
	for (uint8_t i = 0; i < 50; i++) {
		struct nearer nearer = {.distance = an_dht_key_of(an_span(&i, 1))};
		an_store_visit(scene.store, count_nearer, &nearer);
		ck_assert_uint_eq(an_store_count_nearer(scene.store, &nearer.distance),
		                  nearer.count);
	}
}
END_TEST

START_TEST(a_near_chunk_is_any_of_the_nearer_half_and_no_other_record)
{
	put_chunks();
	expect_stored(signed_pointer(1, 1, 1));
	size_t most = 0, least = CHUNKS;
	for (size_t i = 0; i < 20 * CHUNKS; i++) {
		const struct an_store_entry *entry = an_store_near_chunk(scene.store,
		                                                         &scene.random);
		ck_assert_uint_eq(entry->kind, AN_RECORD_CHUNK);
		const struct an_dht_key distance = an_dht_key_distance(&scene.config.self,
		                                                       &entry->dht_key);
		const size_t nearer = an_store_count_nearer(scene.store, &distance);
		most = nearer > most ? nearer : most;
		least = nearer < least ? nearer : least;
	}
	ck_assert_uint_le(least, 1);
	ck_assert_uint_le(most, CHUNKS / 2);
	ck_assert_uint_ge(most, CHUNKS / 2 - 2);
}
END_TEST

START_TEST(the_first_opening_is_remembered)
{
	ck_assert_uint_eq(an_store_first_opened(scene.store), 0);
	for (uint64_t now = 1000; now < 1003; now++) {
		scene_close(&scene);
		scene.config.unix_time = now;
		scene_open(&scene);
		ck_assert_uint_eq(an_store_first_opened(scene.store), 1000);
	}
}
END_TEST

/* ---- kill -9: of records whose versions replace each other, and of one that only grows. */

/* After so many rounds the graph begins anew: entries are numbered by a byte. */
enum { OWNERS = 3, ROUNDS_MAX = 180 };

static void tell_parent(void *context, const struct an_store_result *result)
{
	const int pipe = *(int *)context;
	const uint8_t ok = 1;
	if (result->status != AUTONOMI_OK || write(pipe, &ok, 1) != 1)
		_exit(1);
}

static void write_one(struct signed_record record, int pipe)
{
	if (an_store_merge(scene.store, record.key, record.value, an_blob_span(record.value),
	                   AN_RECORD_FROM_PEER, tell_parent, &pipe) != AUTONOMI_OK)
		_exit(3);
	an_store_run_inline(scene.store);
	signed_done(&record);
}

/* One write after the other, each told when it is acknowledged: a scratchpad of each owner, in turn in
 * the database and in a file, then one more entry of the graph. */
static void be_writer(uint64_t round, int pipe)
{
	if (scene_try_open(&scene) != AUTONOMI_OK)
		_exit(2);
	for (;; round++) {
		for (uint8_t owner = 0; owner < OWNERS; owner++)
			write_one(signed_scratchpad(owner, round, round % 2 == 0 ? SMALL : LARGE),
			          pipe);
		write_one(signed_graph(OWNERS, (uint8_t)round, 1), pipe);
	}
}

static uint64_t kill_a_writer(uint64_t round, useconds_t after)
{
	int ends[2];
	uint8_t told;
	uint64_t writes = 0;
	ck_assert_int_eq(pipe(ends), 0);
	const pid_t child = fork();
	if (child == 0) {
		close(ends[0]);
		harness_leave_check();
		be_writer(round, ends[1]);
	}
	close(ends[1]);
	writes += read(ends[0], &told, 1) == 1;
	usleep(after);
	kill(child, SIGKILL);
	int status;
	waitpid(child, &status, 0);
	ck_assert(WIFSIGNALED(status));
	while (read(ends[0], &told, 1) == 1)
		writes++;
	close(ends[0]);
	return writes;
}

static uint64_t counter_of(const struct an_blob *value)
{
	struct an_reader reader = an_reader(an_span(value->data + HEAD, value->size - HEAD));
	struct an_buffer scratch;
	struct an_scratchpad pad;
	an_buffer_init(&scratch, 0);
	an_scratchpad_read(&reader, &scratch, &pad);
	ck_assert(an_reader_ok(&reader));
	ck_assert_int_eq(an_scratchpad_verify(&pad), AUTONOMI_OK);
	return pad.counter;
}

static size_t forks_of(const struct an_blob *value)
{
	struct an_reader reader = an_reader(an_span(value->data + HEAD, value->size - HEAD));
	struct an_graph_set set;
	an_graph_set_read(&reader, &set);
	ck_assert(an_reader_ok(&reader));
	const size_t count = set.count;
	an_graph_set_done(&set);
	return count;
}

/* What is known to be held: versions plus one, and forks. */
static uint64_t known[OWNERS], known_forks;

/* After `writes` acknowledged ones from `first` on each owner holds the newest of them, or one more. Tells
 * which round comes next. */
static uint64_t assert_as_acknowledged(uint64_t first, uint64_t writes)
{
	uint64_t next = first;
	for (uint8_t owner = 0; owner < OWNERS; owner++) {
		struct signed_record any = signed_scratchpad(owner, 0, 0);
		const uint64_t of_owner = (writes + OWNERS - owner) / (OWNERS + 1);
		struct an_blob *value = stored(any.key);
		const uint64_t held = value != NULL ? counter_of(value) + 1 : 0;
		known[owner] = of_owner > 0 ? first + of_owner : known[owner];
		ck_assert_uint_ge(held, known[owner]);
		known[owner] = held;
		next = held > next ? held : next;
		an_blob_unref(value);
		signed_done(&any);
	}
	struct signed_record graph = signed_graph(OWNERS, 0, 1);
	struct an_blob *value = stored(graph.key);
	const uint64_t forks = value != NULL ? forks_of(value) : 0;
	ck_assert_uint_ge(forks, known_forks + writes / (OWNERS + 1));
	known_forks = forks;
	an_blob_unref(value);
	signed_done(&graph);
	return next;
}

START_TEST(kill_9_loses_no_version_that_was_acknowledged)
{
	const char *wanted = getenv("AN_KILL_CYCLES");
	const unsigned cycles = wanted != NULL ? (unsigned)strtoul(wanted, NULL, 10) : 8;
	uint64_t round = 0, begun = 0, all = 0;
	for (unsigned cycle = 0; cycle < cycles; cycle++) {
		scene_close(&scene);
		const uint64_t writes = kill_a_writer(round, (cycle * 7919) % 60000);
		all += writes;
		scene_open(&scene);
		round = assert_as_acknowledged(round, writes);
		if (round - begun < ROUNDS_MAX)
			continue;
		begun = round;
		known_forks = 0;
		struct signed_record graph = signed_graph(OWNERS, 0, 1);
		struct record removed = {.value = graph.value};
		memcpy(removed.key, graph.key, sizeof(removed.key));
		take(&scene, &removed);
		signed_done(&graph);
	}
	printf("# %lu writes in %u cycles\n", (unsigned long)all, cycles);
	fflush(stdout);
	ck_assert_uint_ge(all, cycles);
	ck_assert_uint_ge(an_store_count(scene.store), OWNERS);
	ck_assert_uint_eq(an_store_counters(scene.store)->reads_corrupt, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("store/merge");
	TCase *merges = tcase_create("merge");
	tcase_add_checked_fixture(merges, setup, teardown);
	tcase_add_test(merges, versions_move_between_database_and_files_as_they_grow_and_shrink);
	tcase_add_test(merges, what_is_held_and_damaged_counts_as_absent);
	tcase_add_test(merges, what_is_damaged_goes_also_where_the_newcomer_is_refused);
	tcase_add_test(merges, a_held_value_whose_file_is_gone_counts_as_absent);
	tcase_add_test(merges, what_is_held_counts_as_pending_while_it_is_judged);
	tcase_add_test(merges, merges_of_one_key_see_what_the_one_before_stored);
	tcase_add_test(merges, skipped_jobs_end_a_merge_as_cancelled);
	suite_add_tcase(s, merges);
	TCase *queries = tcase_create("queries");
	tcase_add_checked_fixture(queries, setup, teardown);
	tcase_add_test(queries, types_are_counted_whatever_becomes_of_records);
	tcase_add_test(queries, a_damaged_record_is_of_no_type_and_not_near);
	tcase_add_test(queries, records_are_visited_nearest_to_any_target_first);
	tcase_add_test(queries, records_nearer_than_a_distance_are_counted);
	tcase_add_test(queries, a_near_chunk_is_any_of_the_nearer_half_and_no_other_record);
	tcase_add_test(queries, the_first_opening_is_remembered);
	suite_add_tcase(s, queries);
	TCase *kills = tcase_create("kill -9");
	tcase_add_checked_fixture(kills, setup, teardown);
	tcase_set_timeout(kills, 1200);
	tcase_add_test(kills, kill_9_loses_no_version_that_was_acknowledged);
	suite_add_tcase(s, kills);
	return s;
}
