/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clauses 9 to 13 of the contract in <autonomi/node.h>: operations and their completions. */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cluster.h"

enum { LIMIT_MS = 60000, OPERATIONS = 40 };

enum kind {
	KIND_PUT,
	KIND_GET,
	KIND_UPLOAD,
	KIND_DOWNLOAD,
	KIND_CLOSEST,
	KIND_TABLE,
	KIND_PEERS,
	KIND_ADDRESSES,
	KIND_CONNECT,
	KIND_INFO,
	KIND_ASK_PEERS,
	KIND_DATA_PUT,
	KIND_DATA_GET,
	KIND_TREE_UPLOAD,
	KIND_TREE_DOWNLOAD,
	KINDS,
};

/* A host that keeps the books. */
struct host {
	struct cluster *cluster;
	autonomi_node *node;
	char file[128]; /* that may be uploaded */
	autonomi_op ops[OPERATIONS];
	unsigned completions[OPERATIONS];
	size_t count;
	bool closed;
	unsigned random;
};

static uint32_t draw(struct host *host, uint32_t below)
{
	return (uint32_t)rand_r(&host->random) % below;
}

static void make_tree(const struct host *host, char *path, size_t path_size)
{
	char file_path[256];
	snprintf(path, path_size, "%s/tree", host->cluster->directory);
	mkdir(path, 0700);
	for (int i = 0; i < 3; i++) {
		snprintf(file_path, sizeof(file_path), "%s/%d", path, i);
		FILE *file = fopen(file_path, "w");
		ck_assert_ptr_nonnull(file);
		fprintf(file, "file %d", i);
		fclose(file);
	}
}

static autonomi_status submit_data(struct host *host, enum kind kind, const uint8_t *bytes,
                                   size_t size, const char *target)
{
	char path[128];
	autonomi_op *op = &host->ops[host->count];
	const uint64_t tag = host->count;
	switch (kind) {
	case KIND_DATA_PUT:
		return autonomi_data_put(host->node, bytes, size, draw(host, 2), tag, op);
	case KIND_DATA_GET:
		return autonomi_data_get(host->node, bytes, 32, 1000, tag, op);
	case KIND_TREE_UPLOAD:
		make_tree(host, path, sizeof(path));
		return autonomi_directory_upload(host->node, path, draw(host, 2), tag, op);
	default:
		return autonomi_directory_download(host->node, bytes, 32, target, 0, tag, op);
	}
}

/* Submits one operation; its tag is its place in the books. */
static autonomi_status submit(struct host *host, enum kind kind)
{
	autonomi_node *node = host->node;
	autonomi_network *network = autonomi_node_network(node);
	autonomi_op *op = &host->ops[host->count];
	const uint64_t tag = host->count;
	const char *address = host->cluster->address;
	char target[160];
	uint8_t bytes[64];
	memset(bytes, (int)draw(host, 4), sizeof(bytes));
	snprintf(target, sizeof(target), "%s.out%zu", host->file, host->count);
	switch (kind) {
	case KIND_PUT:
		return autonomi_chunk_put(node, bytes, sizeof(bytes), tag, op);
	case KIND_GET:
		return autonomi_chunk_get(node, bytes, tag, op);
	case KIND_UPLOAD:
		return autonomi_file_upload(node, host->file, draw(host, 2), tag, op);
	case KIND_DOWNLOAD:
		return autonomi_file_download(node, bytes, 32, target, 0, tag, op);
	case KIND_CLOSEST:
		return autonomi_dht_find_closest(autonomi_node_dht(node), bytes, 32, 5, tag, op);
	case KIND_TABLE:
		return autonomi_dht_table(autonomi_node_dht(node), tag, op);
	case KIND_PEERS:
		return autonomi_network_peers(network, tag, op);
	case KIND_ADDRESSES:
		return autonomi_network_addresses(network, tag, op);
	case KIND_CONNECT:
		return autonomi_network_connect(network, address, tag, op);
	case KIND_INFO:
		return autonomi_network_ask_info(network, address, tag, op);
	case KIND_DATA_PUT:
	case KIND_DATA_GET:
	case KIND_TREE_UPLOAD:
	case KIND_TREE_DOWNLOAD:
		return submit_data(host, kind, bytes, sizeof(bytes), target);
	case KIND_ASK_PEERS:
		return autonomi_network_ask_peers(network, address, tag, op);
	default:
		return AUTONOMI_E_INVALID;
	}
}

