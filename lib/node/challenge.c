/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The proofs of a storage challenge and of replica health (semantics 6.10): our own, and those of the
 * peers that are asked. */
#include "node/replicate.h"
#include "node/serve.h"

struct pending_proofs {
	struct an_node *node;
	uint64_t token;
};

/* `list` is NULL where there is none. */
static void end(struct pending_proofs *pending, an_status status,
                const struct an_message_list *list)
{
	struct an_node *node = pending->node;
	if (node->replication != NULL && list != NULL)
		an_repl_proofs(node->replication->repl, pending->token, *list, an_node_now(node));
	if (node->replication != NULL)
		an_repl_ended(node->replication->repl, pending->token,
		              an_node_replication_verdict(status), an_node_now(node));
	an_node_pending_free(pending);
	an_node_touch(node);
}

static void proven(void *context, const struct an_message_list *list)
{
	end(context, list != NULL ? AUTONOMI_OK : AUTONOMI_E_BUSY, list);
}

static void answered(void *context, an_status status, struct an_blob *message, struct an_span body)
{
	(void)message;
	struct an_response response;
	struct an_buffer scratch;
	an_buffer_init(&scratch, body.size);
	if (status == AUTONOMI_OK)
		status = an_response_decode(body, &scratch, &response);
	const bool is_answer = status == AUTONOMI_OK &&
	                       response.type == AN_RESPONSE_GET_CHUNK_EXISTENCE_PROOF;
	end(context, status, is_answer ? &response.get_chunk_existence_proof.proofs : NULL);
	an_buffer_done(&scratch);
}

static an_status ask(struct an_node *node, const struct an_repl_want *want,
                     struct pending_proofs *pending)
{
	struct an_request request = {.type = AN_REQUEST_GET_CHUNK_EXISTENCE_PROOF};
	request.get_chunk_existence_proof.key = an_address_of_chunk(want->target);
	request.get_chunk_existence_proof.nonce = want->nonce;
	request.get_chunk_existence_proof.difficulty = want->difficulty;
	const struct an_client_network *network = &node->replication->network;
	struct an_blob *message = NULL;
	uint64_t id = 0;
	an_status status = an_request_encode_blob(&request, node->profile.record_form, &message);
	if (status == AUTONOMI_OK)
		status = network->ask(network->context, &want->contact, &message, 1, want->timeout,
		                      answered, pending, &id);
	an_blob_unref(message);
	return status;
}

static an_status prove(struct an_node *node, const struct an_repl_want *want,
                       struct pending_proofs *pending)
{
	const struct an_serve_challenge challenge = {
		.peer = &node->key_pair.identity.id,
		.key = an_address_of_chunk(want->target),
		.nonce = want->nonce,
		.difficulty = want->difficulty,
		.chunks_only = true,
	};
	return an_serve_prove(node, &challenge, proven, pending);
}

an_status an_node_challenge(struct an_node *node, const struct an_repl_want *want)
{
	struct pending_proofs *pending = an_node_pending_new(node, sizeof(*pending));
	if (pending == NULL)
		return AUTONOMI_E_NO_MEMORY;
	*pending = (struct pending_proofs){.node = node, .token = want->token};
	const an_status status = want->type == AN_REPL_PROVE ? prove(node, want, pending)
	                                                     : ask(node, want, pending);
	if (status != AUTONOMI_OK)
		an_node_pending_free(pending);
	return status;
}
