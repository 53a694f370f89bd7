/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A storage that was opened alone, and that of a node. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/blob.h"
#include "data/chunk.h"
#include "prop/cluster.h"

enum { KEY_SIZE = 32 };

static struct cluster place; /* a folder that goes when the test ends */
static char directory[128];
static autonomi_storage *storage;

static void open_storage(void)
{
	char error[256] = "";
	const autonomi_status status = autonomi_storage_open(NULL, directory, &storage, error,
	                                                     sizeof(error));
	ck_assert_msg(status == AUTONOMI_OK, "%s", error);
}

static void setup(void)
{
	cluster_open(&place, 0, 0);
	snprintf(directory, sizeof(directory), "%s/store", place.directory);
	open_storage();
}

static void teardown(void)
{
	storage = autonomi_storage_free(storage);
	cluster_close(&place);
}

struct record {
	uint8_t key[KEY_SIZE];
	struct an_blob *value;
};

static struct record make_record(const char *text)
{
	struct record record = {.value = an_chunk_record_value(an_span_text(text))};
	ck_assert_ptr_nonnull(record.value);
	an_chunk_name(an_span_text(text), record.key);
	return record;
}

static autonomi_status put(const struct record *record)
{
	const struct an_span value = an_blob_span(record->value);
	return autonomi_storage_put(storage, record->key, value.data, value.size);
}

