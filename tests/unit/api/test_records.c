/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records with an owner, through the public functions and real nodes. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "scene.h"

static uint8_t secret[AUTONOMI_SECRET_KEY_SIZE], owner[AUTONOMI_PUBLIC_KEY_SIZE];
static const uint8_t target[AUTONOMI_NAME_SIZE] = {1}, other[AUTONOMI_NAME_SIZE] = {2};

static void setup(void)
{
	const uint8_t seed[AUTONOMI_SEED_SIZE] = {9};
	scene_open(CLUSTER_NODES);
	ck_assert_int_eq(autonomi_bls_secret_generate(seed, secret), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_bls_public_key(secret, owner), AUTONOMI_OK);
}

static uint64_t exists(uint32_t type)
{
	autonomi_event *event = scene_completion(
		autonomi_record_exists(scene_client, type, owner, sizeof(owner), 0, &scene_op));
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_OK);
	const uint64_t count = autonomi_event_count(event);
	ck_assert_uint_eq(autonomi_event_peer_count(event), count);
	autonomi_event_free(event);
	return count;
}

static void assert_points_at(const uint8_t *wanted, uint64_t counter)
{
	autonomi_event *event = scene_completion(
		autonomi_pointer_get(scene_client, owner, 0, &scene_op));
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_OK);
	ck_assert_uint_eq(autonomi_event_counter(event), counter);
	ck_assert_uint_eq(autonomi_event_versions(event), 1);
	size_t size = 0;
	const uint8_t *value = autonomi_event_data(event, &size);
	autonomi_pointer *pointer = NULL;
	autonomi_pointer_view view;
	ck_assert_int_eq(autonomi_pointer_decode(value, size, &pointer), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_pointer_get_view(pointer, &view, sizeof(view)), AUTONOMI_OK);
	ck_assert_mem_eq(view.target, wanted, AUTONOMI_NAME_SIZE);
	autonomi_pointer_free(pointer);
	autonomi_event_free(event);
}

START_TEST(a_pointer_lives_on_the_network)
{
	ck_assert_uint_eq(exists(AUTONOMI_ADDRESS_POINTER), 0);
	autonomi_event *event = scene_completion(
		autonomi_pointer_create(scene_client, secret, AUTONOMI_ADDRESS_CHUNK, target,
	                                sizeof(target), 0, &scene_op));
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_OK);
	size_t size = 0;
	const uint8_t *address = autonomi_event_data(event, &size);
	ck_assert_uint_eq(size, sizeof(owner));
	ck_assert_mem_eq(address, owner, size);
	ck_assert_uint_ge(autonomi_event_count(event), 3);
	autonomi_event_free(event);
	ck_assert_uint_ge(exists(AUTONOMI_ADDRESS_POINTER), 1);
	ck_assert_int_eq(scene_status(autonomi_pointer_create(scene_client, secret,
	                                                      AUTONOMI_ADDRESS_CHUNK, target,
	                                                      sizeof(target), 0, &scene_op)),
	                 AUTONOMI_E_EXISTS);
	assert_points_at(target, 0);
	ck_assert_int_eq(scene_status(autonomi_pointer_update(scene_client, secret,
	                                                      AUTONOMI_ADDRESS_CHUNK, other,
	                                                      sizeof(other), 0, &scene_op)),
	                 AUTONOMI_OK);
	assert_points_at(other, 1);
}
END_TEST

START_TEST(a_pointer_that_is_outdated_is_refused_with_the_networks_counter)
{
	autonomi_pointer *newer = NULL, *older = NULL;
	ck_assert_int_eq(autonomi_pointer_new(secret, 7, AUTONOMI_ADDRESS_CHUNK, target,
	                                      sizeof(target), &newer),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_pointer_new(secret, 6, AUTONOMI_ADDRESS_CHUNK, target,
	                                      sizeof(target), &older),
	                 AUTONOMI_OK);
	ck_assert_int_eq(scene_status(autonomi_pointer_put(scene_client, newer, AUTONOMI_PUT_CREATE,
	                                                   0, &scene_op)),
	                 AUTONOMI_OK);
	autonomi_event *event = scene_completion(
		autonomi_pointer_put(scene_client, older, 0, 0, &scene_op));
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_E_OUTDATED);
	ck_assert_uint_eq(autonomi_event_counter(event), 6);
	ck_assert_uint_eq(autonomi_event_network_counter(event), 7);
	autonomi_event_view view;
	ck_assert_int_eq(autonomi_event_get_view(event, &view, sizeof(view)), AUTONOMI_OK);
	ck_assert_uint_eq(view.network_counter, 7);
	autonomi_event_free(event);
	autonomi_pointer_free(newer);
	autonomi_pointer_free(older);
}
END_TEST

