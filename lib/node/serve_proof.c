/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Proofs that this node has records (semantics 5.4): read one after the other, each hashed in a job. */
#include "base/memory.h"
#include "node/serve.h"

enum {
	PROOFS_MAX = 8,          /* the profile's close group is at most this */
	COST_BYTES = 256 * 1024, /* that are read and hashed in a unit (node/turns.h) */
};

struct proofs {
	struct an_node *node;
	struct an_turn turn;
	struct an_job job;
	uint64_t nonce;
	bool is_exact;             /* one record, as asked, and its absence is said */
	struct an_address address; /* of that one */
	size_t count, next;
	uint8_t names[PROOFS_MAX][AN_RECORD_NAME_SIZE];
	uint8_t proofs[PROOFS_MAX][AN_CHUNK_PROOF_SIZE];
	bool proven[PROOFS_MAX];
	struct an_blob *value; /* while it is hashed */
	struct an_span bytes;
	an_serve_proven *done;
	void *context;
};

static const char *reason_of(an_status stance)
{
	switch (stance) {
	case AUTONOMI_E_FULL:
		return "MaxRecords";
	case AUTONOMI_E_DISK_FULL:
		return "DiskFull";
	default:
		return "NotAHolder";
	}
}

/* Whoever has no room for a record, or is none of its holders in its own view, says so, and is not
 * taken for one that lost it (semantics 6.10, DESIGN 8). */
static struct an_protocol_error error_of(const struct proofs *proofs, size_t i)
{
	struct an_protocol_error error = {.type = AN_ERROR_CHUNK_DOES_NOT_EXIST,
	                                  .address = proofs->address};
	const an_status stance = an_node_stance(proofs->node, proofs->names[i]);
	if (stance == AUTONOMI_OK)
		return error;
	error.type = AN_ERROR_PUT_RECORD_FAILED;
	error.text = an_span_text(reason_of(stance));
	return error;
}

static void write_proof(const struct proofs *proofs, size_t i, struct an_buffer *items,
                        struct an_message_list *list)
{
	struct an_message_proof item = {
		.address = proofs->is_exact ? proofs->address
	                                    : an_address_of_record_key(proofs->names[i]),
		.failed = !proofs->proven[i],
	};
	if (item.failed && !proofs->is_exact)
		return;
	if (item.failed)
		item.error = error_of(proofs, i);
	memcpy(item.proof, proofs->proofs[i], sizeof(item.proof));
	an_message_add_proof(items, list, &item);
}

static void end(struct proofs *proofs, bool busy)
{
	struct an_buffer items;
	struct an_message_list list = {0};
	an_buffer_init(&items, PROOFS_MAX * AN_MESSAGE_OVERHEAD_MAX);
	for (size_t i = 0; i < proofs->count && !busy; i++)
		write_proof(proofs, i, &items, &list);
	an_turns_end(&proofs->node->turns, &proofs->turn);
	proofs->done(proofs->context, busy || items.failed != AUTONOMI_OK ? NULL : &list);
	an_buffer_done(&items);
	an_node_pending_free(proofs);
}

static void prove_next(struct proofs *proofs);

static void prove(struct an_job *job)
{
	struct proofs *proofs = an_container_of(job, struct proofs, job);
	an_record_proof(proofs->bytes, proofs->nonce, proofs->proofs[proofs->next]);
}

static void proven(struct an_job *job)
{
	struct proofs *proofs = an_container_of(job, struct proofs, job);
	proofs->value = an_blob_unref(proofs->value);
	if (job->skipped)
		return; /* the node is being freed, and this with it */
	proofs->proven[proofs->next++] = true;
	prove_next(proofs);
}

static void record_read(void *context, const struct an_store_result *result)
{
	struct proofs *proofs = context;
	if (an_serve_is_busy(result->status)) {
		end(proofs, true);
	} else if (result->status != AUTONOMI_OK) {
		proofs->next++;
		prove_next(proofs);
	} else {
		proofs->job = (struct an_job){.lane = AN_JOB_COMPUTE, .run = prove, .done = proven};
		proofs->value = an_blob_ref(result->value);
		proofs->bytes = result->bytes;
		an_node_submit(proofs->node, &proofs->job);
	}
}

