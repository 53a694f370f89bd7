/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One small life of a store, in which each allocation, each file operation and each call of SQLite's
 * fails once, alone and with all that follow. Whatever fails: every operation has one answer, nothing
 * leaks, the store opens again afterwards, what was acknowledged is as it was acknowledged, and no
 * file is left that no record names.
 */
#include "scene.h"

#include <check.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "faulty_sys.h"
#include "faulty_vfs.h"
#include "support/signed_records.h"

enum { SMALL = 300, LARGE = 150 * 1024, RECORDS = 5, STEPS_MAX = 20000 };

static struct an_faulty_sys faulty;

/* What the life of the store was told about each record. */
struct told {
	struct record record;
	bool stored;  /* acknowledged */
	bool removed; /* acknowledged */
	bool asked_to_remove;
};

static struct told told[RECORDS];

/* Two versions of a scratchpad, which are merged; made once, for signing takes long. */
static struct signed_record pads[2];
static bool pad_stored[2];

static void make_records(void)
{
	told[0] = (struct told){.record = chunk(1, SMALL)};
	told[1] = (struct told){.record = chunk(2, LARGE)};
	told[2] = (struct told){.record = pointer(9, 3, LARGE)};
	told[3] = (struct told){.record = pointer(9, 4, LARGE + 1)}; /* replaces the one before */
	told[4] = (struct told){.record = chunk(5, LARGE)};
}

static void drop_records(void)
{
	for (size_t i = 0; i < RECORDS; i++)
		drop(&told[i].record);
}

static an_status merge(struct scene *scene, const struct signed_record *record)
{
	struct answer answer = {0};
	const an_status status = an_store_merge(scene->store, record->key, record->value,
	                                        an_blob_span(record->value), AN_RECORD_FROM_PEER,
	                                        note, &answer);
	if (status != AUTONOMI_OK)
		return status;
	an_store_run_inline(scene->store);
	ck_assert_uint_eq(answer.calls, 1);
	return answer.status;
}

static void live(struct scene *scene)
{
	if (scene_try_open(scene) != AUTONOMI_OK)
		return;
	for (size_t i = 0; i < RECORDS; i++)
		told[i].stored = put(scene, &told[i].record) == AUTONOMI_OK;
	for (size_t i = 0; i < RECORDS; i++) {
		if (i == 2 || i == 3)
			continue;
		const an_status status = get(scene, &told[i].record);
		/* A failure that has nothing to do with the content must not cost the record. */
		ck_assert_int_ne(status, AUTONOMI_E_CORRUPT);
		ck_assert(!told[i].stored || status != AUTONOMI_E_NOT_FOUND);
	}
	for (size_t i = 0; i < 2; i++)
		pad_stored[i] = merge(scene, &pads[i]) == AUTONOMI_OK;
	told[4].asked_to_remove = true;
	told[4].removed = take(scene, &told[4].record) == AUTONOMI_OK;
	an_store_cleanup(scene->store);
	an_store_run_inline(scene->store);
	scene_close(scene);
}

static void assert_as_told(struct scene *scene, size_t i)
{
	const an_status status = get(scene, &told[i].record);
	if (told[i].removed)
		ck_assert_int_eq(status, AUTONOMI_E_NOT_FOUND);
	else if (told[i].stored && !told[i].asked_to_remove)
		ck_assert_int_eq(status, AUTONOMI_OK);
	else
		ck_assert(status == AUTONOMI_OK || status == AUTONOMI_E_NOT_FOUND);
}

static bool count_in_files(void *context, const struct an_store_entry *entry)
{
	*(size_t *)context += entry->size > AN_STORE_INLINE_MAX;
	return true;
}

/* One of two versions of the record: the newer where it was acknowledged. */
static void assert_replaced(struct scene *scene, const uint8_t *key,
                            const struct an_blob *const versions[2], const bool acknowledged[2])
{
	struct answer answer = {0};
	ck_assert_int_eq(an_store_get(scene->store, key, note, &answer), AUTONOMI_OK);
	an_store_run_inline(scene->store);
	ck_assert_int_ne(answer.status, AUTONOMI_E_CORRUPT);
	if (acknowledged[0] || acknowledged[1])
		ck_assert_int_eq(answer.status, AUTONOMI_OK);
	if (answer.value != NULL) {
		const struct an_span value = an_blob_span(answer.value);
		const bool new = an_span_equal(value, an_blob_span(versions[1]));
		ck_assert(new || an_span_equal(value, an_blob_span(versions[0])));
		ck_assert(new || !acknowledged[1]);
	}
	an_blob_unref(answer.value);
}