START_TEST(a_scratchpad_lives_on_the_network)
{
	static const uint8_t first[] = "first", second[] = "second, and longer";
	ck_assert_int_eq(scene_status(autonomi_scratchpad_update(scene_client, secret, 5, second,
	                                                         sizeof(second), 0, &scene_op)),
	                 AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(scene_status(autonomi_scratchpad_create(scene_client, secret, 5, first,
	                                                         sizeof(first), 0, &scene_op)),
	                 AUTONOMI_OK);
	ck_assert_int_eq(scene_status(autonomi_scratchpad_update(scene_client, secret, 5, second,
	                                                         sizeof(second), 0, &scene_op)),
	                 AUTONOMI_OK);
	autonomi_event *event = scene_completion(
		autonomi_scratchpad_get(scene_client, owner, 0, &scene_op));
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_OK);
	size_t size = 0;
	const uint8_t *value = autonomi_event_data(event, &size);
	autonomi_scratchpad *scratchpad = NULL;
	autonomi_bytes *plain = NULL;
	ck_assert_int_eq(autonomi_scratchpad_decode(value, size, &scratchpad), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_scratchpad_decrypt(scratchpad, secret, &plain), AUTONOMI_OK);
	ck_assert_str_eq(autonomi_bytes_text(plain), (const char *)second);
	/* What is there already is stored once more: nothing changes. */
	ck_assert_int_eq(scene_status(autonomi_scratchpad_put(scene_client, scratchpad, 0, 0,
	                                                      &scene_op)),
	                 AUTONOMI_OK);
	autonomi_bytes_free(plain);
	autonomi_scratchpad_free(scratchpad);
	autonomi_event_free(event);
}
END_TEST

START_TEST(a_second_graph_entry_of_an_owner_is_a_fork)
{
	autonomi_graph_entry *entry = NULL, *both[2] = {NULL, NULL};
	ck_assert_int_eq(autonomi_graph_entry_new(secret, NULL, 0, target, NULL, 0, &entry),
	                 AUTONOMI_OK);
	ck_assert_int_eq(scene_status(autonomi_graph_entry_put(scene_client, entry,
	                                                       AUTONOMI_PUT_CREATE, 0, &scene_op)),
	                 AUTONOMI_OK);
	ck_assert_int_eq(scene_status(autonomi_graph_entry_get(scene_client, owner, 0, &scene_op)),
	                 AUTONOMI_OK);
	autonomi_graph_entry_free(entry);
	ck_assert_int_eq(autonomi_graph_entry_new(secret, NULL, 0, other, NULL, 0, &entry),
	                 AUTONOMI_OK);
	ck_assert_int_eq(scene_status(
				 autonomi_graph_entry_put(scene_client, entry, 0, 0, &scene_op)),
	                 AUTONOMI_OK);
	autonomi_event *event = scene_completion(
		autonomi_graph_entry_get(scene_client, owner, 0, &scene_op));
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_E_FORK);
	size_t size = 0, count = 0;
	const uint8_t *value = autonomi_event_data(event, &size);
	ck_assert_int_eq(autonomi_graph_entry_decode(value, size, both, 2, &count), AUTONOMI_OK);
	ck_assert_uint_eq(count, 2);
	autonomi_graph_entry_free(both[0]);
	autonomi_graph_entry_free(both[1]);
	autonomi_graph_entry_free(entry);
	autonomi_event_free(event);
}
END_TEST

/* As many as counted, and all of them nodes of the cluster. */
static void assert_lists_holders(const autonomi_event *event)
{
	ck_assert_uint_eq(autonomi_event_peer_count(event), autonomi_event_count(event));
	for (size_t i = 0; i < autonomi_event_peer_count(event); i++) {
		autonomi_peer_view peer;
		size_t known = 0;
		ck_assert_int_eq(autonomi_event_peer(event, i, &peer, sizeof(peer)), AUTONOMI_OK);
		for (size_t n = 0; n < scene_cluster.count; n++)
			known += strcmp(peer.id, autonomi_node_id(scene_cluster.nodes[n])) == 0;
		ck_assert_uint_eq(known, 1);
	}
}

