/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests of the host to one peer of its choice, whose response it gets as it came. */
#include <check.h>
#include <string.h>

#include "scene.h"

enum { NODES = 3 };

static autonomi_network *network;

static void setup(void)
{
	scene_open(NODES);
	network = autonomi_node_network(scene_client);
}

static autonomi_message *request(const char *name)
{
	autonomi_message *message = NULL;
	ck_assert_int_eq(autonomi_request_new(name, &message), AUTONOMI_OK);
	return message;
}

static void set_peer(autonomi_message *message, const char *field, const char *id_text)
{
	uint8_t id[AUTONOMI_PEER_ID_MAX];
	size_t size = 0;
	ck_assert_int_eq(autonomi_peer_id_from_text(id_text, id, &size), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_message_set_address(message, field, AUTONOMI_ADDRESS_PEER_ID, id,
	                                              size),
	                 AUTONOMI_OK);
}

static void set_chunk(autonomi_message *message, const char *field, const uint8_t *name)
{
	ck_assert_int_eq(autonomi_message_set_address(message, field, AUTONOMI_ADDRESS_CHUNK, name,
	                                              AUTONOMI_NAME_SIZE),
	                 AUTONOMI_OK);
}

/* Sends the request, which it frees, to the cluster's first node, and reads the response. */
static autonomi_message *ask(autonomi_message *message, const char *name)
{
	const autonomi_status submitted = autonomi_network_send_request(network,
	                                                                scene_cluster.address,
	                                                                message, 0, &scene_op);
	autonomi_message_free(message);
	autonomi_event *event = scene_completion(submitted);
	ck_assert_msg(autonomi_event_status(event) == AUTONOMI_OK, "%s",
	              autonomi_event_message(event));
	ck_assert_str_eq(autonomi_event_text(event), name);
	autonomi_peer_view peer;
	ck_assert_int_eq(autonomi_event_peer(event, 0, &peer, sizeof(peer)), AUTONOMI_OK);
	ck_assert_str_eq(peer.id, autonomi_node_id(scene_cluster.nodes[0]));
	size_t size = 0;
	const uint8_t *bytes = autonomi_event_data(event, &size);
	autonomi_message *response = NULL;
	ck_assert_int_eq(autonomi_message_decode(AUTONOMI_MESSAGE_RESPONSE,
	                                         AUTONOMI_RECORD_AS_BYTES, bytes, size, &response),
	                 AUTONOMI_OK);
	ck_assert_str_eq(autonomi_message_name(response), name);
	autonomi_event_free(event);
	return response;
}

static autonomi_message *version_request(void)
{
	autonomi_message *message = request("Query.GetVersion");
	set_peer(message, "address", autonomi_node_id(scene_cluster.nodes[0]));
	return message;
}

START_TEST(a_request_has_its_response_as_it_came)
{
	const uint8_t *version = NULL;
	size_t size = 0;
	autonomi_message *response = ask(version_request(), "Query.GetVersion");
	ck_assert_int_eq(autonomi_message_bytes(response, "version", &version, &size), AUTONOMI_OK);
	ck_assert_uint_gt(size, 0);
	autonomi_message_free(response);
}
END_TEST

/* Stores a small chunk on the cluster, and gives its name and record value. */
static autonomi_bytes *store_chunk(uint8_t name[AUTONOMI_NAME_SIZE])
{
	static const uint8_t content[] = "asked of one peer";
	size_t size = 0;
	autonomi_event *event = scene_completion(
		autonomi_chunk_put(scene_client, content, sizeof(content), 0, &scene_op));
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_OK);
	memcpy(name, autonomi_event_data(event, &size), AUTONOMI_NAME_SIZE);
	autonomi_event_free(event);
	autonomi_bytes *value = NULL;
	ck_assert_int_eq(autonomi_chunk_encode(content, sizeof(content), &value), AUTONOMI_OK);
	return value;
}

START_TEST(a_record_is_fetched_from_one_peer_and_its_absence_is_a_response_too)
{
	uint8_t name[AUTONOMI_NAME_SIZE];
	autonomi_bytes *stored = store_chunk(name), *text = NULL;
	autonomi_message *message = request("Query.GetReplicatedRecord");
	set_peer(message, "requester", autonomi_node_id(scene_client));
	set_chunk(message, "key", name);
	autonomi_message *response = ask(message, "Query.GetReplicatedRecord");
	const uint8_t *record = NULL;
	size_t size = 0, expected_size = 0;
	const uint8_t *expected = autonomi_bytes_data(stored, &expected_size);
	ck_assert_int_eq(autonomi_message_bytes(response, "record", &record, &size), AUTONOMI_OK);
	ck_assert_uint_eq(size, expected_size);
	ck_assert_mem_eq(record, expected, size);
	autonomi_message_free(response);

	name[0] ^= 1;
	message = request("Query.GetReplicatedRecord");
	set_peer(message, "requester", autonomi_node_id(scene_client));
	set_chunk(message, "key", name);
	response = ask(message, "Query.GetReplicatedRecord");
	ck_assert_int_eq(autonomi_message_error(response, &text), AUTONOMI_OK);
	ck_assert_str_ne(autonomi_bytes_text(text), "");
	autonomi_bytes_free(text);
	autonomi_message_free(response);
	autonomi_bytes_free(stored);
}
END_TEST

