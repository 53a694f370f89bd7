/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What this node answers to the requests of peers (semantics 5.4, docs/wire.md). */
#include "node/serve.h"

#include "data/kademlia.h"
#include "ident/multiaddr.h"
#include "node/replicate.h"

struct an_serve_pending *an_serve_later(struct an_node *node, uint64_t inbound)
{
	struct an_serve_pending *pending = an_node_pending_new(node, sizeof(*pending));
	if (pending == NULL)
		an_link_refuse(node->link, inbound, AN_LINK_CODE_BUSY);
	else
		*pending = (struct an_serve_pending){.node = node, .inbound = inbound};
	return pending;
}

bool an_serve_is_busy(an_status status)
{
	return status == AUTONOMI_E_BUSY || status == AUTONOMI_E_NO_MEMORY ||
	       status == AUTONOMI_E_CANCELLED;
}

void an_serve_reply_blob(struct an_node *node, uint64_t inbound, enum an_link_kind kind,
                         struct an_blob *message)
{
	if (message != NULL)
		an_link_reply(node->link, inbound, kind, &message, 1);
	else
		an_link_refuse(node->link, inbound, AN_LINK_CODE_INTERNAL);
	an_blob_unref(message);
}

void an_serve_reply(struct an_node *node, uint64_t inbound, const struct an_response *response)
{
	struct an_blob *message = NULL;
	const an_status status = an_response_encode_blob(response, &message);
	an_serve_reply_blob(node, inbound, AN_LINK_KIND_MESSAGE,
	                    status == AUTONOMI_OK ? message : NULL);
}

/* FIND_NODE: up to K closest peers of our table (semantics 5.7). */
static void serve_kademlia(struct an_node *node, uint64_t inbound, struct an_span body)
{
	struct an_kademlia_message message;
	const an_status decoded = an_kademlia_decode(body, &message);
	if (decoded != AUTONOMI_OK) {
		an_link_refuse(node->link, inbound,
		               decoded == AUTONOMI_E_UNSUPPORTED ? AN_LINK_CODE_UNSUPPORTED
		                                                 : AN_LINK_CODE_MALFORMED);
		return;
	}
	struct an_contact closest[AN_KAD_CLOSEST_MAX];
	const struct an_dht_key target = an_dht_key_of(message.key);
	const size_t count = an_kad_closest(node->kad, &target, closest, node->profile.k);
	struct an_buffer answer;
	an_buffer_init(&answer, AN_KADEMLIA_ANSWER_MAX);
	const an_status status = an_kademlia_encode_peers(closest, count, &answer);
	an_serve_reply_blob(node, inbound, AN_LINK_KIND_KADEMLIA,
	                    status == AUTONOMI_OK ? an_blob_copy(an_buffer_span(&answer)) : NULL);
	an_buffer_done(&answer);
}

/* How we see the peer, as a binary multiaddress (DESIGN 4). */
static void serve_address(struct an_node *node, uint64_t inbound, const struct an_link_peer *peer)
{
	struct an_buffer answer;
	an_buffer_init(&answer, AN_MULTIADDR_MAX);
	const an_status status = an_multiaddr_of(&answer, &peer->remote, &peer->identity.id);
	an_serve_reply_blob(node, inbound, AN_LINK_KIND_ADDRESS,
	                    status == AUTONOMI_OK ? an_blob_copy(an_buffer_span(&answer)) : NULL);
	an_buffer_done(&answer);
}

/* Our own table, never ourselves; a range wins over a count (semantics 5.4). */
static size_t closest_wanted(struct an_node *node, const struct an_request *request,
                             struct an_contact *contacts)
{
	uint8_t space[AN_RECORD_NAME_SIZE];
	const struct an_dht_key target = an_dht_key_of(
		an_address_record_key(&request->get_closest_peers.key, space));
	size_t wanted = 0;
	if (request->get_closest_peers.has_range)
		wanted = AN_KAD_CLOSEST_MAX;
	else if (request->get_closest_peers.has_count)
		wanted = request->get_closest_peers.count < AN_KAD_CLOSEST_MAX
		                 ? (size_t)request->get_closest_peers.count
		                 : AN_KAD_CLOSEST_MAX;
	size_t count = an_kad_closest(node->kad, &target, contacts, wanted);
	if (!request->get_closest_peers.has_range)
		return count;
	while (count > 0) {
		const struct an_dht_key key = an_peer_id_dht_key(&contacts[count - 1].id);
		const struct an_dht_key distance = an_dht_key_distance(&target, &key);
		if (memcmp(distance.bytes, request->get_closest_peers.range, AN_DHT_KEY_SIZE) <= 0)
			break;
		count--;
	}
	return count;
}

