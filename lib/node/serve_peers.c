/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What this node knows of others (semantics 5.4): closest peers, and whether one is in trouble. */
#include "base/memory.h"
#include "node/serve.h"

/* ---- GetClosestPeers: from our own table, never ourselves. */

/* An answer that is signed before it goes. */
struct signing {
	struct an_job job;
	struct an_node *node;
	uint64_t inbound;
	struct an_address target;
	struct an_message_list peers; /* in `items` */
	struct an_blob *items, *covered;
	uint8_t signature[AN_SIGNATURE_MAX];
	size_t signature_size;
	an_status status;
};

static void sign(struct an_job *job)
{
	struct signing *signing = an_container_of(job, struct signing, job);
	signing->status = an_key_pair_sign(&signing->node->key_pair, an_blob_span(signing->covered),
	                                   signing->signature, &signing->signature_size);
}

static void reply_signed(struct signing *signing)
{
	struct an_response response = {.type = AN_RESPONSE_GET_CLOSEST_PEERS};
	struct an_buffer items;
	an_buffer_init(&items, AN_MESSAGE_OVERHEAD_MAX);
	response.get_closest_peers.target = signing->target;
	response.get_closest_peers.peers = signing->peers;
	response.get_closest_peers.has_signature = true;
	an_message_add_bytes(&items, &response.get_closest_peers.signature,
	                     an_span(signing->signature, signing->signature_size));
	if (items.failed == AUTONOMI_OK && signing->status == AUTONOMI_OK)
		an_serve_reply(signing->node, signing->inbound, &response);
	else
		an_link_refuse(signing->node->link, signing->inbound, AN_LINK_CODE_BUSY);
	an_buffer_done(&items);
}

static void signing_free(struct signing *signing)
{
	an_blob_unref(signing->items);
	an_blob_unref(signing->covered);
	an_node_pending_free(signing);
}

static void signed_now(struct an_job *job)
{
	struct signing *signing = an_container_of(job, struct signing, job);
	if (!job->skipped)
		reply_signed(signing);
	signing_free(signing);
}

static struct an_blob *bytes_covered(const struct an_response *response)
{
	struct an_buffer covered;
	an_buffer_init(&covered, AN_MESSAGE_RESPONSE_MAX);
	an_response_write_signed(&covered, response);
	struct an_blob *bytes = covered.failed == AUTONOMI_OK
	                                ? an_blob_copy(an_buffer_span(&covered))
	                                : NULL;
	an_buffer_done(&covered);
	return bytes;
}

static void sign_later(struct an_node *node, uint64_t inbound, const struct an_response *response)
{
	struct signing *signing = an_node_pending_new(node, sizeof(*signing));
	if (signing == NULL) {
		an_link_refuse(node->link, inbound, AN_LINK_CODE_BUSY);
		return;
	}
	*signing = (struct signing){
		.job = {.lane = AN_JOB_COMPUTE, .run = sign, .done = signed_now},
		.node = node,
		.inbound = inbound,
		.target = response->get_closest_peers.target,
		.peers = response->get_closest_peers.peers,
		.items = an_blob_copy(response->get_closest_peers.peers.items),
		.covered = bytes_covered(response),
	};
	if (signing->items != NULL && signing->covered != NULL) {
		signing->peers.items = an_blob_span(signing->items);
		an_node_submit(node, &signing->job);
	} else {
		an_link_refuse(node->link, inbound, AN_LINK_CODE_BUSY);
		signing_free(signing);
	}
}

struct within {
	struct an_dht_key target;
	const uint8_t *range;
	struct an_buffer *items;
	struct an_message_list *peers;
};

static void add_within(void *context, int bucket, const struct an_contact *contact,
                       an_time_us last_seen)
{
	(void)bucket;
	(void)last_seen;
	struct within *within = context;
	const struct an_dht_key key = an_peer_id_dht_key(&contact->id);
	const struct an_dht_key distance = an_dht_key_distance(&within->target, &key);
	if (memcmp(distance.bytes, within->range, AN_DHT_KEY_SIZE) <= 0)
		an_message_add_peer(within->items, within->peers, contact);
}

static void add_nearest(struct an_node *node, const struct an_dht_key *target, uint64_t wanted,
                        struct an_buffer *items, struct an_message_list *peers)
{
	const size_t known = an_kad_size(node->kad);
	const size_t capacity = wanted < known ? (size_t)wanted : known;
	struct an_contact *contacts = an_calloc(capacity + 1, sizeof(*contacts));
	if (contacts == NULL) {
		items->failed = AUTONOMI_E_NO_MEMORY;
		return;
	}
	const size_t count = an_kad_closest(node->kad, target, contacts, capacity);
	for (size_t i = 0; i < count; i++)
		an_message_add_peer(items, peers, &contacts[i]);
	an_free(contacts);
}