static void assert_nothing_lost(struct scene *scene)
{
	scene_open(scene);
	assert_as_told(scene, 0);
	assert_as_told(scene, 1);
	assert_as_told(scene, 4);
	assert_replaced(scene, told[3].record.key,
	                (const struct an_blob *[]){told[2].record.value, told[3].record.value},
	                (bool[]){told[2].stored, told[3].stored});
	assert_replaced(scene, pads[0].key,
	                (const struct an_blob *[]){pads[0].value, pads[1].value}, pad_stored);
	size_t in_files = 0;
	an_store_visit(scene->store, count_in_files, &in_files);
	ck_assert_uint_eq(count_files(scene), in_files);
}

/* `arm` makes the n-th thing fail and says, with n = 0, how many things there were. */
static void for_each_failure(uint64_t (*arm)(uint64_t n))
{
	uint64_t n = 0, used;
	do {
		n++;
		struct scene scene;
		make_records();
		pad_stored[0] = pad_stored[1] = false;
		scene_setup(&scene);
		scene.config.sys = &faulty.sys;
		arm(n);
		live(&scene);
		used = arm(0);
		scene_close(&scene);
		assert_nothing_lost(&scene);
		scene_teardown(&scene);
		drop_records();
	} while (used >= n && n < STEPS_MAX);
	/* The last life reached its end before its n-th thing. */
	ck_assert_uint_gt(n, 10);
	ck_assert_uint_lt(n, STEPS_MAX);
}

static bool lasting;
static an_status failure;

static uint64_t arm_files(uint64_t n)
{
	const uint64_t used = faulty.operations;
	an_faulty_sys_set(&faulty, AN_FAULTY_EVERY_FILE_KIND, n, lasting ? UINT64_MAX : 1, failure,
	                  true);
	return used;
}

static uint64_t arm_sqlite(uint64_t n)
{
	const uint64_t used = an_faulty_vfs.calls;
	an_faulty_vfs = (struct an_faulty_vfs){.first = n,
	                                       .lasting = lasting,
	                                       .full = failure == AUTONOMI_E_DISK_FULL};
	return used;
}

static uint64_t arm_sqlite_memory(uint64_t n)
{
	const uint64_t used = an_faulty_sqlite_memory.calls;
	an_faulty_sqlite_memory = (struct an_faulty_vfs){.first = n, .lasting = lasting};
	return used;
}

/* The disk of memory, where there is one: nothing here is about real flushes. */
static void setup(void)
{
	struct stat found;
	if (stat("/dev/shm", &found) == 0)
		setenv("TMPDIR", "/dev/shm", 1);
	an_faulty_vfs_register();
	an_faulty_sys_init(&faulty, an_sys_machine());
	faulty.sys.sqlite_vfs = AN_FAULTY_VFS;
	pads[0] = signed_scratchpad(1, 1, LARGE);
	pads[1] = signed_scratchpad(1, 2, SMALL);
}

static void teardown(void)
{
	signed_done(&pads[0]);
	signed_done(&pads[1]);
}

START_TEST(each_file_operation_fails)
{
	static const an_status failures[] = {AUTONOMI_E_IO, AUTONOMI_E_DISK_FULL};
	lasting = _i % 2 == 1;
	failure = failures[_i / 2];
	for_each_failure(arm_files);
}
END_TEST

START_TEST(each_call_of_sqlite_fails)
{
	static const an_status failures[] = {AUTONOMI_E_IO, AUTONOMI_E_DISK_FULL};
	lasting = _i % 2 == 1;
	failure = failures[_i / 2];
	for_each_failure(arm_sqlite);
}
END_TEST

START_TEST(each_allocation_of_sqlite_fails)
{
	lasting = _i == 1;
	for_each_failure(arm_sqlite_memory);
}
END_TEST

#ifdef AN_FAULT_INJECTION
static uint64_t arm_memory(uint64_t n)
{
	static uint64_t before;
	const uint64_t used = an_memory_allocations() - before;
	before = an_memory_allocations();
	an_memory_fail_after(n > 0 ? n - 1 : UINT64_MAX);
	return used;
}

START_TEST(each_allocation_and_all_after_it_fail)
{
	for_each_failure(arm_memory);
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("fault/store");
	TCase *tests = tcase_create("store");
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 600);
	tcase_add_loop_test(tests, each_file_operation_fails, 0, 4);
	tcase_add_loop_test(tests, each_call_of_sqlite_fails, 0, 4);
	tcase_add_loop_test(tests, each_allocation_of_sqlite_fails, 0, 2);
#ifdef AN_FAULT_INJECTION
	tcase_add_test(tests, each_allocation_and_all_after_it_fail);
#endif
	suite_add_tcase(s, tests);
	return s;
}