START_TEST(a_record_is_stored_found_read_and_there_after_reopening)
{
	const struct record record = make_record("one record");
	uint8_t value[100];
	size_t size = 0;
	ck_assert_int_eq(autonomi_storage_has(storage, record.key), 0);
	ck_assert_int_eq(autonomi_storage_get(storage, record.key, value, sizeof(value), &size),
	                 AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(put(&record), AUTONOMI_OK);
	ck_assert_int_eq(put(&record), AUTONOMI_OK);
	storage = autonomi_storage_free(storage);
	open_storage();
	ck_assert_int_eq(autonomi_storage_has(storage, record.key), 1);
	ck_assert_uint_eq(autonomi_storage_count(storage), 1);
	ck_assert_int_eq(autonomi_storage_get(storage, record.key, value, sizeof(value), &size),
	                 AUTONOMI_OK);
	ck_assert(an_span_equal(an_span(value, size), an_blob_span(record.value)));
	ck_assert_int_eq(autonomi_storage_get(storage, record.key, value, size - 1, &size),
	                 AUTONOMI_E_TOO_SMALL);
	ck_assert_uint_eq(size, an_blob_span(record.value).size);
	an_blob_unref(record.value);
}
END_TEST

START_TEST(a_value_that_is_not_what_its_key_says_is_refused)
{
	struct record record = make_record("something");
	record.key[0] ^= 1;
	ck_assert_int_eq(put(&record), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_storage_has(storage, record.key), 0);
	ck_assert_int_lt(autonomi_storage_put(storage, record.key, (const uint8_t *)"", 0), 0);
	uint8_t *large = calloc(1, 8 << 20);
	ck_assert_int_eq(autonomi_storage_put(storage, record.key, large, 8 << 20),
	                 AUTONOMI_E_TOO_LARGE);
	free(large);
	ck_assert_uint_eq(autonomi_storage_count(storage), 0);
	an_blob_unref(record.value);
}
END_TEST

START_TEST(iterating_gives_every_key_once_and_says_how_many_there_are)
{
	static const char *const texts[] = {"a", "b", "c", "d"};
	uint8_t keys[4 * KEY_SIZE];
	size_t count = 0;
	for (size_t i = 0; i < 4; i++) {
		const struct record record = make_record(texts[i]);
		ck_assert_int_eq(put(&record), AUTONOMI_OK);
		an_blob_unref(record.value);
	}
	ck_assert_int_eq(autonomi_storage_iterate(storage, NULL, 0, &count), AUTONOMI_E_TOO_SMALL);
	ck_assert_uint_eq(count, 4);
	ck_assert_int_eq(autonomi_storage_iterate(storage, keys, 4, &count), AUTONOMI_OK);
	for (size_t i = 0; i < 4; i++) {
		ck_assert_int_eq(autonomi_storage_has(storage, keys + i * KEY_SIZE), 1);
		for (size_t j = 0; j < i; j++)
			ck_assert(memcmp(keys + i * KEY_SIZE, keys + j * KEY_SIZE, KEY_SIZE) != 0);
	}
}
END_TEST

START_TEST(a_second_opener_and_a_forked_child_are_refused)
{
	const struct record record = make_record("kept");
	autonomi_storage *second = NULL;
	char error[256] = "";
	ck_assert_int_eq(put(&record), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_storage_open(NULL, directory, &second, error, sizeof(error)),
	                 AUTONOMI_E_IN_USE);
	ck_assert_str_ne(error, "");
	ck_assert_ptr_null(second);
	const pid_t child = fork();
	if (child == 0) {
		const bool refused = put(&record) == AUTONOMI_E_FORKED &&
		                     autonomi_storage_has(storage, record.key) == AUTONOMI_E_FORKED;
		autonomi_storage_free(storage);
		_exit(refused ? 0 : 1);
	}
	int outcome = -1;
	ck_assert_int_eq(waitpid(child, &outcome, 0), child);
	ck_assert_int_eq(outcome, 0);
	ck_assert_int_eq(autonomi_storage_has(storage, record.key), 1);
	ck_assert_int_eq(autonomi_storage_open(NULL, directory, &second, error, sizeof(error)),
	                 AUTONOMI_E_IN_USE);
	an_blob_unref(record.value);
}
END_TEST

START_TEST(a_folder_of_another_network_is_refused_and_not_changed)
{
	autonomi_config *config = autonomi_config_new();
	autonomi_storage *other = NULL;
	char error[256] = "";
	storage = autonomi_storage_free(storage);
	cluster_set(config, "network.id", "9");
	ck_assert_int_eq(autonomi_storage_open(config, directory, &other, error, sizeof(error)),
	                 AUTONOMI_E_NETWORK_ID);
	ck_assert_str_ne(error, "");
	autonomi_config_free(config);
	open_storage();
}
END_TEST

START_TEST(the_storage_of_a_node_answers_from_memory_alone)
{
	struct cluster cluster;
	const struct record record = make_record("held by a node");
	uint8_t value[100];
	size_t size = 0;
	cluster_open(&cluster, 3, 1);
	autonomi_storage *of_node = autonomi_node_storage(cluster.nodes[0]);
	ck_assert_ptr_nonnull(of_node);
	ck_assert_int_eq(autonomi_storage_put(of_node, record.key, value, 1), AUTONOMI_E_BUSY);
	ck_assert_int_eq(autonomi_storage_get(of_node, record.key, value, 1, &size),
	                 AUTONOMI_E_BUSY);
	ck_assert_ptr_null(autonomi_storage_free(of_node));
	autonomi_node *client = cluster_client(&cluster, 1);
	ck_assert_ptr_null(autonomi_node_storage(client));
	autonomi_op op = 0;
	ck_assert_int_eq(autonomi_chunk_put(client, (const uint8_t *)"held by a node", 14, 0, &op),
	                 AUTONOMI_OK);
	cluster_expect_ok(cluster_completion(&cluster, client, op, 60000));
	size_t holders = 0;
	for (size_t i = 0; i < cluster.count; i++)
		holders += autonomi_storage_has(autonomi_node_storage(cluster.nodes[i]),
		                                record.key) == 1;
	ck_assert_uint_eq(holders, 3);
	ck_assert_uint_eq(autonomi_storage_count(of_node), 1);
	ck_assert_int_eq(autonomi_storage_iterate(of_node, value, 3, &size), AUTONOMI_OK);
	ck_assert(memcmp(value, record.key, KEY_SIZE) == 0);
	autonomi_node_free(client);
	cluster_close(&cluster);
	an_blob_unref(record.value);
}
END_TEST

START_TEST(keys_come_in_pages_each_once_and_in_the_same_order)
{
	enum { COUNT = 25, PAGE = 4 };
	char text[16];
	uint8_t all[COUNT * KEY_SIZE], paged[(COUNT + PAGE) * KEY_SIZE];
	size_t count = 0, got = 0;
	for (int i = 0; i < COUNT; i++) {
		snprintf(text, sizeof(text), "record %d", i);
		const struct record record = make_record(text);
		ck_assert_int_eq(put(&record), AUTONOMI_OK);
		an_blob_unref(record.value);
	}
	ck_assert_int_eq(autonomi_storage_iterate(storage, all, COUNT, &count), AUTONOMI_OK);
	do {
		const uint8_t *after = got > 0 ? paged + (got - 1) * KEY_SIZE : NULL;
		ck_assert_int_eq(autonomi_storage_iterate_after(storage, after,
		                                                paged + got * KEY_SIZE, PAGE,
		                                                &count),
		                 AUTONOMI_OK);
		got += count;
	} while (count == PAGE && got <= COUNT);
	ck_assert_uint_eq(got, COUNT);
	ck_assert_mem_eq(paged, all, sizeof(all));
	ck_assert_int_eq(autonomi_storage_iterate_after(storage, NULL, paged, 0, &count),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_storage_iterate_after(NULL, NULL, paged, 1, &count),
	                 AUTONOMI_E_INVALID);
}
END_TEST

/* The completion of an operation of the cluster's only node. */
static autonomi_event *completion_of_node(struct cluster *cluster, autonomi_status submitted,
                                          const autonomi_op *op)
{
	ck_assert_int_eq(submitted, AUTONOMI_OK);
	cluster->count = 0;
	autonomi_event *event = cluster_completion(cluster, cluster->nodes[0], *op, 20000);
	cluster->count = 1;
	ck_assert_ptr_nonnull(event);
	return event;
}

START_TEST(what_a_host_writes_is_checked_as_what_a_peer_brings)
{
	struct cluster cluster;
	autonomi_op op = 0;
	cluster_open(&cluster, 1, 1);
	autonomi_storage *own = autonomi_node_storage(cluster.nodes[0]);
	const struct record record = make_record("written by the host");
	const struct an_span value = an_blob_span(record.value);
	autonomi_event *event;
	/* Under a key that is not its own, and without a header, refused in Autonomi's words. */
	const struct record other = make_record("another");
	event = completion_of_node(&cluster,
	                           autonomi_storage_write(own, other.key, value.data, value.size, 0,
	                                                  &op),
	                           &op);
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_E_CORRUPT);
	ck_assert_str_ne(autonomi_event_message(event), "");
	autonomi_event_free(event);
	event = completion_of_node(&cluster,
	                           autonomi_storage_write(own, other.key, value.data + 1,
	                                                  value.size - 1, 0, &op),
	                           &op);
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_E_CORRUPT);
	ck_assert_ptr_nonnull(strstr(autonomi_event_message(event), "InvalidRecordHeader"));
	autonomi_event_free(event);
	ck_assert_uint_eq(autonomi_storage_count(own), 0);
	an_blob_unref(record.value);
	an_blob_unref(other.value);
	cluster_close(&cluster);
}
END_TEST

