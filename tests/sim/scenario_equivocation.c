/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owners that say different things to different peers: of each record that they sign there are two
 * versions with one counter, and each holder is told one of them, a neighbour the other.
 *   - Whoever reads gets one of the two, or is told of the fork, and nothing else.
 *   - Holders keep one valid version each; of graph entries, whose forks are kept, soon all have both.
 *   - The next counter wins everywhere, within three intervals of replication.
 */
#include <autonomi/data.h>
#include <autonomi/record.h>

#include "api/handle.h"
#include "crypt/hash.h"
#include "sim/scenario.h"
#include "store/store.h"

enum {
	OWNERS = 5,
	FACES = 2,
	COUNTER = 3,
	CONTENT = AUTONOMI_GRAPH_CONTENT_SIZE,
	HOLDERS = 5,
	OPERATION_MINUTES = 10,
	SPREAD_SECONDS = 3 * 180,
	LOOK_SECONDS = 5,
};

enum kind { POINTER, SCRATCHPAD, GRAPH_ENTRY, KINDS };

/* What one owner signed. */
struct lie {
	enum kind kind;
	uint8_t secret[AUTONOMI_SECRET_KEY_SIZE], owner[AUTONOMI_PUBLIC_KEY_SIZE];
	uint8_t key[AUTONOMI_NAME_SIZE];
	autonomi_bytes *values[FACES];
	uint8_t hashes[FACES][AN_HASH_SIZE];
};

static void check(struct an_sim_fleet *fleet, autonomi_status status, const char *what)
{
	an_sim_expect(fleet, status == AUTONOMI_OK, "%s: %s", what, autonomi_status_name(status));
}

/* ---- What is said. */

static autonomi_status make_value(const struct lie *lie, const uint8_t content[CONTENT],
                                  autonomi_bytes **ret_value)
{
	autonomi_status status;
	if (lie->kind == POINTER) {
		autonomi_pointer *pointer = NULL;
		status = autonomi_pointer_new(lie->secret, COUNTER, AUTONOMI_ADDRESS_CHUNK, content,
		                              CONTENT, &pointer);
		if (status == AUTONOMI_OK)
			status = autonomi_pointer_encode(pointer, ret_value);
		autonomi_pointer_free(pointer);
	} else if (lie->kind == SCRATCHPAD) {
		autonomi_scratchpad *pad = NULL;
		status = autonomi_scratchpad_new(lie->secret, 0, content, CONTENT, COUNTER, content,
		                                 &pad);
		if (status == AUTONOMI_OK)
			status = autonomi_scratchpad_encode(pad, ret_value);
		autonomi_scratchpad_free(pad);
	} else {
		autonomi_graph_entry *entry = NULL;
		status = autonomi_graph_entry_new(lie->secret, NULL, 0, content, NULL, 0, &entry);
		const autonomi_graph_entry *const entries[] = {entry};
		if (status == AUTONOMI_OK)
			status = autonomi_graph_entry_encode(entries, 1, ret_value);
		autonomi_graph_entry_free(entry);
	}
	return status;
}

static void make_lie(struct an_sim_fleet *fleet, enum kind kind, struct lie *lie)
{
	struct an_random *random = an_sim_world_random(fleet->world);
	uint8_t seed[AUTONOMI_SEED_SIZE];
	*lie = (struct lie){.kind = kind};
	an_random_fill(random, seed, sizeof(seed));
	check(fleet, autonomi_bls_secret_generate(seed, lie->secret), "a secret");
	check(fleet, autonomi_bls_public_key(lie->secret, lie->owner), "a public key");
	for (size_t face = 0; face < FACES && !fleet->failed; face++) {
		uint8_t content[CONTENT];
		size_t size = 0;
		an_random_fill(random, content, sizeof(content));
		check(fleet, make_value(lie, content, &lie->values[face]), "a version");
		const uint8_t *bytes = autonomi_bytes_data(lie->values[face], &size);
		check(fleet, autonomi_record_key(bytes, size, lie->key), "a key");
		an_sha3_256(an_span(bytes, size), lie->hashes[face]);
	}
}

/* ---- Whom it is said to. */

