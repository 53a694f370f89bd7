/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions about peers and addresses, to real peers. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "prop/cluster.h"

enum { LIMIT_MS = 20000 };

static struct cluster cluster;
static autonomi_node *client;
static autonomi_network *network;

static void setup(void)
{
	cluster_open(&cluster, 3, 1);
	client = cluster_client(&cluster, 1);
	network = autonomi_node_network(client);
	cluster_await(&cluster, client, AUTONOMI_EVENT_JOINED, LIMIT_MS);
}

static void teardown(void)
{
	autonomi_node_free(client);
	cluster_close(&cluster);
}

/* A pointer to the op, for C does not say which argument of a call is made first. */
static autonomi_event *completion(autonomi_status submitted, const autonomi_op *op)
{
	ck_assert_int_eq(submitted, AUTONOMI_OK);
	autonomi_event *event = cluster_completion(&cluster, client, *op, LIMIT_MS);
	ck_assert_ptr_nonnull(event);
	return event;
}

static autonomi_peer_view peer_at(const autonomi_event *event, size_t index)
{
	autonomi_peer_view view;
	ck_assert_int_eq(autonomi_event_peer(event, index, &view, sizeof(view)), AUTONOMI_OK);
	return view;
}

START_TEST(a_peer_that_is_asked_who_it_is_says_it_all)
{
	autonomi_op op = 0;
	autonomi_event *event = completion(autonomi_network_ask_info(network, cluster.address, 0,
	                                                             &op),
	                                   &op);
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_OK);
	ck_assert_uint_eq(autonomi_event_peer_count(event), 1);
	const autonomi_peer_view peer = peer_at(event, 0);
	ck_assert_str_eq(peer.id, autonomi_node_id(cluster.nodes[0]));
	ck_assert_str_eq(peer.address, cluster.address);
	ck_assert(strncmp(peer.agent, "ant/node/", 9) == 0);
	ck_assert_uint_ge(peer.flags & AUTONOMI_PEER_DIALLED, 1);
	static const char *const lines[] = {"peer: 12D3KooW",
	                                    "address: /ip4/127.0.0.1/udp/",
	                                    "agent: ant/node/",
	                                    "version: ",
	                                    "key exchange: X",
	                                    "round trip: ",
	                                    "sees us at: /ip4/127.0.0.1/udp/"};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		ck_assert_msg(strstr(autonomi_event_text(event), lines[i]) != NULL, "no %s in:\n%s",
		              lines[i], autonomi_event_text(event));
	autonomi_event_free(event);
}
END_TEST

START_TEST(a_peer_that_is_asked_for_peers_lists_those_that_it_knows)
{
	autonomi_op op = 0;
	autonomi_event *event = completion(autonomi_network_ask_peers(network, cluster.address, 0,
	                                                              &op),
	                                   &op);
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_OK);
	ck_assert_uint_eq(autonomi_event_peer_count(event), 2);
	ck_assert_uint_eq(autonomi_event_count(event), 2);
	for (size_t i = 0; i < 2; i++) {
		const char *id = peer_at(event, i).id;
		ck_assert(strcmp(id, autonomi_node_id(cluster.nodes[1])) == 0 ||
		          strcmp(id, autonomi_node_id(cluster.nodes[2])) == 0);
	}
	autonomi_event_free(event);
}
END_TEST