/* A range wins over a count, and its peers come in no order; without either there are none. */
static void add_peers(struct an_node *node, const struct an_request *request,
                      struct an_buffer *items, struct an_message_list *peers)
{
	uint8_t space[AN_RECORD_NAME_SIZE];
	struct within within = {
		.target = an_dht_key_of(
			an_address_record_key(&request->get_closest_peers.key, space)),
		.range = request->get_closest_peers.range,
		.items = items,
		.peers = peers,
	};
	if (request->get_closest_peers.has_range)
		an_kad_visit(node->kad, add_within, &within);
	else if (request->get_closest_peers.has_count)
		add_nearest(node, &within.target, request->get_closest_peers.count, items, peers);
}

void an_serve_closest_peers(struct an_node *node, uint64_t inbound,
                            const struct an_request *request)
{
	struct an_response response = {.type = AN_RESPONSE_GET_CLOSEST_PEERS};
	struct an_buffer items;
	an_buffer_init(&items, AN_MESSAGE_RESPONSE_MAX);
	response.get_closest_peers.target = request->get_closest_peers.key;
	add_peers(node, request, &items, &response.get_closest_peers.peers);
	response.get_closest_peers.peers.items = an_buffer_span(&items);
	if (items.failed != AUTONOMI_OK)
		an_link_refuse(node->link, inbound, AN_LINK_CODE_BUSY);
	else if (request->get_closest_peers.sign_result)
		sign_later(node, inbound, &response);
	else
		an_serve_reply(node, inbound, &response);
	an_buffer_done(&items);
}

/* ---- DevGetClosestPeersFromNetwork. */

static void found(void *context, const struct an_kad_result *result)
{
	struct an_serve_pending *pending = context;
	struct an_node *node = pending->node;
	struct an_response response = {.type = AN_RESPONSE_DEV_GET_CLOSEST_PEERS_FROM_NETWORK};
	struct an_buffer items;
	an_buffer_init(&items, AN_MESSAGE_RESPONSE_MAX);
	response.dev_get_closest_peers.target = pending->address;
	response.dev_get_closest_peers.queried_node = an_address_of_peer(
		&node->key_pair.identity.id);
	for (size_t i = 0; i < result->count && i < pending->wanted; i++)
		an_message_add_peer(&items, &response.dev_get_closest_peers.peers,
		                    &result->contacts[i]);
	if (items.failed == AUTONOMI_OK)
		an_serve_reply(node, pending->inbound, &response);
	else
		an_link_refuse(node->link, pending->inbound, AN_LINK_CODE_BUSY);
	an_buffer_done(&items);
	an_node_pending_free(pending);
}

void an_serve_closest_of_network(struct an_node *node, uint64_t inbound,
                                 const struct an_request *request)
{
	struct an_serve_pending *pending = an_serve_later(node, inbound);
	if (pending == NULL)
		return;
	uint8_t space[AN_RECORD_NAME_SIZE];
	uint64_t lookup = 0;
	pending->address = request->dev_get_closest_peers.key;
	pending->wanted = request->dev_get_closest_peers.has_count
	                          ? request->dev_get_closest_peers.count
	                          : node->profile.k;
	const struct an_span name = an_address_record_key(&pending->address, space);
	const an_status status = an_kad_lookup(node->kad, name, node->profile.k, node->now, found,
	                                       pending, &lookup);
	if (status == AUTONOMI_OK)
		return;
	an_link_refuse(node->link, inbound,
	               an_serve_is_busy(status) ? AN_LINK_CODE_BUSY : AN_LINK_CODE_UNSUPPORTED);
	an_node_pending_free(pending);
}

/* ---- Peers in trouble: those that this node has blocked itself. */

static bool is_bad(struct an_node *node, const struct an_address *address)
{
	struct an_peer_id id;
	return address->type == AN_ADDRESS_PEER_ID &&
	       an_peer_id_from_bytes(&id, an_span(address->bytes, address->size)) == AUTONOMI_OK &&
	       an_node_is_blocked(node, &id);
}

void an_serve_node_in_problem(struct an_node *node, uint64_t inbound,
                              const struct an_request *request)
{
	struct an_response response = {.type = AN_RESPONSE_CHECK_NODE_IN_PROBLEM};
	response.check_node_in_problem.reporter_address = an_address_of_peer(
		&node->key_pair.identity.id);
	response.check_node_in_problem.target_address = request->check_node_in_problem.address;
	response.check_node_in_problem.is_in_trouble = is_bad(
		node, &request->check_node_in_problem.address);
	an_serve_reply(node, inbound, &response);
}

/* Answered at once. It means something only where we are the bad peer: then somebody shuns us. */
void an_serve_considered_as_bad(struct an_node *node, uint64_t inbound,
                                const struct an_request *request)
{
	const struct an_address self = an_address_of_peer(&node->key_pair.identity.id);
	const struct an_response response = {.type = AN_RESPONSE_PEER_CONSIDERED_AS_BAD};
	an_serve_reply(node, inbound, &response);
	if (!an_address_equal(&request->peer_considered_as_bad.bad_peer, &self))
		return;
	node->shunned++;
	if (an_log_rate_admit(&node->log_shunned, node->now, AN_NODE_LOG_INTERVAL))
		an_log(node->logger, AN_LOG_WARNING, "node", "a peer considers this node as bad");
}