/* Sends it past all that a client would do, and does not ask what becomes of it. */
static void tell(struct an_sim_node *client, const struct an_sim_node *node, const struct lie *lie,
                 size_t face)
{
	autonomi_message *message = NULL;
	size_t size = 0;
	const uint8_t *bytes = autonomi_bytes_data(lie->values[face], &size);
	struct an_sim_operation *operation = an_sim_operation_new(client);
	autonomi_status status = autonomi_request_new("Query.PutRecord", &message);
	if (status == AUTONOMI_OK)
		status = autonomi_message_set_address(message, "holder",
		                                      AUTONOMI_ADDRESS_RECORD_KEY, lie->key,
		                                      sizeof(lie->key));
	if (status == AUTONOMI_OK)
		status = autonomi_message_set_address(message, "address",
		                                      AUTONOMI_ADDRESS_RECORD_KEY, lie->key,
		                                      sizeof(lie->key));
	if (status == AUTONOMI_OK)
		status = autonomi_message_set_bytes(message, "serialized_record", bytes, size);
	if (status == AUTONOMI_OK)
		status = autonomi_network_send_request(autonomi_node_network(client->node),
		                                       node->address, message, operation->tag,
		                                       NULL);
	autonomi_message_free(message);
	check(client->fleet, status, "telling a version");
	an_sim_operation_wait(operation, AN_MINUTES(OPERATION_MINUTES));
}

static void tell_all(struct an_sim_node *client, const struct lie *lie)
{
	struct an_sim_fleet *fleet = client->fleet;
	for (size_t i = 0; i < fleet->count && !fleet->failed; i++) {
		const size_t rank = an_sim_node_rank(fleet->nodes[i], lie->key);
		if (rank < HOLDERS)
			tell(client, fleet->nodes[i], lie, rank % FACES);
	}
}

/* ---- What there is. */

/* What the node holds; NULL: nothing. */
static const uint8_t *hash_at(const struct an_sim_node *node, const struct lie *lie)
{
	const struct an_store_entry *entry = an_store_find(autonomi_node_storage(node->node)->store,
	                                                   lie->key);
	return entry != NULL ? entry->content_hash : NULL;
}

static bool is_face(const struct lie *lie, const uint8_t *hash)
{
	for (size_t face = 0; hash != NULL && face < FACES; face++)
		if (memcmp(hash, lie->hashes[face], AN_HASH_SIZE) == 0)
			return true;
	return false;
}

/* Whether all holders hold the same, which is neither version alone. */
static bool agree_on_more(const struct an_sim_fleet *fleet, const struct lie *lie)
{
	const uint8_t *agreed = NULL;
	for (size_t i = 0; i < fleet->count; i++) {
		if (an_sim_node_rank(fleet->nodes[i], lie->key) >= HOLDERS)
			continue;
		const uint8_t *hash = hash_at(fleet->nodes[i], lie);
		if (hash == NULL || is_face(lie, hash) ||
		    (agreed != NULL && memcmp(agreed, hash, AN_HASH_SIZE) != 0))
			return false;
		agreed = hash;
	}
	return agreed != NULL;
}

static bool wait_for_agreement(struct an_sim_fleet *fleet, const struct lie *lie, const char *what)
{
	const an_time_us end = an_sim_world_now(fleet->world) + AN_SECONDS(SPREAD_SECONDS);
	while (!agree_on_more(fleet, lie)) {
		if (!an_sim_expect(fleet, an_sim_world_now(fleet->world) < end, "%s", what) ||
		    !an_sim_pass(fleet, AN_SECONDS(LOOK_SECONDS)))
			return false;
	}
	return true;
}

static void expect_faces(struct an_sim_fleet *fleet, const struct lie *lie)
{
	for (size_t i = 0; i < fleet->count && !fleet->failed; i++)
		if (an_sim_node_rank(fleet->nodes[i], lie->key) < HOLDERS)
			an_sim_expect(fleet, is_face(lie, hash_at(fleet->nodes[i], lie)),
			              "node %zu holds what no owner has signed", i);
}

/* ---- Who reads and mends. */