START_TEST(a_proof_of_existence_is_that_of_the_record)
{
	enum { NONCE = 77 };
	uint8_t name[AUTONOMI_NAME_SIZE], expected[AUTONOMI_NAME_SIZE], proof[AUTONOMI_NAME_SIZE];
	size_t size = 0;
	autonomi_bytes *stored = store_chunk(name);
	const uint8_t *value = autonomi_bytes_data(stored, &size);
	ck_assert_int_eq(autonomi_record_proof(value, size, NONCE, expected), AUTONOMI_OK);
	autonomi_message *message = request("Query.GetChunkExistenceProof");
	set_chunk(message, "key", name);
	ck_assert_int_eq(autonomi_message_set_number(message, "nonce", NONCE), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_message_set_number(message, "difficulty", 1), AUTONOMI_OK);
	autonomi_message *response = ask(message, "Query.GetChunkExistenceProof");
	ck_assert_uint_eq(autonomi_message_count(response), 1);
	ck_assert_int_eq(autonomi_message_item_proof(response, 0, proof), AUTONOMI_OK);
	ck_assert_mem_eq(proof, expected, sizeof(proof));
	autonomi_message_free(response);
	autonomi_bytes_free(stored);
}
END_TEST

START_TEST(a_quote_is_signed_by_the_peer_that_was_asked)
{
	const uint8_t name[AUTONOMI_NAME_SIZE] = {9};
	autonomi_message *message = request("Query.GetStoreQuote");
	set_chunk(message, "key", name);
	ck_assert_int_eq(autonomi_message_set_number(message, "data_size", 1000), AUTONOMI_OK);
	autonomi_message *response = ask(message, "Query.GetStoreQuote");
	autonomi_quote *quote = NULL;
	uint8_t id[AUTONOMI_PEER_ID_MAX];
	size_t size = 0;
	ck_assert_int_eq(autonomi_message_quote(response, &quote), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_peer_id_from_text(autonomi_node_id(scene_cluster.nodes[0]), id,
	                                            &size),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_quote_verify(quote, id, size), AUTONOMI_OK);
	autonomi_quote_free(quote);
	autonomi_message_free(response);
}
END_TEST

START_TEST(the_peers_that_a_peer_knows_come_with_their_addresses)
{
	autonomi_message *message = request("Query.GetClosestPeers");
	const uint8_t key[AUTONOMI_NAME_SIZE] = {1};
	set_chunk(message, "key", key);
	ck_assert_int_eq(autonomi_message_set_number(message, "num_of_peers", 20), AUTONOMI_OK);
	autonomi_message *response = ask(message, "Query.GetClosestPeers");
	ck_assert_uint_eq(autonomi_message_count(response), NODES - 1);
	for (size_t i = 0; i < NODES - 1; i++) {
		const uint8_t *bytes = NULL;
		size_t size = 0;
		char text[256];
		ck_assert_int_eq(autonomi_message_item_multiaddr(response, i, 0, &bytes, &size),
		                 AUTONOMI_OK);
		ck_assert_int_eq(autonomi_multiaddr_to_text(bytes, size, text, sizeof(text)),
		                 AUTONOMI_OK);
		ck_assert_msg(strncmp(text, "/ip4/127.0.0.1/udp/", 19) == 0, "%s", text);
		ck_assert_int_eq(autonomi_message_item_multiaddr(response, i, 64, &bytes, &size),
		                 AUTONOMI_E_NOT_FOUND);
	}
	autonomi_message_free(response);
}
END_TEST

START_TEST(a_list_of_records_may_be_told)
{
	const uint8_t name[AUTONOMI_NAME_SIZE] = {2}, hash[AUTONOMI_NAME_SIZE] = {3};
	autonomi_message *message = request("Cmd.Replicate");
	set_peer(message, "holder", autonomi_node_id(scene_client));
	ck_assert_int_eq(autonomi_message_add_key(message, AUTONOMI_ADDRESS_CHUNK, name,
	                                          sizeof(name), NULL),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_message_add_key(message, AUTONOMI_ADDRESS_RECORD_KEY, name,
	                                          sizeof(name), hash),
	                 AUTONOMI_OK);
	ck_assert_uint_eq(autonomi_message_count(message), 2);
	autonomi_message *response = ask(message, "Cmd.Replicate");
	ck_assert_uint_eq(autonomi_message_count(response), 0);
	autonomi_message_free(response);
}
END_TEST

