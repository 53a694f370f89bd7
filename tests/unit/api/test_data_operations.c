/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data, archives and directories through the public functions and real nodes. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "prop/cluster.h"

enum { LIMIT_MS = 60000, SIZE = 100000 };

static struct cluster cluster;
static autonomi_node *client;
static autonomi_op op;

static void setup(void)
{
	cluster_open(&cluster, CLUSTER_NODES, 1);
	client = cluster_client(&cluster, 1);
	cluster_await(&cluster, client, AUTONOMI_EVENT_JOINED, LIMIT_MS);
}

static void teardown(void)
{
	autonomi_node_free(client);
	cluster_close(&cluster);
}

/* `submitted` is what a call returned that set `op`. */
static autonomi_event *completion(autonomi_status submitted)
{
	ck_assert_int_eq(submitted, AUTONOMI_OK);
	autonomi_event *event = cluster_completion(&cluster, client, op, LIMIT_MS);
	ck_assert_ptr_nonnull(event);
	return event;
}

static void expect(autonomi_event *event, autonomi_status status)
{
	ck_assert_msg(autonomi_event_status(event) == status, "%s: %s",
	              autonomi_status_name(autonomi_event_status(event)),
	              autonomi_event_message(event));
}

static void fill(uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		data[i] = (uint8_t)(i * 7 + i / 300);
}

START_TEST(data_in_memory_comes_back)
{
	static uint8_t data[SIZE];
	fill(data, sizeof(data));
	autonomi_event *put = completion(autonomi_data_put(client, data, sizeof(data),
	                                                   _i == 0 ? AUTONOMI_UPLOAD_PUBLIC : 0, 0,
	                                                   &op));
	expect(put, AUTONOMI_OK);
	size_t source_size = 0, size = 0;
	const uint8_t *source = autonomi_event_data(put, &source_size);
	ck_assert_int_eq(source_size == AUTONOMI_ADDRESS_SIZE, _i == 0);
	ck_assert_uint_eq(strlen(autonomi_event_text(put)), 2 * source_size);
	autonomi_event *got = completion(
		autonomi_data_get(client, source, source_size, sizeof(data), 0, &op));
	expect(got, AUTONOMI_OK);
	const uint8_t *back = autonomi_event_data(got, &size);
	ck_assert_uint_eq(size, sizeof(data));
	ck_assert_mem_eq(back, data, size);
	autonomi_event_free(got);
	got = completion(autonomi_data_get(client, source, source_size, sizeof(data) - 1, 0, &op));
	expect(got, AUTONOMI_E_TOO_LARGE);
	autonomi_event_free(got);
	autonomi_event_free(put);
}
END_TEST

START_TEST(what_could_never_be_held_is_refused_at_once)
{
	const uint8_t bytes[32] = {1};
	ck_assert_int_eq(autonomi_data_get(client, bytes, sizeof(bytes), SIZE_MAX, 0, &op),
	                 AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(autonomi_data_put(client, bytes, SIZE_MAX, 0, 0, &op),
	                 AUTONOMI_E_TOO_LARGE);
	autonomi_event *event = completion(autonomi_data_put(client, bytes, 2, 0, 0, &op));
	expect(event, AUTONOMI_E_TOO_SMALL);
	autonomi_event_free(event);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("api/data_operations");
	TCase *data = tcase_create("data");
	tcase_set_timeout(data, 120);
	tcase_add_checked_fixture(data, setup, teardown);
	tcase_add_loop_test(data, data_in_memory_comes_back, 0, 2);
	tcase_add_test(data, what_could_never_be_held_is_refused_at_once);
	suite_add_tcase(s, data);
	return s;
}