/* Puts the record value, which it frees, and reads it back from an address. */
static void assert_lives_as_bytes(autonomi_bytes *value, uint32_t type, const uint8_t *address,
                                  size_t address_size)
{
	size_t size = 0, got_size = 0;
	const uint8_t *bytes = autonomi_bytes_data(value, &size);
	autonomi_event *event = scene_completion(
		autonomi_record_put(scene_client, bytes, size, 0, 0, &scene_op));
	ck_assert_msg(autonomi_event_status(event) == AUTONOMI_OK, "%s",
	              autonomi_event_message(event));
	const uint8_t *named = autonomi_event_data(event, &got_size);
	ck_assert_uint_eq(got_size, address_size);
	ck_assert_mem_eq(named, address, address_size);
	autonomi_event_free(event);

	uint8_t key[AUTONOMI_ADDRESS_MAX];
	size_t key_size = 0;
	ck_assert_int_eq(autonomi_address_record_key(type, address, address_size, key, &key_size),
	                 AUTONOMI_OK);
	for (int by_key = 0; by_key < 2; by_key++) {
		event = scene_completion(by_key ? autonomi_record_get(scene_client,
		                                                      AUTONOMI_ADDRESS_RECORD_KEY,
		                                                      key, key_size, 0, &scene_op)
		                                : autonomi_record_get(scene_client, type, address,
		                                                      address_size, 0, &scene_op));
		ck_assert_msg(autonomi_event_status(event) == AUTONOMI_OK, "%s",
		              autonomi_event_message(event));
		const uint8_t *got = autonomi_event_data(event, &got_size);
		ck_assert_uint_eq(got_size, size);
		ck_assert_mem_eq(got, bytes, size);
		ck_assert_uint_ge(autonomi_event_count(event), 1);
		if (by_key || type != AUTONOMI_ADDRESS_CHUNK)
			assert_lists_holders(event);
		autonomi_event_free(event);
	}
	autonomi_bytes_free(value);
}

START_TEST(records_of_every_kind_live_on_the_network_as_bytes)
{
	static const uint8_t content[] = "a chunk as a record value";
	const uint8_t seed[AUTONOMI_SEED_SIZE] = {10};
	uint8_t name[AUTONOMI_NAME_SIZE];
	autonomi_bytes *value = NULL;
	ck_assert_int_eq(autonomi_chunk_encode(content, sizeof(content), &value), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_content_hash(content, sizeof(content), name), AUTONOMI_OK);
	assert_lives_as_bytes(value, AUTONOMI_ADDRESS_CHUNK, name, sizeof(name));

	autonomi_pointer *pointer = NULL;
	ck_assert_int_eq(autonomi_pointer_new(secret, 3, AUTONOMI_ADDRESS_CHUNK, target,
	                                      sizeof(target), &pointer),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_pointer_encode(pointer, &value), AUTONOMI_OK);
	autonomi_pointer_free(pointer);
	assert_lives_as_bytes(value, AUTONOMI_ADDRESS_POINTER, owner, sizeof(owner));

	autonomi_scratchpad *scratchpad = NULL;
	ck_assert_int_eq(autonomi_bls_secret_generate(seed, secret), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_bls_public_key(secret, owner), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_scratchpad_new(secret, 1, content, sizeof(content), 2, seed,
	                                         &scratchpad),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_scratchpad_encode(scratchpad, &value), AUTONOMI_OK);
	autonomi_scratchpad_free(scratchpad);
	assert_lives_as_bytes(value, AUTONOMI_ADDRESS_SCRATCHPAD, owner, sizeof(owner));
}
END_TEST