START_TEST(a_running_node_reads_and_writes_its_own_storage)
{
	struct cluster cluster;
	autonomi_op op = 0;
	size_t size = 0;
	cluster_open(&cluster, 1, 1);
	autonomi_storage *own = autonomi_node_storage(cluster.nodes[0]);
	const struct record record = make_record("written by the host");
	const struct an_span value = an_blob_span(record.value);
	autonomi_event *event = completion_of_node(&cluster,
	                                           autonomi_storage_read(own, record.key, 0, &op),
	                                           &op);
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_E_NOT_FOUND);
	autonomi_event_free(event);
	event = completion_of_node(&cluster,
	                           autonomi_storage_write(own, record.key, value.data, value.size,
	                                                  0, &op),
	                           &op);
	ck_assert_msg(autonomi_event_status(event) == AUTONOMI_OK, "%s",
	              autonomi_event_message(event));
	autonomi_event_free(event);
	cluster.count = 0;
	event = cluster_next_event(&cluster, cluster.nodes[0], 20000);
	cluster.count = 1;
	ck_assert_uint_eq(autonomi_event_type(event), AUTONOMI_EVENT_STORED);
	ck_assert_uint_eq(autonomi_event_count(event), 1);
	autonomi_event_free(event);
	event = completion_of_node(&cluster, autonomi_storage_read(own, record.key, 9, &op), &op);
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_OK);
	ck_assert_uint_eq(autonomi_event_tag(event), 9);
	const uint8_t *read = autonomi_event_data(event, &size);
	ck_assert_uint_eq(size, value.size);
	ck_assert_mem_eq(read, value.data, size);
	autonomi_event_free(event);

	/* What is cancelled completes as such. */
	ck_assert_int_eq(autonomi_storage_read(own, record.key, 0, &op), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_op_cancel(cluster.nodes[0], op), AUTONOMI_OK);
	event = completion_of_node(&cluster, AUTONOMI_OK, &op);
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_E_CANCELLED);
	autonomi_event_free(event);
	an_blob_unref(record.value);
	cluster_close(&cluster);
}
END_TEST