static void note(struct host *host, const autonomi_event *event)
{
	ck_assert_msg(!host->closed, "an event came after CLOSED");
	const uint32_t type = autonomi_event_type(event);
	const uint64_t tag = autonomi_event_tag(event);
	host->closed = type == AUTONOMI_EVENT_CLOSED;
	if (type != AUTONOMI_EVENT_COMPLETED && type != AUTONOMI_EVENT_PROGRESS)
		return;
	ck_assert_uint_lt(tag, host->count);
	ck_assert_uint_eq(autonomi_event_op(event), host->ops[tag]);
	ck_assert_msg(host->completions[tag] == 0, "an event of an operation that had completed");
	if (type == AUTONOMI_EVENT_COMPLETED)
		host->completions[tag]++;
	if (type == AUTONOMI_EVENT_COMPLETED && autonomi_event_status(event) < 0)
		ck_assert_str_ne(autonomi_event_message(event), "");
}

static void take_events(struct host *host)
{
	autonomi_event *event = NULL;
	while (autonomi_node_next_event(host->node, &event) == 1) {
		note(host, event);
		autonomi_event_free(event);
	}
}

static void act(struct host *host)
{
	const uint32_t what = draw(host, 10);
	if (what < 5 && host->count < OPERATIONS) {
		const size_t pending = autonomi_node_pending(host->node);
		const autonomi_status status = submit(host, (enum kind)draw(host, KINDS));
		ck_assert_msg(status == AUTONOMI_OK, "%s", autonomi_status_name(status));
		ck_assert_uint_eq(autonomi_node_pending(host->node), pending + 1);
		host->count++;
	} else if (what == 5 && host->count > 0) {
		ck_assert_int_eq(autonomi_op_cancel(host->node,
		                                    host->ops[draw(host, (uint32_t)host->count)]),
		                 AUTONOMI_OK);
	} else if (what < 8) {
		autonomi_node_pump(host->node);
	} else if (what == 8) {
		take_events(host);
	} else {
		cluster_step(host->cluster);
	}
}

static void close_and_drain(struct host *host, uint64_t grace_ms)
{
	ck_assert_int_eq(autonomi_node_close(host->node, grace_ms), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_chunk_put(host->node, (const uint8_t *)"late", 4, 0, NULL),
	                 AUTONOMI_E_CLOSED);
	const uint64_t end = monotonic_us() + LIMIT_MS * 1000;
	while (!host->closed && monotonic_us() < end) {
		autonomi_event *event = cluster_next_event(host->cluster, host->node, 1000);
		if (event != NULL)
			note(host, event);
		autonomi_event_free(event);
	}
	ck_assert_msg(host->closed, "CLOSED did not come; %zu operations are pending",
	              autonomi_node_pending(host->node));
	autonomi_node_pump(host->node);
	take_events(host);
}

static void live_one_life(struct cluster *cluster, unsigned seed, unsigned threads)
{
	struct host host = {.cluster = cluster, .random = seed};
	host.node = cluster_client(cluster, threads);
	snprintf(host.file, sizeof(host.file), "%s/file", cluster->directory);
	FILE *file = fopen(host.file, "w");
	ck_assert_ptr_nonnull(file);
	fprintf(file, "The contents of a file that is uploaded, maybe: %u", seed);
	fclose(file);
	for (int i = 0; i < 100; i++)
		act(&host);
	close_and_drain(&host, draw(&host, 3) * 100);
	ck_assert_uint_eq(autonomi_node_pending(host.node), 0);
	for (size_t i = 0; i < host.count; i++)
		ck_assert_msg(host.completions[i] == 1, "seed %u: operation %zu of %zu: %u", seed,
		              i, host.count, host.completions[i]);
	autonomi_node_free(host.node);
}