static const autonomi_event *get(struct an_sim_node *client, const struct lie *lie)
{
	struct an_sim_operation *operation = an_sim_operation_new(client);
	autonomi_status (*const gets[KINDS])(autonomi_node * node, const uint8_t *owner,
	                                     uint64_t tag,
	                                     autonomi_op *ret_op) = {autonomi_pointer_get,
	                                                             autonomi_scratchpad_get,
	                                                             autonomi_graph_entry_get};
	check(client->fleet, gets[lie->kind](client->node, lie->owner, operation->tag, NULL),
	      "a get");
	an_sim_operation_wait(operation, AN_MINUTES(OPERATION_MINUTES));
	return operation->event;
}

static void expect_read(struct an_sim_node *client, const struct lie *lie)
{
	struct an_sim_fleet *fleet = client->fleet;
	const autonomi_event *event = get(client, lie);
	if (fleet->failed)
		return;
	uint8_t hash[AN_HASH_SIZE];
	size_t size = 0;
	const uint8_t *data = autonomi_event_data(event, &size);
	an_sha3_256(an_span(data, size), hash);
	const autonomi_status status = autonomi_event_status(event);
	an_sim_expect(fleet, status == AUTONOMI_OK || status == AUTONOMI_E_FORK,
	              "a read of two versions ended with %s", autonomi_status_name(status));
	an_sim_expect(fleet, lie->kind == GRAPH_ENTRY || is_face(lie, hash),
	              "a read gave what no owner has signed");
	an_sim_expect(fleet, lie->kind != GRAPH_ENTRY || status == AUTONOMI_E_FORK,
	              "nobody was told that a graph entry has forked");
}

static void mend(struct an_sim_node *client, const struct lie *lie)
{
	static const uint8_t truth[CONTENT] = {1};
	struct an_sim_operation *operation = an_sim_operation_new(client);
	const autonomi_status status = lie->kind == POINTER
	                                       ? autonomi_pointer_update(client->node, lie->secret,
	                                                                 AUTONOMI_ADDRESS_CHUNK,
	                                                                 truth, CONTENT,
	                                                                 operation->tag, NULL)
	                                       : autonomi_scratchpad_update(client->node,
	                                                                    lie->secret, 0, truth,
	                                                                    CONTENT, operation->tag,
	                                                                    NULL);
	check(client->fleet, status, "an update");
	if (an_sim_operation_wait(operation, AN_MINUTES(OPERATION_MINUTES)))
		check(client->fleet, autonomi_event_status(operation->event), "mending a fork");
}

static void mend_and_read(struct an_sim_node *client, const struct lie *lie)
{
	struct an_sim_fleet *fleet = client->fleet;
	mend(client, lie);
	if (fleet->failed || !wait_for_agreement(fleet, lie, "a newer counter did not win"))
		return;
	const autonomi_event *event = get(client, lie);
	if (!fleet->failed)
		check(fleet, autonomi_event_status(event), "reading what was mended");
}

void an_sim_equivocation(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	struct lie lies[OWNERS * KINDS];
	const size_t count = sizeof(lies) / sizeof(lies[0]);
	if (!an_sim_grow(fleet, arguments))
		return;
	struct an_sim_node *liar = an_sim_fleet_client(fleet);
	struct an_sim_node *reader = liar != NULL ? an_sim_fleet_client(fleet) : NULL;
	an_sim_step(fleet, "owners say different things to different peers");
	for (size_t i = 0; i < count; i++)
		make_lie(fleet, (enum kind)(i % KINDS), &lies[i]);
	for (size_t i = 0; i < count && !fleet->failed; i++)
		tell_all(liar, &lies[i]);
	for (size_t i = 0; i < count && !fleet->failed; i++)
		if (lies[i].kind == GRAPH_ENTRY)
			wait_for_agreement(fleet, &lies[i],
			                   "a fork of graph entries did not spread");
		else
			expect_faces(fleet, &lies[i]);
	an_sim_step(fleet, "a client reads");
	for (size_t i = 0; i < count && !fleet->failed; i++)
		expect_read(reader, &lies[i]);
	an_sim_step(fleet, "the owners say one thing to all");
	for (size_t i = 0; i < count && !fleet->failed; i++)
		if (lies[i].kind != GRAPH_ENTRY)
			mend_and_read(reader, &lies[i]);
	for (size_t i = 0; i < count; i++)
		for (size_t face = 0; face < FACES; face++)
			autonomi_bytes_free(lies[i].values[face]);
}