START_TEST(another_peer_than_the_one_that_was_meant_is_an_error_of_identity)
{
	char address[300];
	autonomi_op op = 0;
	const size_t at_id = (size_t)(strstr(cluster.address, "/p2p/") - cluster.address);
	snprintf(address, sizeof(address), "%.*s/p2p/%s", (int)at_id, cluster.address,
	         autonomi_node_id(client));
	/* Ourselves at another's address cannot be dialled at all. */
	const autonomi_status self = autonomi_network_connect(network, address, 0, &op);
	ck_assert(self == AUTONOMI_E_INVALID || self == AUTONOMI_E_IDENTITY);
	/* A peer that exists, at the address of another. */
	autonomi_config *config = cluster_config(&cluster, 0, "stranger");
	autonomi_node *stranger = cluster_open_node(config, NULL);
	snprintf(address, sizeof(address), "%.*s/p2p/%s", (int)at_id, cluster.address,
	         autonomi_node_id(stranger));
	autonomi_node_free(stranger);
	autonomi_event *event = completion(autonomi_network_connect(network, address, 0, &op), &op);
	ck_assert_msg(autonomi_event_status(event) == AUTONOMI_E_IDENTITY, "%s: %s",
	              autonomi_status_name(autonomi_event_status(event)),
	              autonomi_event_message(event));
	autonomi_event_free(event);
	/* Without an id, anybody will do. */
	snprintf(address, sizeof(address), "%.*s", (int)at_id, cluster.address);
	event = completion(autonomi_network_connect(network, address, 0, &op), &op);
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_OK);
	ck_assert_str_eq(peer_at(event, 0).id, autonomi_node_id(cluster.nodes[0]));
	autonomi_event_free(event);
}
END_TEST

START_TEST(a_peer_of_another_network_is_an_error_of_network_id)
{
	autonomi_op op = 0;
	autonomi_config *config = cluster_client_config(&cluster, 1);
	cluster_set(config, "network.id", "77");
	autonomi_node *stranger = cluster_open_node(config, NULL);
	ck_assert_int_eq(autonomi_network_connect(autonomi_node_network(stranger), cluster.address,
	                                          0, &op),
	                 AUTONOMI_OK);
	autonomi_event *event = cluster_completion(&cluster, stranger, op, LIMIT_MS);
	ck_assert_ptr_nonnull(event);
	ck_assert_msg(autonomi_event_status(event) == AUTONOMI_E_NETWORK_ID, "%s: %s",
	              autonomi_status_name(autonomi_event_status(event)),
	              autonomi_event_message(event));
	autonomi_event_free(event);
	autonomi_node_free(stranger);
}
END_TEST

START_TEST(the_connected_peers_are_listed_and_the_peers_event_counts_them)
{
	autonomi_op op = 0;
	uint64_t connections = 0;
	autonomi_event *event = completion(autonomi_network_connect(network, cluster.address, 0,
	                                                            &op),
	                                   &op);
	autonomi_event_free(event);
	event = completion(autonomi_network_peers(network, 0, &op), &op);
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_OK);
	ck_assert_uint_ge(autonomi_event_peer_count(event), 1);
	ck_assert_uint_eq(autonomi_event_count(event), autonomi_event_peer_count(event));
	ck_assert_int_eq(autonomi_node_counter(client, "connections", &connections), AUTONOMI_OK);
	ck_assert_uint_eq(autonomi_event_peer_count(event), connections);
	bool found = false;
	for (size_t i = 0; i < autonomi_event_peer_count(event); i++)
		found = found ||
		        strcmp(peer_at(event, i).id, autonomi_node_id(cluster.nodes[0])) == 0;
	ck_assert(found);
	autonomi_event_free(event);
}
END_TEST

START_TEST(the_table_lists_nodes_by_bucket_and_never_a_client)
{
	autonomi_op op = 0;
	cluster_run(&cluster, 300);
	ck_assert_int_eq(autonomi_dht_table(autonomi_node_dht(cluster.nodes[0]), 0, &op),
	                 AUTONOMI_OK);
	autonomi_event *event = NULL;
	ck_assert_int_eq(autonomi_node_next_event(cluster.nodes[0], &event), 1);
	while (autonomi_event_op(event) != op) {
		autonomi_event_free(event);
		ck_assert_int_eq(autonomi_node_next_event(cluster.nodes[0], &event), 1);
	}
	ck_assert_uint_eq(autonomi_event_peer_count(event), 2);
	for (size_t i = 0; i < 2; i++) {
		const autonomi_peer_view peer = peer_at(event, i);
		ck_assert_str_ne(peer.id, autonomi_node_id(client));
		ck_assert_int_ge(peer.bucket, 200);
		ck_assert_int_le(peer.bucket, 255);
	}
	ck_assert_uint_ge(autonomi_event_count(event), 2);
	autonomi_event_free(event);
}
END_TEST

