/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/agreement.h"

#include <string.h>

#include "base/memory.h"
#include "client/internal.h"
#include "data/message.h"

enum { TRIES = 2 }; /* semantics 6.13 */

struct agreement;

/* A request under way. */
struct ask {
	struct agreement *agreement; /* NULL: free */
	enum an_kad_majority_want_type type;
	size_t peer;
	uint64_t request;
};

enum state {
	STATE_BEGUN,
	STATE_LOOKING,
	STATE_FAILED, /* the lookup, just now */
	STATE_WAITING,
	STATE_ASKING,
};

struct agreement {
	struct an_client_operation operation;
	enum state state;
	struct an_address target;
	size_t wanted;
	unsigned tries;
	uint64_t lookup; /* or 0 */
	struct an_kad_majority *majority;
	struct ask asks[AN_KAD_MAJORITY_MAX];
	struct an_contact result[AN_KAD_MAJORITY_MAX];
};

/* ---- Requests. */

static an_status names_of(struct an_span body, struct an_contact names[AN_KAD_MAJORITY_NAMED],
                          size_t *ret_count)
{
	struct an_response response;
	struct an_message_peer peer;
	struct an_buffer scratch;
	*ret_count = 0;
	an_buffer_init(&scratch, body.size);
	an_status status = an_response_decode(body, &scratch, &response);
	if (status == AUTONOMI_OK && response.type != AN_RESPONSE_GET_CLOSEST_PEERS)
		status = AUTONOMI_E_PROTOCOL;
	while (status == AUTONOMI_OK && *ret_count < AN_KAD_MAJORITY_NAMED &&
	       an_message_next_peer(&response.get_closest_peers.peers, &peer))
		names[(*ret_count)++] = peer.contact;
	an_buffer_done(&scratch);
	return status;
}

static void answered(void *context, an_status status, struct an_blob *message, struct an_span body)
{
	struct ask *ask = context;
	struct agreement *agreement = ask->agreement;
	struct an_contact names[AN_KAD_MAJORITY_NAMED];
	size_t count = 0;
	(void)message;
	ask->agreement = NULL;
	if (status == AUTONOMI_OK && ask->type == AN_KAD_MAJORITY_ASK)
		status = names_of(body, names, &count);
	if (status != AUTONOMI_OK)
		an_kad_majority_failed(agreement->majority, ask->peer);
	else if (ask->type == AN_KAD_MAJORITY_ASK)
		an_kad_majority_named(agreement->majority, ask->peer, names, count);
	else
		an_kad_majority_proven(agreement->majority, ask->peer);
	an_client_soon(&agreement->operation);
}

static struct an_request request_of(const struct agreement *agreement,
                                    const struct an_kad_majority_want *want)
{
	struct an_request request = {.type = AN_REQUEST_GET_VERSION};
	if (want->type == AN_KAD_MAJORITY_PROVE) {
		request.get_version.address = an_address_of_peer(&want->contact.id);
		return request;
	}
	request.type = AN_REQUEST_GET_CLOSEST_PEERS;
	request.get_closest_peers.key = agreement->target;
	request.get_closest_peers.has_count = true;
	request.get_closest_peers.count = want->count;
	return request;
}

static an_status send(struct agreement *agreement, struct ask *ask,
                      const struct an_kad_majority_want *want)
{
	const struct an_client *client = agreement->operation.client;
	const struct an_client_network *network = &client->network;
	const struct an_request request = request_of(agreement, want);
	struct an_blob *message = NULL;
	an_status status = an_request_encode_blob(&request, client->profile->record_form, &message);
	if (status == AUTONOMI_OK)
		status = network->ask(network->context, &want->contact, &message, 1,
		                      2 * client->profile->handshake_timeout, answered, ask,
		                      &ask->request);
	an_blob_unref(message);
	return status;
}

static void ask(struct agreement *agreement, const struct an_kad_majority_want *want)
{
	struct ask *free = agreement->asks;
	while (free->agreement != NULL)
		free++;
	*free = (struct ask){.agreement = agreement, .type = want->type, .peer = want->peer};
	if (send(agreement, free, want) == AUTONOMI_OK)
		return;
	free->agreement = NULL;
	an_kad_majority_failed(agreement->majority, want->peer);
}

/* ---- The lookup. */