START_TEST(a_peer_may_be_named_by_its_id_where_it_is_known)
{
	autonomi_message *message = version_request();
	ck_assert_int_eq(scene_status(autonomi_network_send_request(
				 network, autonomi_node_id(scene_cluster.nodes[0]), message, 0,
				 &scene_op)),
	                 AUTONOMI_OK);
	ck_assert_int_eq(scene_status(autonomi_network_ask_info(
				 network, autonomi_node_id(scene_cluster.nodes[1]), 0, &scene_op)),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_network_send_request(network, autonomi_node_id(scene_client),
	                                               message, 0, &scene_op),
	                 AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(autonomi_network_send_request(network, "nobody", message, 0, &scene_op),
	                 AUTONOMI_E_ADDRESS);
	autonomi_message_free(message);
}
END_TEST

START_TEST(what_is_no_whole_request_is_not_sent)
{
	autonomi_message *message = request("Query.GetVersion");
	ck_assert_int_eq(autonomi_network_send_request(network, scene_cluster.address, message, 0,
	                                               &scene_op),
	                 AUTONOMI_E_INVALID);
	autonomi_message_free(message);
	ck_assert_int_eq(autonomi_network_send_request(network, scene_cluster.address, NULL, 0,
	                                               &scene_op),
	                 AUTONOMI_E_INVALID);
	message = version_request();
	ck_assert_int_eq(autonomi_network_send_request(network, NULL, message, 0, &scene_op),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_network_send_request(NULL, scene_cluster.address, message, 0,
	                                               &scene_op),
	                 AUTONOMI_E_INVALID);
	autonomi_message *response = ask(version_request(), "Query.GetVersion");
	ck_assert_int_eq(autonomi_network_send_request(network, scene_cluster.address, response, 0,
	                                               &scene_op),
	                 AUTONOMI_E_INVALID);
	autonomi_message_free(response);
	autonomi_message_free(message);
	ck_assert_uint_eq(autonomi_node_pending(scene_client), 0);
}
END_TEST

START_TEST(a_request_that_is_cancelled_completes_once_as_such)
{
	autonomi_message *message = version_request();
	ck_assert_int_eq(autonomi_network_send_request(network, scene_cluster.address, message, 5,
	                                               &scene_op),
	                 AUTONOMI_OK);
	autonomi_message_free(message);
	ck_assert_int_eq(autonomi_op_cancel(scene_client, scene_op), AUTONOMI_OK);
	autonomi_event *event = scene_completion(AUTONOMI_OK);
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_E_CANCELLED);
	ck_assert_uint_eq(autonomi_event_tag(event), 5);
	autonomi_event_free(event);
	ck_assert_uint_eq(autonomi_node_pending(scene_client), 0);
}
END_TEST

START_TEST(a_client_refuses_requests_and_the_asker_is_told)
{
	/* Over the connection that the client has made. */
	autonomi_event_free(scene_completion(
		autonomi_network_connect(network, scene_cluster.address, 0, &scene_op)));
	autonomi_message *message = version_request();
	ck_assert_int_eq(autonomi_network_send_request(autonomi_node_network(
							       scene_cluster.nodes[0]),
	                                               autonomi_node_id(scene_client), message, 0,
	                                               &scene_op),
	                 AUTONOMI_OK);
	autonomi_message_free(message);
	autonomi_event *event = NULL;
	const uint64_t deadline = monotonic_us() + SCENE_LIMIT_MS * 1000ULL;
	while (event == NULL && monotonic_us() < deadline) {
		autonomi_node_pump(scene_client);
		autonomi_node_pump(scene_cluster.nodes[0]);
		while (event == NULL &&
		       autonomi_node_next_event(scene_cluster.nodes[0], &event) == 1) {
			if (autonomi_event_op(event) != scene_op)
				event = autonomi_event_free(event);
		}
	}
	ck_assert_ptr_nonnull(event);
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_E_REFUSED);
	ck_assert_str_ne(autonomi_event_message(event), "");
	autonomi_event_free(event);
}
END_TEST