START_TEST(clause_9_every_operation_completes_exactly_once_before_closed)
{
	struct cluster cluster;
	cluster_open(&cluster, 3, 1);
	for (unsigned seed = 1; seed <= 8; seed++)
		live_one_life(&cluster, seed * 7919, seed % 2);
	cluster_close(&cluster);
}
END_TEST

START_TEST(clause_9_also_where_no_peer_can_be_reached)
{
	struct cluster cluster;
	cluster_open(&cluster, 1, 1);
	/* The only peer is gone; its address leads nowhere. */
	autonomi_node_free(cluster.nodes[0]);
	cluster.count = 0;
	for (unsigned seed = 1; seed <= 6; seed++)
		live_one_life(&cluster, seed * 104729, seed % 2);
	cluster_close(&cluster);
}
END_TEST

/* A free in the middle of everything: nothing may leak or be touched after (the sanitizers look). */
START_TEST(clause_9_after_a_bare_free_nothing_comes_any_more)
{
	struct cluster cluster;
	cluster_open(&cluster, 3, 1);
	for (unsigned seed = 1; seed <= 12; seed++) {
		struct host host = {.cluster = &cluster, .random = seed * 31};
		host.node = cluster_client(&cluster, seed % 2);
		snprintf(host.file, sizeof(host.file), "%s/none", cluster.directory);
		for (unsigned i = 0; i < seed * 8; i++)
			act(&host);
		ck_assert_ptr_null(autonomi_node_free(host.node));
	}
	cluster_close(&cluster);
}
END_TEST

/* ---- Clause 10. */

START_TEST(clause_10_a_submit_never_completes_inside_the_call)
{
	struct cluster cluster;
	cluster_open(&cluster, 2, 0);
	struct host host = {.cluster = &cluster, .node = cluster_client(&cluster, 0)};
	snprintf(host.file, sizeof(host.file), "%s/none", cluster.directory);
	for (int kind = 0; kind < KINDS; kind++) {
		take_events(&host);
		const size_t pending = autonomi_node_pending(host.node);
		ck_assert_int_eq(submit(&host, (enum kind)kind), AUTONOMI_OK);
		/* The id is known before the completion can be, and the completion is not taken yet. */
		ck_assert_uint_ne(host.ops[host.count], 0);
		ck_assert_uint_eq(autonomi_node_pending(host.node), pending + 1);
		host.count++;
	}
	close_and_drain(&host, 0);
	for (size_t i = 0; i < host.count; i++)
		ck_assert_uint_eq(host.completions[i], 1);
	autonomi_node_free(host.node);
	cluster_close(&cluster);
}
END_TEST

/* ---- Clause 11. */

START_TEST(clause_11_a_submit_copies_the_content_of_a_chunk_and_the_address_of_a_get)
{
	struct cluster cluster;
	cluster_open(&cluster, 3, 1);
	autonomi_node *client = cluster_client(&cluster, 1);
	uint8_t content[5000], address[AUTONOMI_ADDRESS_SIZE];
	autonomi_op op = 0;
	size_t size = 0;
	memset(content, 11, sizeof(content));
	ck_assert_int_eq(autonomi_chunk_put(client, content, sizeof(content), 0, &op), AUTONOMI_OK);
	memset(content, 0xee, sizeof(content));
	autonomi_event *event = cluster_completion(&cluster, client, op, LIMIT_MS);
	ck_assert_ptr_nonnull(event);
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_OK);
	memcpy(address, autonomi_event_data(event, &size), sizeof(address));
	ck_assert_uint_eq(size, sizeof(address));
	autonomi_event_free(event);

	ck_assert_int_eq(autonomi_chunk_get(client, address, 0, &op), AUTONOMI_OK);
	memset(address, 0xee, sizeof(address));
	event = cluster_completion(&cluster, client, op, LIMIT_MS);
	ck_assert_ptr_nonnull(event);
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_OK);
	const uint8_t *data = autonomi_event_data(event, &size);
	ck_assert_uint_eq(size, sizeof(content));
	for (size_t i = 0; i < size; i++)
		ck_assert_uint_eq(data[i], 11);
	autonomi_event_free(event);
	autonomi_node_free(client);
	cluster_close(&cluster);
}
END_TEST

