/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Unlucky operators: disks that are full, read-only, damaged or shared. The node says what is wrong,
 * keeps serving what it can, and takes nothing for lost that is only out of reach. */
#include "harness.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../prop/cluster.h"
#include "api/handle.h"

static struct cluster cluster;
static char changed[512];

static void node_path(char path[512], const char *name)
{
	snprintf(path, 512, "%s/victim%s", cluster.directory, name);
}

static autonomi_status try_open(autonomi_node **ret_node, char error[256])
{
	autonomi_config *config = cluster_config(&cluster, 1, "victim");
	error[0] = '\0';
	*ret_node = NULL;
	const autonomi_status status = autonomi_node_open(config, ret_node, error, 256);
	autonomi_config_free(config);
	return status;
}

static uint64_t counter(autonomi_node *node, const char *name)
{
	uint64_t value = 0;
	ck_assert_int_eq(autonomi_node_counter(node, name, &value), AUTONOMI_OK);
	return value;
}

/* Five nodes, so that each stores what a client puts. The fifth, which is the victim, has no part in
 * the cluster's array. */
static autonomi_node *open_with_victim(void)
{
	char error[256];
	autonomi_node *victim = NULL;
	cluster_open(&cluster, 4, 1);
	ck_assert_int_eq(try_open(&victim, error), AUTONOMI_OK);
	return victim;
}

static autonomi_event *complete(autonomi_node *client, autonomi_node *victim, autonomi_op op)
{
	const uint64_t end = monotonic_us() + 70000000;
	autonomi_event *event = NULL;
	while (monotonic_us() < end) {
		autonomi_node_wait(client, 1);
		cluster_step(&cluster);
		if (victim != NULL && is_readable(victim))
			autonomi_node_pump(victim);
		while (victim != NULL && autonomi_node_next_event(victim, &event) == 1)
			autonomi_event_free(event);
		while (autonomi_node_next_event(client, &event) == 1) {
			if (autonomi_event_type(event) == AUTONOMI_EVENT_COMPLETED &&
			    autonomi_event_op(event) == op)
				return event;
			autonomi_event_free(event);
		}
	}
	ck_abort_msg("the operation did not complete");
	return NULL;
}

static void settle(autonomi_node *victim)
{
	for (int i = 0; i < 200; i++) {
		autonomi_node_wait(victim, 5);
		cluster_step(&cluster);
	}
}

static void put_all(autonomi_node *client, autonomi_node *victim, uint8_t first, uint8_t count,
                    size_t size)
{
	for (uint8_t i = 0; i < count; i++) {
		autonomi_event *event = complete(client, victim,
		                                 cluster_put(client, (uint8_t)(first + i), size));
		ck_assert_msg(autonomi_event_status(event) == AUTONOMI_OK, "%s",
		              autonomi_event_message(event));
		autonomi_event_free(event);
	}
}

/* ---- The disk is full: no file may become larger than a few KiB, as RLIMIT_FSIZE has it. */
START_TEST(a_full_disk_is_an_answer_and_reading_goes_on)
{
	const struct rlimit full = {.rlim_cur = 32768, .rlim_max = RLIM_INFINITY};
	const struct rlimit free_again = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
	signal(SIGXFSZ, SIG_IGN);
	autonomi_node *victim = open_with_victim();
	settle(victim);
	autonomi_node *client = cluster_client(&cluster, 1);
	put_all(client, victim, 0, 5, 300000);
	const uint64_t held = counter(victim, "records");
	ck_assert_uint_gt(held, 0);

	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &full), 0);
	autonomi_event *event = complete(client, victim, cluster_put(client, 50, 400000));
	ck_assert_int_lt(autonomi_event_status(event), 0);
	printf("# put on full disks: %s\n", autonomi_event_message(event));
	autonomi_event_free(event);
	ck_assert_uint_eq(counter(victim, "records"), held);

	/* Reading goes on, and after the disk has room, so does writing. */
	put_all(client, victim, 0, 1, 300000);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &free_again), 0);
	put_all(client, victim, 60, 3, 300000);
	ck_assert_uint_gt(counter(victim, "records"), held);
	autonomi_node_free(client);
	autonomi_node_free(victim);
	cluster_close(&cluster);
}
END_TEST

