/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What this node answers to the requests of peers (semantics 5.4, docs/wire.md). */
#include "node/serve.h"

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

static void serve_version(struct an_node *node, uint64_t inbound)
{
	struct an_response response = {.type = AN_RESPONSE_GET_VERSION};
	response.get_version.peer = an_address_of_peer(&node->key_pair.identity.id);
	response.get_version.version = an_span_text(node->config.node_version);
	an_serve_reply(node, inbound, &response);
}

static void serve_request(struct an_node *node, uint64_t inbound, const struct an_link_peer *peer,
                          const struct an_link_request *raw, const struct an_request *request)
{
	switch (request->type) {
	case AN_REQUEST_REPLICATE:
		an_serve_replicate(node, inbound, request, peer);
		break;
	case AN_REQUEST_FRESH_REPLICATE:
		an_serve_fresh_replicate(node, inbound, request, peer);
		break;
	case AN_REQUEST_PEER_CONSIDERED_AS_BAD:
		an_serve_considered_as_bad(node, inbound, request);
		break;
	case AN_REQUEST_GET_STORE_QUOTE:
		an_serve_store_quote(node, inbound, request, peer);
		break;
	case AN_REQUEST_GET_REPLICATED_RECORD:
		an_serve_get_record(node, inbound, request);
		break;
	case AN_REQUEST_GET_CHUNK_EXISTENCE_PROOF:
		an_serve_existence_proof(node, inbound, request, peer);
		break;
	case AN_REQUEST_CHECK_NODE_IN_PROBLEM:
		an_serve_node_in_problem(node, inbound, request);
		break;
	case AN_REQUEST_GET_CLOSEST_PEERS:
		an_serve_closest_peers(node, inbound, request);
		break;
	case AN_REQUEST_GET_VERSION:
		serve_version(node, inbound);
		break;
	case AN_REQUEST_PUT_RECORD:
		an_serve_put_record(node, inbound, request, peer, raw);
		break;
	case AN_REQUEST_GET_MERKLE_CANDIDATE_QUOTE:
		an_serve_merkle_quote(node, inbound, request, peer);
		break;
	case AN_REQUEST_DEV_GET_CLOSEST_PEERS_FROM_NETWORK:
		an_serve_closest_of_network(node, inbound, request);
		break;
	case AN_REQUEST_TYPES:
		an_link_refuse(node->link, inbound, AN_LINK_CODE_UNSUPPORTED);
	}
}

static enum an_link_code code_of(an_status decoded)
{
	switch ((int)decoded) {
	case AUTONOMI_E_UNSUPPORTED:
		return AN_LINK_CODE_UNSUPPORTED;
	case AUTONOMI_E_PROTOCOL:
		return AN_LINK_CODE_MALFORMED;
	case AUTONOMI_E_TOO_LARGE:
		return AN_LINK_CODE_TOO_LARGE;
	default:
		return AN_LINK_CODE_BUSY;
	}
}

static void serve_message(struct an_node *node, uint64_t inbound, const struct an_link_peer *peer,
                          const struct an_link_request *raw)
{
	struct an_buffer scratch;
	an_buffer_init(&scratch, raw->body.size);
	struct an_request request;
	const an_status status = an_request_decode(raw->body, node->profile.record_form, &scratch,
	                                           &request);
	if (status == AUTONOMI_OK)
		serve_request(node, inbound, peer, raw, &request);
	else
		an_link_refuse(node->link, inbound, code_of(status));
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
		an_serve_kademlia(node, inbound, peer, request);
		break;
	case AN_LINK_KIND_ADDRESS:
		serve_address(node, inbound, peer);
		break;
	}
}