START_TEST(clause_11_a_submit_copies_paths_addresses_and_names)
{
	struct cluster cluster;
	cluster_open(&cluster, 3, 1);
	autonomi_node *client = cluster_client(&cluster, 1);
	autonomi_op ops[4] = {0};
	char path[128], address[sizeof(cluster.address)];
	uint8_t name[32] = {1};
	snprintf(path, sizeof(path), "%s/file", cluster.directory);
	FILE *file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fprintf(file, "some bytes");
	fclose(file);
	snprintf(address, sizeof(address), "%s", cluster.address);
	autonomi_network *network = autonomi_node_network(client);
	cluster_await(&cluster, client, AUTONOMI_EVENT_JOINED, LIMIT_MS);
	ck_assert_int_eq(autonomi_file_upload(client, path, AUTONOMI_UPLOAD_PUBLIC, 0, &ops[0]), 0);
	ck_assert_int_eq(autonomi_network_connect(network, address, 0, &ops[1]), 0);
	ck_assert_int_eq(autonomi_network_ask_info(network, address, 0, &ops[2]), 0);
	ck_assert_int_eq(autonomi_dht_find_closest(autonomi_node_dht(client), name, sizeof(name), 3,
	                                           0, &ops[3]),
	                 0);
	memset(path, 0, sizeof(path));
	memset(address, 'x', sizeof(address));
	memset(name, 0xee, sizeof(name));
	size_t completed = 0;
	while (completed < 4) {
		autonomi_event *event = cluster_next_event(&cluster, client, LIMIT_MS);
		ck_assert_ptr_nonnull(event);
		if (autonomi_event_type(event) == AUTONOMI_EVENT_COMPLETED) {
			ck_assert_msg(autonomi_event_status(event) == AUTONOMI_OK,
			              "%" PRIu64 ": %s", autonomi_event_op(event),
			              autonomi_event_message(event));
			completed++;
		}
		autonomi_event_free(event);
	}
	autonomi_node_free(client);
	cluster_close(&cluster);
}
END_TEST

/* ---- Clause 12. */

START_TEST(clause_12_cancelling_is_idempotent_and_accepts_any_id)
{
	struct cluster cluster;
	cluster_open(&cluster, 2, 1);
	struct host host = {.cluster = &cluster, .node = cluster_client(&cluster, 1)};
	snprintf(host.file, sizeof(host.file), "%s/none", cluster.directory);
	static const enum kind kinds[] = {KIND_PUT,    KIND_GET,      KIND_DOWNLOAD,
	                                  KIND_UPLOAD, KIND_CONNECT,  KIND_CLOSEST,
	                                  KIND_INFO,   KIND_ASK_PEERS};
	ck_assert_int_eq(autonomi_op_cancel(host.node, 0), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_op_cancel(host.node, UINT64_MAX), AUTONOMI_OK);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		ck_assert_int_eq(submit(&host, kinds[i]), AUTONOMI_OK);
		const autonomi_op op = host.ops[host.count];
		ck_assert_int_eq(autonomi_op_cancel(host.node, op), AUTONOMI_OK);
		ck_assert_int_eq(autonomi_op_cancel(host.node, op), AUTONOMI_OK);
		autonomi_event *event = cluster_completion(&cluster, host.node, op, LIMIT_MS);
		ck_assert_ptr_nonnull(event);
		ck_assert_msg(autonomi_event_status(event) == AUTONOMI_E_CANCELLED, "kind %d: %s",
		              kinds[i], autonomi_status_name(autonomi_event_status(event)));
		autonomi_event_free(event);
		ck_assert_int_eq(autonomi_op_cancel(host.node, op), AUTONOMI_OK);
		ck_assert_uint_eq(autonomi_node_pending(host.node), 0);
	}
	/* One that had ended already says how. */
	ck_assert_int_eq(submit(&host, KIND_TABLE), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_op_cancel(host.node, host.ops[host.count]), AUTONOMI_OK);
	cluster_expect_ok(cluster_completion(&cluster, host.node, host.ops[host.count], LIMIT_MS));
	autonomi_node_free(host.node);
	cluster_close(&cluster);
}
END_TEST

/* ---- Clause 13. */