START_TEST(a_node_that_knows_nobody_has_nobody_to_replicate_to)
{
	struct cluster cluster;
	autonomi_op op = 0;
	cluster_open(&cluster, 1, 1);
	autonomi_event *event = completion_of_node(
		&cluster,
		autonomi_storage_replicate(autonomi_node_storage(cluster.nodes[0]), 4, &op), &op);
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_E_NO_PEERS);
	ck_assert_uint_eq(autonomi_event_tag(event), 4);
	autonomi_event_free(event);
	cluster_close(&cluster);
}
END_TEST

START_TEST(a_storage_alone_is_no_running_node)
{
	const uint8_t key[KEY_SIZE] = {0};
	ck_assert_int_eq(autonomi_storage_read(storage, key, 0, NULL), AUTONOMI_E_UNSUPPORTED);
	ck_assert_int_eq(autonomi_storage_write(storage, key, key, 1, 0, NULL),
	                 AUTONOMI_E_UNSUPPORTED);
	ck_assert_int_eq(autonomi_storage_replicate(storage, 0, NULL), AUTONOMI_E_UNSUPPORTED);
	ck_assert_int_eq(autonomi_storage_read(NULL, key, 0, NULL), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_storage_write(NULL, key, key, 1, 0, NULL), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_storage_replicate(NULL, 0, NULL), AUTONOMI_E_INVALID);
}
END_TEST

START_TEST(what_cannot_be_is_refused)
{
	uint8_t key[KEY_SIZE] = {0};
	size_t count = 0;
	ck_assert_int_eq(autonomi_storage_open(NULL, NULL, &storage, NULL, 0), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_storage_open(NULL, directory, NULL, NULL, 0), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_storage_put(NULL, key, key, 1), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_storage_put(storage, NULL, key, 1), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_storage_put(storage, key, NULL, 1), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_storage_get(NULL, key, key, 1, &count), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_storage_get(storage, NULL, key, 1, &count), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_storage_get(storage, key, NULL, 1, &count), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_storage_has(NULL, key), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_storage_has(storage, NULL), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_storage_iterate(NULL, key, 1, &count), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_storage_iterate(storage, NULL, 1, &count), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_storage_iterate(storage, key, 1, NULL), AUTONOMI_E_INVALID);
	ck_assert_uint_eq(autonomi_storage_count(NULL), 0);
	ck_assert_ptr_null(autonomi_storage_free(NULL));
	autonomi_storage *none = NULL;
	char error[8] = "x";
	ck_assert_int_lt(autonomi_storage_open(NULL, "/proc/nowhere/store", &none, error,
	                                       sizeof(error)),
	                 0);
	ck_assert_uint_lt(strlen(error), sizeof(error));
	ck_assert_ptr_null(none);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("api/storage");
	TCase *cases = tcase_create("storage");
	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, a_record_is_stored_found_read_and_there_after_reopening);
	tcase_add_test(cases, a_value_that_is_not_what_its_key_says_is_refused);
	tcase_add_test(cases, iterating_gives_every_key_once_and_says_how_many_there_are);
	tcase_add_test(cases, a_second_opener_and_a_forked_child_are_refused);
	tcase_add_test(cases, a_folder_of_another_network_is_refused_and_not_changed);
	tcase_add_test(cases, the_storage_of_a_node_answers_from_memory_alone);
	tcase_add_test(cases, keys_come_in_pages_each_once_and_in_the_same_order);
	tcase_add_test(cases, what_a_host_writes_is_checked_as_what_a_peer_brings);
	tcase_add_test(cases, a_running_node_reads_and_writes_its_own_storage);
	tcase_add_test(cases, a_node_that_knows_nobody_has_nobody_to_replicate_to);
	tcase_add_test(cases, a_storage_alone_is_no_running_node);
	tcase_add_test(cases, what_cannot_be_is_refused);
	suite_add_tcase(s, cases);
	return s;
}