START_TEST(keys_are_added_to_a_list_that_was_made_or_read)
{
	autonomi_message *made = NULL, *other = NULL;
	const uint8_t name[AUTONOMI_NAME_SIZE] = {1}, hash[AUTONOMI_NAME_SIZE] = {4};
	uint8_t bytes[AUTONOMI_ADDRESS_MAX];
	const uint8_t *data = NULL;
	uint32_t type = 0;
	size_t size = 0;
	autonomi_bytes *encoded = NULL;
	ck_assert_int_eq(autonomi_request_new("Cmd.Replicate", &made), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_message_set_address(made, "holder", AUTONOMI_ADDRESS_CHUNK, name,
	                                              AUTONOMI_NAME_SIZE),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_message_add_key(made, AUTONOMI_ADDRESS_CHUNK, name,
	                                          AUTONOMI_NAME_SIZE, NULL),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_message_encode(made, AUTONOMI_RECORD_AS_BYTES, &encoded),
	                 AUTONOMI_OK);
	autonomi_message_free(made);
	data = autonomi_bytes_data(encoded, &size);
	ck_assert_int_eq(autonomi_message_decode(AUTONOMI_MESSAGE_REQUEST, AUTONOMI_RECORD_AS_BYTES,
	                                         data, size, &made),
	                 AUTONOMI_OK);
	autonomi_bytes_free(encoded);
	ck_assert_int_eq(autonomi_message_add_key(made, AUTONOMI_ADDRESS_RECORD_KEY, hash,
	                                          AUTONOMI_NAME_SIZE, hash),
	                 AUTONOMI_OK);
	ck_assert_uint_eq(autonomi_message_count(made), 2);
	ck_assert_int_eq(autonomi_message_item(made, 0, &type, bytes, &size), AUTONOMI_OK);
	ck_assert_uint_eq(type, AUTONOMI_ADDRESS_CHUNK);
	ck_assert_mem_eq(bytes, name, AUTONOMI_NAME_SIZE);
	ck_assert_int_eq(autonomi_message_item(made, 1, &type, bytes, &size), AUTONOMI_OK);
	ck_assert_uint_eq(type, AUTONOMI_ADDRESS_RECORD_KEY);
	ck_assert_mem_eq(bytes, hash, AUTONOMI_NAME_SIZE);

	ck_assert_int_eq(autonomi_message_item_multiaddr(made, 0, 0, &data, &size),
	                 AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(autonomi_message_item_multiaddr(made, 2, 0, &data, &size),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_message_item_multiaddr(made, 0, 0, NULL, &size),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_message_add_key(made, AUTONOMI_ADDRESS_CHUNK, name, 31, NULL),
	                 AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(autonomi_message_add_key(NULL, AUTONOMI_ADDRESS_CHUNK, name,
	                                          AUTONOMI_NAME_SIZE, NULL),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_request_new("Query.GetVersion", &other), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_message_add_key(other, AUTONOMI_ADDRESS_CHUNK, name,
	                                          AUTONOMI_NAME_SIZE, NULL),
	                 AUTONOMI_E_NOT_FOUND);
	autonomi_message_free(other);
	for (size_t count = 2; count < 16384; count++)
		ck_assert_int_eq(autonomi_message_add_key(made, AUTONOMI_ADDRESS_CHUNK, name,
		                                          AUTONOMI_NAME_SIZE, NULL),
		                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_message_add_key(made, AUTONOMI_ADDRESS_CHUNK, name,
	                                          AUTONOMI_NAME_SIZE, NULL),
	                 AUTONOMI_E_TOO_LARGE);
	autonomi_message_free(made);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("api/host_requests");
	TCase *cases = tcase_create("requests");
	tcase_add_checked_fixture(cases, setup, scene_close);
	tcase_add_test(cases, a_request_has_its_response_as_it_came);
	tcase_add_test(cases, a_record_is_fetched_from_one_peer_and_its_absence_is_a_response_too);
	tcase_add_test(cases, a_proof_of_existence_is_that_of_the_record);
	tcase_add_test(cases, a_quote_is_signed_by_the_peer_that_was_asked);
	tcase_add_test(cases, the_peers_that_a_peer_knows_come_with_their_addresses);
	tcase_add_test(cases, a_list_of_records_may_be_told);
	tcase_add_test(cases, a_peer_may_be_named_by_its_id_where_it_is_known);
	tcase_add_test(cases, what_is_no_whole_request_is_not_sent);
	tcase_add_test(cases, a_request_that_is_cancelled_completes_once_as_such);
	tcase_add_test(cases, a_client_refuses_requests_and_the_asker_is_told);
	suite_add_tcase(s, cases);
	TCase *lists = tcase_create("lists");
	tcase_add_test(lists, keys_are_added_to_a_list_that_was_made_or_read);
	suite_add_tcase(s, lists);
	return s;
}
