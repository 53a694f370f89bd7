/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a running node offers its host: peers are brought into the table, any peer is asked anything, a
 * round of replication begins when the host wants it, and records are there as bytes. */
#include <autonomi/record.h>
#include <string.h>

#include "sim/scenario.h"

enum {
	OPERATION_MINUTES = 10,
	ROUND_MINUTES = 20, /* until a table has converged, and a round has ended */
	RECORDS = 20,
	RECORD_SIZE = 1000,
	CROWD = 40, /* nodes from which on a k-bucket is full */
};

static const autonomi_event *ended(struct an_sim_operation *operation, autonomi_status submitted,
                                   const char *what)
{
	return an_sim_operation_end(operation, submitted, what, AN_MINUTES(OPERATION_MINUTES));
}

static bool expect_ok(struct an_sim_fleet *fleet, const autonomi_event *event, const char *what)
{
	return event != NULL &&
	       an_sim_expect(fleet, autonomi_event_status(event) == AUTONOMI_OK, "%s: %s (%s)",
	                     what, autonomi_status_name(autonomi_event_status(event)),
	                     autonomi_event_message(event));
}

/* ---- Every node is asked for its version by one client. */

static bool ask_version(struct an_sim_node *client, const struct an_sim_node *node)
{
	autonomi_message *request = NULL;
	uint8_t id[AUTONOMI_PEER_ID_MAX];
	size_t size = 0;
	autonomi_request_new("Query.GetVersion", &request);
	autonomi_peer_id_from_text(node->id, id, &size);
	autonomi_message_set_address(request, "address", AUTONOMI_ADDRESS_PEER_ID, id, size);
	struct an_sim_operation *operation = an_sim_operation_new(client);
	const autonomi_status submitted = autonomi_network_send_request(
		autonomi_node_network(client->node), node->address, request, operation->tag, NULL);
	autonomi_message_free(request);
	const autonomi_event *event = ended(operation, submitted, "a request");
	return expect_ok(client->fleet, event, "a request to a node") &&
	       an_sim_expect(client->fleet,
	                     strcmp(autonomi_event_text(event), "Query.GetVersion") == 0,
	                     "the response is %s", autonomi_event_text(event));
}

static bool ask_everybody(struct an_sim_node *client)
{
	struct an_sim_fleet *fleet = client->fleet;
	for (size_t i = 0; i < fleet->count && !fleet->failed; i++) {
		if (!fleet->nodes[i]->is_client && fleet->nodes[i]->state == AN_SIM_NODE_UP)
			ask_version(client, fleet->nodes[i]);
	}
	return !fleet->failed;
}

/* ---- Peers that are connected are brought into the table. */

static const autonomi_event *table_of(struct an_sim_node *node)
{
	struct an_sim_operation *operation = an_sim_operation_new(node);
	return ended(operation,
	             autonomi_dht_table(autonomi_node_dht(node->node), operation->tag, NULL),
	             "a look at the table");
}

static bool has_peer(const autonomi_event *event, const char *id)
{
	autonomi_peer_view peer;
	for (size_t i = 0; autonomi_event_peer(event, i, &peer, sizeof(peer)) == AUTONOMI_OK; i++) {
		if (strcmp(peer.id, id) == 0)
			return true;
	}
	return false;
}

/* Whoever the node adds is in its table afterwards, unless that has no room for it. */
static bool add(struct an_sim_node *node, const char *peer, size_t *ret_full)
{
	struct an_sim_fleet *fleet = node->fleet;
	struct an_sim_operation *operation = an_sim_operation_new(node);
	const autonomi_status submitted = autonomi_dht_add_peer(autonomi_node_dht(node->node), peer,
	                                                        operation->tag, NULL);
	if (submitted == AUTONOMI_E_NOT_FOUND) { /* its connection has ended meanwhile */
		an_sim_operation_refused(operation);
		return true;
	}
	const autonomi_event *event = ended(operation, submitted, "a peer to add");
	if (event == NULL)
		return false;
	const autonomi_status status = autonomi_event_status(event);
	*ret_full += status == AUTONOMI_E_FULL;
	if (!an_sim_expect(fleet, status == AUTONOMI_OK || status == AUTONOMI_E_FULL,
	                   "adding a peer: %s (%s)", autonomi_status_name(status),
	                   autonomi_event_message(event)))
		return false;
	const autonomi_event *table = table_of(node);
	return table != NULL &&
	       an_sim_expect(fleet, has_peer(table, peer) == (status == AUTONOMI_OK),
	                     "adding a peer ended with %s, and the table says otherwise",
	                     autonomi_status_name(status));
}

static bool add_connected(struct an_sim_node *node, size_t *ret_full)
{
	struct an_sim_operation *operation = an_sim_operation_new(node);
	const autonomi_event *event = ended(
		operation,
		autonomi_network_peers(autonomi_node_network(node->node), operation->tag, NULL),
		"a look at the connections");
	autonomi_peer_view peer;
	for (size_t i = 0; event != NULL && !node->fleet->failed &&
	                   autonomi_event_peer(event, i, &peer, sizeof(peer)) == AUTONOMI_OK;
	     i++) {
		if ((peer.flags & AUTONOMI_PEER_CLIENT) == 0)
			add(node, peer.id, ret_full);
	}
	return !node->fleet->failed;
}