START_TEST(the_closest_peers_are_all_where_there_are_few)
{
	autonomi_op op = 0;
	const uint8_t name[32] = {42};
	autonomi_event *event = completion(autonomi_dht_find_closest(autonomi_node_dht(client),
	                                                             name, sizeof(name), 20, 0,
	                                                             &op),
	                                   &op);
	ck_assert_msg(autonomi_event_status(event) == AUTONOMI_OK, "%s",
	              autonomi_event_message(event));
	ck_assert_uint_eq(autonomi_event_peer_count(event), 3);
	ck_assert_uint_eq(autonomi_event_count(event), 3);
	autonomi_event_free(event);
}
END_TEST

START_TEST(a_node_tells_its_addresses_with_its_id)
{
	autonomi_op op = 0;
	autonomi_event *event = completion(autonomi_network_addresses(network, 0, &op), &op);
	const char *text = autonomi_event_text(event);
	ck_assert_msg(strncmp(text, "/ip4/127.0.0.1/udp/", 19) == 0, "%s", text);
	ck_assert_ptr_nonnull(strstr(text, autonomi_node_id(client)));
	autonomi_event_free(event);
}
END_TEST

START_TEST(a_node_at_the_wildcard_of_a_local_network_tells_loopback_addresses)
{
	autonomi_op op = 0;
	autonomi_config *config = cluster_client_config(&cluster, 0);
	cluster_set(config, "network.ip", "0.0.0.0");
	autonomi_node *wild = cluster_open_node(config, NULL);
	ck_assert_int_eq(autonomi_network_addresses(autonomi_node_network(wild), 0, &op),
	                 AUTONOMI_OK);
	autonomi_event *event = cluster_completion(&cluster, wild, op, LIMIT_MS);
	ck_assert_ptr_nonnull(event);
	ck_assert(strncmp(autonomi_event_text(event), "/ip4/127.0.0.1/udp/", 19) == 0);
	autonomi_event_free(event);
	autonomi_node_free(wild);
}
END_TEST

START_TEST(what_is_in_memory_is_told_at_once)
{
	autonomi_op op = 0;
	autonomi_node *node = cluster.nodes[0];
	char port[32];
	snprintf(port, sizeof(port), "/udp/%d/",
	         (int)autonomi_network_port(autonomi_node_network(node)));
	ck_assert_ptr_nonnull(strstr(cluster.address, port));
	ck_assert_uint_ge(autonomi_dht_network_size(autonomi_node_dht(node)), 3);
	ck_assert_ptr_nonnull(strstr(autonomi_node_root_dir(node), cluster.directory));
	ck_assert_str_eq(autonomi_node_rewards_address(node), "");
	autonomi_event_free(
		completion(autonomi_network_connect(network, cluster.address, 0, &op), &op));
	autonomi_event *event = completion(autonomi_network_peers(network, 0, &op), &op);
	ck_assert_uint_eq(autonomi_network_peer_count(network), autonomi_event_count(event));
	ck_assert_uint_ge(autonomi_network_peer_count(network), 1);
	autonomi_event_free(event);

	/* Eight peers and more say how far a node is responsible; here are three. */
	uint8_t range[AUTONOMI_NAME_SIZE];
	ck_assert_int_eq(autonomi_dht_responsible_range(autonomi_node_dht(node), range),
	                 AUTONOMI_E_NO_PEERS);
	ck_assert_int_eq(autonomi_dht_responsible_range(autonomi_node_dht(node), NULL),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_dht_responsible_range(NULL, range), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_network_port(NULL), AUTONOMI_E_INVALID);
	ck_assert_uint_eq(autonomi_network_peer_count(NULL), 0);
	ck_assert_uint_eq(autonomi_dht_network_size(NULL), 0);
	ck_assert_ptr_null(autonomi_node_root_dir(NULL));
	ck_assert_ptr_null(autonomi_node_rewards_address(NULL));
}
END_TEST