static void prove_next(struct proofs *proofs)
{
	an_status status = AUTONOMI_OK;
	if (proofs->next < proofs->count)
		status = an_store_get(proofs->node->store, proofs->names[proofs->next], record_read,
		                      proofs);
	if (proofs->next == proofs->count || status != AUTONOMI_OK)
		end(proofs, status != AUTONOMI_OK);
}

static void begin(struct an_turn *turn)
{
	prove_next(an_container_of(turn, struct proofs, turn));
}

struct choice {
	struct proofs *proofs;
	bool chunks_only;
	size_t wanted;
	size_t bytes;
};

static bool choose(void *context, const struct an_store_entry *entry)
{
	struct choice *choice = context;
	struct proofs *proofs = choice->proofs;
	if (proofs->count == choice->wanted)
		return false;
	if (!choice->chunks_only || entry->kind == AN_RECORD_CHUNK) {
		memcpy(proofs->names[proofs->count++], entry->key, AN_RECORD_NAME_SIZE);
		choice->bytes += entry->size;
	}
	return true;
}

static size_t smallest(uint64_t difficulty, size_t close_group)
{
	const size_t most = close_group < PROOFS_MAX ? close_group : PROOFS_MAX;
	return difficulty < most ? (size_t)difficulty : most;
}

/* Which records to prove. Returns how many bytes they have. */
static size_t choose_records(struct proofs *proofs, const struct an_serve_challenge *challenge)
{
	struct an_store *store = proofs->node->store;
	struct choice choice = {.proofs = proofs,
	                        .chunks_only = challenge->chunks_only,
	                        .wanted = smallest(challenge->difficulty,
	                                           proofs->node->profile.close_group)};
	uint8_t space[AN_RECORD_NAME_SIZE];
	if (!proofs->is_exact) {
		const struct an_dht_key target = an_dht_key_of(
			an_address_record_key(&challenge->key, space));
		an_store_visit_nearest(store, &target, choose, &choice);
		return choice.bytes;
	}
	proofs->count = 1;
	if (an_address_record_name(&challenge->key, proofs->names[0]) != AUTONOMI_OK)
		proofs->next = 1;
	const struct an_store_entry *entry = an_store_find(store, proofs->names[0]);
	return entry != NULL ? entry->size : 0;
}

an_status an_serve_prove(struct an_node *node, const struct an_serve_challenge *challenge,
                         an_serve_proven *done, void *context)
{
	struct proofs *proofs = an_node_pending_new(node, sizeof(*proofs));
	if (proofs == NULL)
		return AUTONOMI_E_NO_MEMORY;
	*proofs = (struct proofs){.node = node,
	                          .nonce = challenge->nonce,
	                          .is_exact = challenge->difficulty == 1,
	                          .address = challenge->key,
	                          .done = done,
	                          .context = context};
	const size_t bytes = choose_records(proofs, challenge);
	const an_status status = an_turns_ask(&node->turns, challenge->peer, 1 + bytes / COST_BYTES,
	                                      begin, &proofs->turn);
	if (status != AUTONOMI_OK)
		an_node_pending_free(proofs);
	return status;
}

static void answer(void *context, const struct an_message_list *list)
{
	struct an_serve_pending *pending = context;
	struct an_response response = {.type = AN_RESPONSE_GET_CHUNK_EXISTENCE_PROOF};
	if (list == NULL) {
		an_link_refuse(pending->node->link, pending->inbound, AN_LINK_CODE_BUSY);
	} else {
		response.get_chunk_existence_proof.proofs = *list;
		an_serve_reply(pending->node, pending->inbound, &response);
	}
	an_node_pending_free(pending);
}

void an_serve_existence_proof(struct an_node *node, uint64_t inbound,
                              const struct an_request *request, const struct an_link_peer *peer)
{
	struct an_serve_pending *pending = an_serve_later(node, inbound);
	if (pending == NULL)
		return;
	const struct an_serve_challenge challenge = {
		.peer = &peer->identity.id,
		.key = request->get_chunk_existence_proof.key,
		.nonce = request->get_chunk_existence_proof.nonce,
		.difficulty = request->get_chunk_existence_proof.difficulty,
		.chunks_only = true,
	};
	if (an_serve_prove(node, &challenge, answer, pending) != AUTONOMI_OK)
		answer(pending, NULL);
}