/* ---- What somebody did to the folder while the node was down. */
static void write_file(const char *name, const void *bytes, size_t size, off_t offset)
{
	char path[512];
	node_path(path, name);
	const int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(pwrite(file, bytes, size, offset), (ssize_t)size);
	close(file);
}

static autonomi_node *victim_with_records(void)
{
	autonomi_node *victim = open_with_victim();
	settle(victim);
	autonomi_node *client = cluster_client(&cluster, 1);
	put_all(client, victim, 0, 4, 300000);
	put_all(client, victim, 10, 4, 900);
	autonomi_node_free(client);
	ck_assert_uint_gt(counter(victim, "records"), 0);
	return victim;
}

/* The node may open or refuse; it must say why, not crash, and not remove the chunks' files. */
static void reopens(const char *what)
{
	char error[256];
	autonomi_node *victim = NULL;
	const autonomi_status status = try_open(&victim, error);
	printf("# %s: %s %s\n", what, autonomi_status_name(status), error);
	fflush(stdout);
	if (status != AUTONOMI_OK) {
		ck_assert_ptr_null(victim);
		ck_assert_uint_gt(strlen(error), 10);
		return;
	}
	settle(victim);
	autonomi_node *client = cluster_client(&cluster, 1);
	put_all(client, victim, 0, 8, 300000);
	autonomi_node_free(client);
	autonomi_node_free(victim);
}

static size_t chunk_files;

static int count_file(const char *path, const struct stat *info, int kind, struct FTW *place)
{
	(void)place;
	if (kind == FTW_F && info->st_size > 299000 && info->st_size < 301000) {
		chunk_files++;
		snprintf(changed, sizeof(changed), "%s", path);
	}
	return 0;
}

static size_t count_chunk_files(void)
{
	char path[512];
	node_path(path, "");
	chunk_files = 0;
	nftw(path, count_file, 16, FTW_PHYS);
	return chunk_files;
}

static void find_database(char name[64])
{
	char path[512];
	struct stat info;
	static const char *const names[] = {"/records.db", "/record_store/records.db",
	                                    "/records/records.db", "/store/records.db"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		node_path(path, names[i]);
		if (stat(path, &info) == 0) {
			snprintf(name, 64, "%s", names[i]);
			return;
		}
	}
	ck_abort_msg("no database");
}

enum damage { DELETED, EMPTY, TRUNCATED, HEAD_ZEROED, MIDDLE_ZEROED, DAMAGES };

START_TEST(a_damaged_database_is_said_and_no_file_is_lost)
{
	static const char *const words[] = {"deleted", "empty", "truncated", "head zeroed",
	                                    "middle zeroed"};
	uint8_t zeros[4096] = {0};
	char database[64], path[512], wal[600];
	struct stat info;
	autonomi_node_free(victim_with_records());
	const size_t files = count_chunk_files();
	ck_assert_uint_gt(files, 0);
	find_database(database);
	node_path(path, database);
	snprintf(wal, sizeof(wal), "%s-wal", path);
	ck_assert_int_eq(stat(path, &info), 0);
	switch ((enum damage)_i) {
	case DELETED:
		ck_assert_int_eq(unlink(path), 0);
		break;
	case EMPTY:
		ck_assert_int_eq(truncate(path, 0), 0);
		break;
	case TRUNCATED:
		ck_assert_int_eq(truncate(path, info.st_size / 2 + 100), 0);
		break;
	case HEAD_ZEROED:
		write_file(database, zeros, sizeof(zeros), 0);
		break;
	default:
		write_file(database, zeros, sizeof(zeros), info.st_size / 2 / 4096 * 4096);
	}
	unlink(wal);
	reopens(words[_i]);
	ck_assert_uint_ge(count_chunk_files(), files);
	cluster_close(&cluster);
}
END_TEST