START_TEST(a_node_tells_whom_it_pays_to)
{
	static const char address[] = "0x00112233445566778899aabbccddeeff00112233";
	autonomi_config *config = cluster_config(&cluster, 0, "paid");
	cluster_set(config, "rewards.address", address);
	autonomi_node *paid = cluster_open_node(config, NULL);
	ck_assert_str_eq(autonomi_node_rewards_address(paid), address);
	autonomi_node_free(paid);
}
END_TEST

static void dht_key_of(const char *id_text, uint8_t key[AUTONOMI_NAME_SIZE])
{
	uint8_t id[AUTONOMI_PEER_ID_MAX];
	size_t size = 0;
	ck_assert_int_eq(autonomi_peer_id_from_text(id_text, id, &size), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_address_dht_key(AUTONOMI_ADDRESS_PEER_ID, id, size, key),
	                 AUTONOMI_OK);
}

START_TEST(peers_are_listed_with_their_distance)
{
	autonomi_op op = 0;
	uint8_t own[AUTONOMI_NAME_SIZE], key[AUTONOMI_NAME_SIZE], distance[AUTONOMI_NAME_SIZE];
	int32_t bucket = 0;
	autonomi_event *event = completion(autonomi_dht_table(autonomi_node_dht(client), 0, &op),
	                                   &op);
	ck_assert_uint_eq(autonomi_event_count(event),
	                  autonomi_dht_network_size(autonomi_node_dht(client)));
	ck_assert_uint_ge(autonomi_event_peer_count(event), 1);
	dht_key_of(autonomi_node_id(client), own);
	for (size_t i = 0; i < autonomi_event_peer_count(event); i++) {
		const autonomi_peer_view peer = peer_at(event, i);
		dht_key_of(peer.id, key);
		ck_assert_int_eq(autonomi_dht_distance(own, key, distance, &bucket), AUTONOMI_OK);
		ck_assert_mem_eq(peer.distance, distance, sizeof(distance));
		ck_assert_int_eq(peer.bucket, bucket);
	}
	autonomi_event_free(event);
}
END_TEST

START_TEST(a_peer_that_is_asked_names_those_that_it_knows_nearest_to_a_name)
{
	autonomi_op op = 0;
	const uint8_t name[AUTONOMI_NAME_SIZE] = {7};
	autonomi_dht *dht = autonomi_node_dht(client);
	autonomi_event *event = completion(autonomi_dht_ask_closest(dht, cluster.address, name,
	                                                            sizeof(name), 0, &op),
	                                   &op);
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_OK);
	ck_assert_uint_eq(autonomi_event_count(event), 2);
	uint8_t wanted[AUTONOMI_NAME_SIZE], key[AUTONOMI_NAME_SIZE];
	uint8_t distances[2][AUTONOMI_NAME_SIZE];
	int32_t bucket = 0;
	ck_assert_int_eq(autonomi_address_dht_key(AUTONOMI_ADDRESS_CHUNK, name, sizeof(name),
	                                          wanted),
	                 AUTONOMI_OK);
	for (size_t i = 0; i < 2; i++) {
		dht_key_of(peer_at(event, i).id, key);
		ck_assert_int_eq(autonomi_dht_distance(wanted, key, distances[i], &bucket),
		                 AUTONOMI_OK);
	}
	ck_assert_int_lt(memcmp(distances[0], distances[1], sizeof(distances[0])), 0);
	autonomi_event_free(event);
	ck_assert_int_eq(autonomi_dht_ask_closest(dht, cluster.address, name, 0, 0, &op),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_dht_ask_closest(dht, cluster.address, name, 129, 0, &op),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_dht_ask_closest(dht, NULL, name, sizeof(name), 0, &op),
	                 AUTONOMI_E_INVALID);
}
END_TEST

static size_t table_size(autonomi_node *node)
{
	autonomi_op op = 0;
	ck_assert_int_eq(autonomi_dht_table(autonomi_node_dht(node), 0, &op), AUTONOMI_OK);
	autonomi_event *event = cluster_completion(&cluster, node, op, LIMIT_MS);
	ck_assert_ptr_nonnull(event);
	const size_t size = autonomi_event_peer_count(event);
	autonomi_event_free(event);
	return size;
}