START_TEST(bytes_that_are_no_record_are_refused_at_once)
{
	uint8_t value[] = {0x91, 0, 0xc4, 1, 7};
	const struct {
		uint8_t kind, head;
	} wrong[] = {{0, 0x81}, {9, 0xc4}, {10, 0xc4}};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		value[1] = wrong[i].kind;
		value[2] = wrong[i].head;
		ck_assert_int_eq(autonomi_record_put(scene_client, value, sizeof(value), 0, 0,
		                                     &scene_op),
		                 AUTONOMI_E_CORRUPT);
	}
	ck_assert_int_eq(autonomi_record_put(scene_client, value, 5242880, 0, 0, &scene_op),
	                 AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(autonomi_record_put(scene_client, NULL, 1, 0, 0, &scene_op),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_record_put(scene_client, value, sizeof(value), 2, 0, &scene_op),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_record_put(NULL, value, sizeof(value), 0, 0, &scene_op),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_record_get(scene_client, AUTONOMI_ADDRESS_CHUNK, value, 5, 0,
	                                     &scene_op),
	                 AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(autonomi_record_get(NULL, AUTONOMI_ADDRESS_CHUNK, target, 32, 0,
	                                     &scene_op),
	                 AUTONOMI_E_INVALID);
	/* A header alone says of what kind; that nothing of that kind follows is found by the job. */
	value[1] = 2;
	ck_assert_int_eq(scene_status(autonomi_record_put(scene_client, value, sizeof(value), 0, 0,
	                                                  &scene_op)),
	                 AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(scene_status(autonomi_record_get(scene_client, AUTONOMI_ADDRESS_CHUNK,
	                                                  target, sizeof(target), 0, &scene_op)),
	                 AUTONOMI_E_NOT_FOUND);
}
END_TEST

START_TEST(nonsense_is_refused_at_once)
{
	autonomi_pointer *pointer = NULL;
	uint8_t *large = calloc(1, 4193825);
	const uint8_t none[AUTONOMI_SECRET_KEY_SIZE] = {0xff, 0xff};
	ck_assert_ptr_nonnull(large);
	ck_assert_int_eq(autonomi_pointer_new(secret, 1, AUTONOMI_ADDRESS_CHUNK, target,
	                                      sizeof(target), &pointer),
	                 AUTONOMI_OK);
	const autonomi_status answers[] = {
		autonomi_pointer_put(NULL, pointer, 0, 0, NULL),
		autonomi_pointer_put(scene_client, NULL, 0, 0, NULL),
		autonomi_pointer_put(scene_client, pointer, 2, 0, NULL),
		autonomi_pointer_create(scene_client, NULL, AUTONOMI_ADDRESS_CHUNK, target, 32, 0,
	                                NULL),
		autonomi_pointer_create(scene_client, none, AUTONOMI_ADDRESS_CHUNK, target, 32, 0,
	                                NULL),
		autonomi_pointer_get(scene_client, NULL, 0, NULL),
		autonomi_pointer_get(NULL, owner, 0, NULL),
		autonomi_graph_entry_put(scene_client, NULL, 0, 0, NULL),
		autonomi_graph_entry_get(NULL, owner, 0, NULL),
		autonomi_scratchpad_put(scene_client, NULL, 0, 0, NULL),
		autonomi_scratchpad_create(scene_client, NULL, 0, target, 1, 0, NULL),
		autonomi_scratchpad_update(scene_client, secret, 0, NULL, 1, 0, NULL),
		autonomi_scratchpad_get(NULL, owner, 0, NULL),
		autonomi_record_exists(NULL, AUTONOMI_ADDRESS_CHUNK, target, 32, 0, NULL),
	};
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		ck_assert_msg(answers[i] == AUTONOMI_E_INVALID, "call %zu: %s", i,
		              autonomi_status_name(answers[i]));
	ck_assert_int_eq(autonomi_pointer_update(scene_client, secret, AUTONOMI_ADDRESS_RECORD_KEY,
	                                         target, 32, 0, NULL),
	                 AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(autonomi_record_exists(scene_client, AUTONOMI_ADDRESS_CHUNK, target, 31, 0,
	                                        NULL),
	                 AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(autonomi_scratchpad_create(scene_client, secret, 0, large, 4193825, 0,
	                                            NULL),
	                 AUTONOMI_E_TOO_LARGE);
	ck_assert_uint_eq(autonomi_event_counter(NULL) + autonomi_event_network_counter(NULL) +
	                          autonomi_event_versions(NULL),
	                  0);
	autonomi_pointer_free(pointer);
	free(large);
}
END_TEST

START_TEST(operations_that_run_when_the_node_closes_complete)
{
	ck_assert_int_eq(autonomi_pointer_create(scene_client, secret, AUTONOMI_ADDRESS_CHUNK,
	                                         target, sizeof(target), 3, &scene_op),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_node_close(scene_client, 0), AUTONOMI_OK);
	autonomi_event *event = scene_completion(AUTONOMI_OK);
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_E_CANCELLED);
	ck_assert_uint_eq(autonomi_event_tag(event), 3);
	autonomi_event_free(event);
	ck_assert_int_eq(autonomi_pointer_get(scene_client, owner, 0, NULL), AUTONOMI_E_CLOSED);
	ck_assert_int_eq(autonomi_pointer_create(scene_client, secret, AUTONOMI_ADDRESS_CHUNK,
	                                         target, sizeof(target), 3, NULL),
	                 AUTONOMI_E_CLOSED);
	ck_assert_int_eq(autonomi_record_exists(scene_client, AUTONOMI_ADDRESS_CHUNK, target, 32, 0,
	                                        NULL),
	                 AUTONOMI_E_CLOSED);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("api/records");
	TCase *records = tcase_create("records");
	tcase_add_checked_fixture(records, setup, scene_close);
	tcase_set_timeout(records, 120);
	tcase_add_test(records, a_pointer_lives_on_the_network);
	tcase_add_test(records, a_pointer_that_is_outdated_is_refused_with_the_networks_counter);
	tcase_add_test(records, a_scratchpad_lives_on_the_network);
	tcase_add_test(records, a_second_graph_entry_of_an_owner_is_a_fork);
	tcase_add_test(records, records_of_every_kind_live_on_the_network_as_bytes);
	tcase_add_test(records, bytes_that_are_no_record_are_refused_at_once);
	tcase_add_test(records, nonsense_is_refused_at_once);
	tcase_add_test(records, operations_that_run_when_the_node_closes_complete);
	suite_add_tcase(s, records);
	return s;
}