static void found(void *context, an_status status, const struct an_contact *contacts, size_t count)
{
	struct agreement *agreement = context;
	struct an_client *client = agreement->operation.client;
	const struct an_kad_majority_config config = {
		.self = client->self,
		.target = an_dht_key_of(an_span(agreement->target.bytes, agreement->target.size)),
		.wanted = agreement->wanted,
		.client = !client->is_node,
		.private_addresses = client->private_addresses,
	};
	agreement->lookup = 0;
	agreement->state = STATE_FAILED;
	/* What a lookup found until its time was over is true. */
	if (count > 0)
		status = an_kad_majority_new(&config, contacts, count, &agreement->majority);
	if (agreement->majority != NULL)
		agreement->state = STATE_ASKING;
	if (status == AUTONOMI_E_NO_MEMORY)
		an_client_end_no_memory(&agreement->operation);
	an_client_soon(&agreement->operation);
}

static void look_up(struct agreement *agreement)
{
	const struct an_client_network *network = &agreement->operation.client->network;
	const struct an_client_lookup lookup = {
		.name = an_span(agreement->target.bytes, agreement->target.size),
		.count = agreement->wanted,
		.hurried = true,
		.found = found,
		.context = agreement,
	};
	agreement->tries++;
	agreement->state = STATE_LOOKING;
	if (network->closest(network->context, &lookup, &agreement->lookup) == AUTONOMI_OK)
		return;
	agreement->lookup = 0;
	agreement->state = STATE_FAILED;
	an_client_soon(&agreement->operation);
}

/* ---- The operation. */

static void try_again(struct agreement *agreement)
{
	struct an_client *client = agreement->operation.client;
	if (agreement->tries == TRIES) {
		an_client_end(&agreement->operation, AUTONOMI_E_NO_PEERS,
		              "no peer was found; check that the network can be reached");
		return;
	}
	const an_time_us wait = an_client_retry_wait(client, agreement->tries);
	agreement->state = STATE_WAITING;
	an_client_set_timer(client, &agreement->operation.timer,
	                    an_time_after(an_client_now(client), wait));
}

static void ask_all(struct agreement *agreement)
{
	struct an_kad_majority_want want;
	while (an_kad_majority_next(agreement->majority, &want))
		ask(agreement, &want);
	if (!an_kad_majority_done(agreement->majority))
		return;
	struct an_client_result *result = &agreement->operation.result;
	result->holder_count = an_kad_majority_result(agreement->majority, agreement->result);
	result->holders = agreement->result;
	an_client_end(&agreement->operation, AUTONOMI_OK, "%s", "");
}

static void advance(struct an_client_operation *operation)
{
	struct agreement *agreement = an_container_of(operation, struct agreement, operation);
	switch (agreement->state) {
	case STATE_BEGUN:
	case STATE_WAITING:
		look_up(agreement);
		break;
	case STATE_LOOKING:
		break;
	case STATE_FAILED:
		try_again(agreement);
		break;
	case STATE_ASKING:
		ask_all(agreement);
		break;
	}
}

static void stop(struct an_client_operation *operation)
{
	struct agreement *agreement = an_container_of(operation, struct agreement, operation);
	const struct an_client_network *network = &operation->client->network;
	network->cancel(network->context, agreement->lookup);
	agreement->lookup = 0;
	for (size_t i = 0; i < AN_KAD_MAJORITY_MAX; i++) {
		if (agreement->asks[i].agreement != NULL)
			network->cancel(network->context, agreement->asks[i].request);
		agreement->asks[i].agreement = NULL;
	}
}

static void release(struct an_client_operation *operation)
{
	struct agreement *agreement = an_container_of(operation, struct agreement, operation);
	an_kad_majority_free(agreement->majority);
	an_free(agreement);
}

an_status an_client_find_agreed(struct an_client *client, struct an_span name, size_t count,
                                an_client_done *done, void *context, uint64_t *ret_id)
{
	static const struct an_client_operation_kind kind = {advance, stop, release};
	if (name.size == 0 || name.size > AN_PEER_ID_MAX || count == 0 ||
	    count > AN_KAD_MAJORITY_MAX)
		return AUTONOMI_E_INVALID;
	struct agreement *agreement = an_calloc(1, sizeof(*agreement));
	if (agreement == NULL)
		return AUTONOMI_E_NO_MEMORY;
	agreement->target = (struct an_address){.type = AN_ADDRESS_RECORD_KEY,
	                                        .size = (uint8_t)name.size};
	memcpy(agreement->target.bytes, name.data, name.size);
	agreement->wanted = count;
	an_client_begin(client, &agreement->operation, &kind, done, context, ret_id);
	return AUTONOMI_OK;
}