START_TEST(clause_13_without_room_for_a_completion_a_submit_is_busy_and_has_no_effect)
{
	struct cluster cluster;
	cluster_open(&cluster, 1, 1);
	autonomi_config *config = cluster_client_config(&cluster, 1);
	cluster_set(config, "events.max_count", "16");
	autonomi_node *client = cluster_open_node(config, NULL);
	autonomi_dht *dht = autonomi_node_dht(client);
	autonomi_op last = 0;
	for (int i = 0; i < 16; i++)
		ck_assert_int_eq(autonomi_dht_table(dht, 0, &last), AUTONOMI_OK);
	autonomi_op op = 4711;
	ck_assert_int_eq(autonomi_dht_table(dht, 0, &op), AUTONOMI_E_BUSY);
	ck_assert_int_eq(autonomi_chunk_put(client, (const uint8_t *)"x", 1, 0, &op),
	                 AUTONOMI_E_BUSY);
	ck_assert_int_eq(autonomi_network_connect(autonomi_node_network(client), cluster.address, 0,
	                                          &op),
	                 AUTONOMI_E_BUSY);
	ck_assert_uint_eq(op, 4711);
	ck_assert_uint_eq(autonomi_node_pending(client), 16);
	size_t completed = 0;
	for (autonomi_event *event = NULL; autonomi_node_next_event(client, &event) == 1;) {
		completed += autonomi_event_type(event) == AUTONOMI_EVENT_COMPLETED;
		autonomi_event_free(event);
	}
	ck_assert_uint_eq(completed, 16);
	ck_assert_int_eq(autonomi_dht_table(dht, 0, &op), AUTONOMI_OK);
	ck_assert_uint_eq(op, last + 1);
	autonomi_node_free(client);
	cluster_close(&cluster);
}
END_TEST

START_TEST(clause_13_the_bytes_of_completions_are_reserved_as_well)
{
	struct cluster cluster;
	cluster_open(&cluster, 2, 1);
	autonomi_config *config = cluster_client_config(&cluster, 1);
	cluster_set(config, "events.max_bytes", "8388608");
	autonomi_node *client = cluster_open_node(config, NULL);
	const uint8_t address[AUTONOMI_ADDRESS_SIZE] = {13};
	autonomi_op first = 0, second = 0;
	ck_assert_int_eq(autonomi_chunk_get(client, address, 0, &first), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_chunk_get(client, address, 0, &second), AUTONOMI_E_BUSY);
	/* Small completions still fit. */
	ck_assert_int_eq(autonomi_dht_table(autonomi_node_dht(client), 0, NULL), AUTONOMI_OK);
	autonomi_op_cancel(client, first);
	autonomi_event *event = cluster_completion(&cluster, client, first, LIMIT_MS);
	ck_assert_ptr_nonnull(event);
	/* Taken, it holds nothing of the queue any more, freed or not. */
	ck_assert_int_eq(autonomi_chunk_get(client, address, 0, &second), AUTONOMI_OK);
	autonomi_event_free(event);
	autonomi_node_free(client);
	cluster_close(&cluster);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("prop/operations");
	TCase *cases = tcase_create("operations");
	tcase_set_timeout(cases, 240);
	tcase_add_test(cases, clause_9_every_operation_completes_exactly_once_before_closed);
	tcase_add_test(cases, clause_9_also_where_no_peer_can_be_reached);
	tcase_add_test(cases, clause_9_after_a_bare_free_nothing_comes_any_more);
	tcase_add_test(cases, clause_10_a_submit_never_completes_inside_the_call);
	tcase_add_test(cases,
	               clause_11_a_submit_copies_the_content_of_a_chunk_and_the_address_of_a_get);
	tcase_add_test(cases, clause_11_a_submit_copies_paths_addresses_and_names);
	tcase_add_test(cases, clause_12_cancelling_is_idempotent_and_accepts_any_id);
	tcase_add_test(cases,
	               clause_13_without_room_for_a_completion_a_submit_is_busy_and_has_no_effect);
	tcase_add_test(cases, clause_13_the_bytes_of_completions_are_reserved_as_well);
	suite_add_tcase(s, cases);
	return s;
}