START_TEST(a_chunk_that_rots_while_the_node_runs_is_fetched_from_another_and_dropped)
{
	uint8_t bad[100] = {0xee};
	autonomi_node *victim = victim_with_records();
	autonomi_node *client = cluster_client(&cluster, 1);
	const uint64_t before = counter(victim, "records");
	/* All of the victim's files, so that some get asks it. */
	char path[512];
	ck_assert_uint_gt(count_chunk_files(), 0);
	node_path(path, "");
	const int file = open(changed, O_WRONLY | O_CLOEXEC);
	ck_assert_int_eq(pwrite(file, bad, sizeof(bad), 150000), (ssize_t)sizeof(bad));
	close(file);

	for (int round = 0; round < 40 && counter(victim, "store_reads_corrupt") == 0; round++) {
		for (uint8_t i = 0; i < 4; i++) {
			autonomi_op op = 0;
			autonomi_event *put = complete(client, victim,
			                               cluster_put(client, i, 300000));
			uint8_t address[32];
			size_t size = 0;
			const void *bytes = autonomi_event_data(put, &size);
			ck_assert_uint_eq(size, 32);
			memcpy(address, bytes, 32);
			autonomi_event_free(put);
			ck_assert_int_eq(autonomi_chunk_get(client, address, 0, &op), AUTONOMI_OK);
			autonomi_event *event = complete(client, victim, op);
			ck_assert_msg(autonomi_event_status(event) == AUTONOMI_OK, "%s",
			              autonomi_event_message(event));
			autonomi_event_data(event, &size);
			ck_assert_uint_eq(size, 300000);
			autonomi_event_free(event);
		}
	}
	ck_assert_uint_eq(counter(victim, "store_reads_corrupt"), 1);
	printf("# %lu records, %lu before\n", (unsigned long)counter(victim, "records"),
	       (unsigned long)before);
	autonomi_node_free(client);
	autonomi_node_free(victim);
	cluster_close(&cluster);
}
END_TEST

START_TEST(two_nodes_on_one_folder_are_refused_clearly)
{
	char error[256];
	autonomi_node *second = NULL;
	autonomi_node *victim = victim_with_records();
	ck_assert_int_eq(try_open(&second, error), AUTONOMI_E_IN_USE);
	printf("# %s\n", error);
	ck_assert_ptr_nonnull(strstr(error, "victim"));
	autonomi_node_free(victim);
	cluster_close(&cluster);
}
END_TEST

START_TEST(a_folder_that_cannot_be_written_is_refused_clearly)
{
	char error[256], path[512];
	autonomi_node *victim = victim_with_records();
	autonomi_node_free(victim);
	if (geteuid() == 0) {
		printf("# root writes everywhere: not tried\n");
	} else {
		node_path(path, "");
		ck_assert_int_eq(chmod(path, 0500), 0);
		const autonomi_status status = try_open(&victim, error);
		printf("# read-only: %s %s\n", autonomi_status_name(status), error);
		if (status == AUTONOMI_OK)
			autonomi_node_free(victim);
		else
			ck_assert_int_eq(status, AUTONOMI_E_PERMISSION);
		chmod(path, 0700);
	}
	cluster_close(&cluster);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("hostile/disks");
	TCase *tests = tcase_create("disks");
	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, a_full_disk_is_an_answer_and_reading_goes_on);
	tcase_add_loop_test(tests, a_damaged_database_is_said_and_no_file_is_lost, 0, DAMAGES);
	tcase_add_test(tests,
	               a_chunk_that_rots_while_the_node_runs_is_fetched_from_another_and_dropped);
	tcase_add_test(tests, two_nodes_on_one_folder_are_refused_clearly);
	tcase_add_test(tests, a_folder_that_cannot_be_written_is_refused_clearly);
	suite_add_tcase(s, tests);
	return s;
}