/* A node that is the first of a network of its own, with the cluster's id, knows nobody until told. */
START_TEST(a_peer_that_is_added_is_in_the_table)
{
	autonomi_op op = 0;
	autonomi_config *config = cluster_config(&cluster, 1, "island");
	cluster_set(config, "network.peers", "");
	cluster_set(config, "network.first", "on");
	autonomi_node *island = cluster_open_node(config, NULL);
	ck_assert_uint_eq(table_size(island), 0);
	autonomi_dht *dht = autonomi_node_dht(island);
	for (int again = 0; again < 2; again++) {
		ck_assert_int_eq(autonomi_dht_add_peer(dht, cluster.address, 0, &op), AUTONOMI_OK);
		autonomi_event *event = cluster_completion(&cluster, island, op, LIMIT_MS);
		ck_assert_msg(autonomi_event_status(event) == AUTONOMI_OK, "%s",
		              autonomi_event_message(event));
		ck_assert_uint_eq(autonomi_event_count(event), 1);
		ck_assert_str_eq(peer_at(event, 0).id, autonomi_node_id(cluster.nodes[0]));
		ck_assert_int_ge(peer_at(event, 0).bucket, 0);
		autonomi_event_free(event);
	}
	ck_assert_uint_ge(table_size(island), 1);
	ck_assert_int_eq(autonomi_dht_add_peer(dht, "/ip4/127.0.0.1/udp/0/quic-v1", 0, &op),
	                 AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(autonomi_dht_add_peer(dht, NULL, 0, &op), AUTONOMI_E_INVALID);
	autonomi_node_free(island);
}
END_TEST

START_TEST(nobody_at_an_address_is_unreachable)
{
	autonomi_op op = 0;
	autonomi_config *config = cluster_client_config(&cluster, 1);
	cluster_set(config, "network.handshake_timeout_ms", "500");
	autonomi_node *hasty = cluster_open_node(config, NULL);
	ck_assert_int_eq(autonomi_network_ask_info(autonomi_node_network(hasty),
	                                           "/ip4/127.0.0.1/udp/9/quic-v1", 0, &op),
	                 AUTONOMI_OK);
	autonomi_event *event = cluster_completion(&cluster, hasty, op, LIMIT_MS);
	ck_assert_ptr_nonnull(event);
	const autonomi_status status = autonomi_event_status(event);
	ck_assert(status == AUTONOMI_E_UNREACHABLE || status == AUTONOMI_E_TIMEOUT);
	ck_assert_str_ne(autonomi_event_message(event), "");
	autonomi_event_free(event);
	autonomi_node_free(hasty);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("api/network");
	TCase *cases = tcase_create("network");
	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, a_peer_that_is_asked_who_it_is_says_it_all);
	tcase_add_test(cases, a_peer_that_is_asked_for_peers_lists_those_that_it_knows);
	tcase_add_test(cases, another_peer_than_the_one_that_was_meant_is_an_error_of_identity);
	tcase_add_test(cases, a_peer_of_another_network_is_an_error_of_network_id);
	tcase_add_test(cases, the_connected_peers_are_listed_and_the_peers_event_counts_them);
	tcase_add_test(cases, the_table_lists_nodes_by_bucket_and_never_a_client);
	tcase_add_test(cases, the_closest_peers_are_all_where_there_are_few);
	tcase_add_test(cases, a_node_tells_its_addresses_with_its_id);
	tcase_add_test(cases, a_node_at_the_wildcard_of_a_local_network_tells_loopback_addresses);
	tcase_add_test(cases, what_is_in_memory_is_told_at_once);
	tcase_add_test(cases, a_node_tells_whom_it_pays_to);
	tcase_add_test(cases, peers_are_listed_with_their_distance);
	tcase_add_test(cases, a_peer_that_is_asked_names_those_that_it_knows_nearest_to_a_name);
	tcase_add_test(cases, a_peer_that_is_added_is_in_the_table);
	tcase_add_test(cases, nobody_at_an_address_is_unreachable);
	suite_add_tcase(s, cases);
	return s;
}