static void serve_closest_peers(struct an_node *node, uint64_t inbound,
                                const struct an_request *request)
{
	struct an_contact contacts[AN_KAD_CLOSEST_MAX];
	const size_t count = closest_wanted(node, request, contacts);
	struct an_response response = {.type = AN_RESPONSE_GET_CLOSEST_PEERS};
	response.get_closest_peers.target = request->get_closest_peers.key;
	struct an_buffer items;
	an_buffer_init(&items, AN_KADEMLIA_ANSWER_MAX);
	for (size_t i = 0; i < count; i++)
		an_message_add_peer(&items, &response.get_closest_peers.peers, &contacts[i]);
	response.get_closest_peers.peers.items = an_buffer_span(&items);
	if (items.failed != AUTONOMI_OK)
		an_link_refuse(node->link, inbound, AN_LINK_CODE_BUSY);
	else if (request->get_closest_peers.sign_result)
		an_link_refuse(node->link, inbound, AN_LINK_CODE_UNSUPPORTED);
	else
		an_serve_reply(node, inbound, &response);
	an_buffer_done(&items);
}

static void serve_version(struct an_node *node, uint64_t inbound)
{
	struct an_response response = {.type = AN_RESPONSE_GET_VERSION};
	response.get_version.peer = an_address_of_peer(&node->key_pair.identity.id);
	response.get_version.version = an_span_text(node->config.node_version);
	an_serve_reply(node, inbound, &response);
}

static void serve_message(struct an_node *node, uint64_t inbound, const struct an_link_peer *peer,
                          const struct an_link_request *raw)
{
	struct an_buffer scratch;
	an_buffer_init(&scratch, raw->body.size);
	struct an_request request;
	const an_status status = an_request_decode(raw->body, node->profile.record_form, &scratch,
	                                           &request);
	if (status != AUTONOMI_OK) {
		an_link_refuse(node->link, inbound,
		               status == AUTONOMI_E_UNSUPPORTED ? AN_LINK_CODE_UNSUPPORTED
		               : status == AUTONOMI_E_PROTOCOL  ? AN_LINK_CODE_MALFORMED
		                                                : AN_LINK_CODE_BUSY);
		an_buffer_done(&scratch);
		return;
	}
	switch ((int)request.type) {
	case AN_REQUEST_REPLICATE:
		an_serve_replicate(node, inbound, &request, peer);
		break;
	case AN_REQUEST_GET_REPLICATED_RECORD:
		an_serve_get_record(node, inbound, &request);
		break;
	case AN_REQUEST_PUT_RECORD:
		an_serve_put_record(node, inbound, &request, peer, raw);
		break;
	case AN_REQUEST_GET_CHUNK_EXISTENCE_PROOF:
		an_serve_existence_proof(node, inbound, &request);
		break;
	case AN_REQUEST_GET_CLOSEST_PEERS:
		serve_closest_peers(node, inbound, &request);
		break;
	case AN_REQUEST_GET_VERSION:
		serve_version(node, inbound);
		break;
	default:
		an_link_refuse(node->link, inbound, AN_LINK_CODE_UNSUPPORTED);
	}
	an_buffer_done(&scratch);
}

void an_node_serve(struct an_node *node, uint64_t inbound, const struct an_link_peer *peer,
                   const struct an_link_request *request)
{
	if (node->config.role == AN_NODE_ROLE_CLIENT || node->state == AN_NODE_LEAVING) {
		an_link_refuse(node->link, inbound, AN_LINK_CODE_SHUTDOWN);
		return;
	}
	switch (request->kind) {
	case AN_LINK_KIND_MESSAGE:
		serve_message(node, inbound, peer, request);
		break;
	case AN_LINK_KIND_KADEMLIA:
		serve_kademlia(node, inbound, request->body);
		break;
	case AN_LINK_KIND_ADDRESS:
		serve_address(node, inbound, peer);
		break;
	}
}