static bool add_peers(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	size_t full = 0;
	struct an_sim_node *newcomer = an_sim_node_add(fleet, false);
	if (!an_sim_node_start(newcomer) || !an_sim_pass(fleet, AN_SECONDS(3)))
		return false;
	for (size_t i = 0; i < 3 && i < arguments->nodes && !fleet->failed; i++)
		add_connected(fleet->nodes[i], &full);
	return !fleet->failed && an_sim_expect(fleet, full > 0 || arguments->nodes < CROWD,
	                                       "no table was full, so nothing was seen of that");
}

/* ---- Rounds of replication. */

static autonomi_status replicate(struct an_sim_node *node)
{
	struct an_sim_operation *operation = an_sim_operation_new(node);
	const autonomi_event *event = ended(
		operation,
		autonomi_storage_replicate(autonomi_node_storage(node->node), operation->tag, NULL),
		"a round of replication");
	return event != NULL ? autonomi_event_status(event) : AUTONOMI_E_INTERNAL;
}

static uint64_t told_by(const struct an_sim_node *node)
{
	uint64_t told = 0;
	autonomi_node_counter(node->node, "replication_keys_told", &told);
	return told;
}

static bool replicate_now(struct an_sim_node *node)
{
	struct an_sim_fleet *fleet = node->fleet;
	const an_time_us until = an_sim_world_now(fleet->world) + AN_MINUTES(ROUND_MINUTES);
	uint64_t before = told_by(node);
	autonomi_status status = replicate(node);
	while ((status == AUTONOMI_E_NO_PEERS || status == AUTONOMI_E_BUSY) &&
	       an_sim_world_now(fleet->world) < until && an_sim_pass(fleet, AN_SECONDS(10))) {
		before = told_by(node);
		status = replicate(node);
	}
	if (!an_sim_expect(fleet, status == AUTONOMI_OK, "no round of replication began: %s",
	                   autonomi_status_name(status)) ||
	    !an_sim_pass(fleet, AN_SECONDS(1)))
		return false;
	status = replicate(node);
	if (!an_sim_expect(fleet, status == AUTONOMI_E_BUSY, "a second round at once: %s",
	                   autonomi_status_name(status)) ||
	    !an_sim_pass(fleet, AN_SECONDS(20)))
		return false;
	return an_sim_expect(fleet,
	                     autonomi_storage_count(autonomi_node_storage(node->node)) == 0 ||
	                             told_by(node) > before,
	                     "the round told nobody anything");
}

/* ---- A chunk as a record value, by its record key. */

static bool read_as_bytes(struct an_sim_node *client)
{
	struct an_sim_fleet *fleet = client->fleet;
	struct an_sim_operation *operation = an_sim_operation_new(client);
	const autonomi_event *event = ended(operation,
	                                    autonomi_record_get(client->node,
	                                                        AUTONOMI_ADDRESS_RECORD_KEY,
	                                                        fleet->records[0].address,
	                                                        sizeof(fleet->records[0].address),
	                                                        operation->tag, NULL),
	                                    "a get by record key");
	size_t size = 0;
	uint8_t key[AUTONOMI_NAME_SIZE];
	if (!expect_ok(fleet, event, "a get by record key"))
		return false;
	const uint8_t *value = autonomi_event_data(event, &size);
	return an_sim_expect(fleet,
	                     autonomi_record_key(value, size, key) == AUTONOMI_OK &&
	                             memcmp(key, fleet->records[0].address, sizeof(key)) == 0,
	                     "%zu bytes came that are not the record", size) &&
	       an_sim_expect(fleet,
	                     size > RECORD_SIZE && autonomi_event_count(event) > 1 &&
	                             autonomi_event_peer_count(event) ==
	                                     autonomi_event_count(event),
	                     "%zu bytes came, of %llu peers", size,
	                     (unsigned long long)autonomi_event_count(event));
}

/* Of a node that knows enough others. */
static bool expect_range(struct an_sim_node *node)
{
	uint8_t range[AUTONOMI_NAME_SIZE];
	const autonomi_status status = autonomi_dht_responsible_range(autonomi_node_dht(node->node),
	                                                              range);
	const size_t others = an_sim_fleet_up(node->fleet) - 1;
	const bool ok = status == (others >= 7 ? AUTONOMI_OK : AUTONOMI_E_NO_PEERS);
	return an_sim_expect(node->fleet, ok, "of %zu others the range is: %s", others,
	                     autonomi_status_name(status));
}

void an_sim_interface(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	if (!an_sim_grow(fleet, arguments))
		return;
	struct an_sim_node *client = an_sim_fleet_client(fleet);
	if (client == NULL || !an_sim_step(fleet, "a client asks every node for its version") ||
	    !ask_everybody(client))
		return;
	if (an_sim_step(fleet, "a client puts 20 chunks, and reads one as a record") &&
	    an_sim_put(client, RECORDS, RECORD_SIZE, RECORDS, an_sim_full_copies(arguments)) &&
	    read_as_bytes(client) &&
	    an_sim_step(fleet, "a node comes, and others add who is connected") &&
	    add_peers(fleet, arguments) &&
	    an_sim_step(fleet, "a node's host wants a round of replication"))
		if (replicate_now(fleet->nodes[0]))
			expect_range(fleet->nodes[0]);
}
