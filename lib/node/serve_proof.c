/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Proofs that this node has a record (semantics 5.4). */
#include "base/memory.h"
#include "node/serve.h"

/* Proving means hashing the whole record: a job. */
struct proof_job {
	struct an_job job;
	struct an_serve_pending *pending;
	struct an_blob *value;
	struct an_span bytes;
	uint8_t proof[AN_CHUNK_PROOF_SIZE];
};

/* `proof` is NULL where the record is not here. Ends the pending answer. */
static void reply_proof(struct an_serve_pending *pending, const uint8_t *proof)
{
	struct an_message_proof item = {
		.address = pending->address,
		.failed = proof == NULL,
		.error = {.type = AN_ERROR_CHUNK_DOES_NOT_EXIST, .address = pending->address},
	};
	if (proof != NULL)
		memcpy(item.proof, proof, sizeof(item.proof));
	struct an_response response = {.type = AN_RESPONSE_GET_CHUNK_EXISTENCE_PROOF};
	struct an_buffer items;
	an_buffer_init(&items, AN_MESSAGE_OVERHEAD_MAX);
	an_message_add_proof(&items, &response.get_chunk_existence_proof.proofs, &item);
	response.get_chunk_existence_proof.proofs.items = an_buffer_span(&items);
	if (items.failed == AUTONOMI_OK)
		an_serve_reply(pending->node, pending->inbound, &response);
	else
		an_link_refuse(pending->node->link, pending->inbound, AN_LINK_CODE_BUSY);
	an_buffer_done(&items);
	an_node_pending_free(pending);
}

static void prove(struct an_job *job)
{
	struct proof_job *work = an_container_of(job, struct proof_job, job);
	an_record_proof(work->bytes, work->pending->nonce, work->proof);
}

static void proven(struct an_job *job)
{
	struct proof_job *work = an_container_of(job, struct proof_job, job);
	if (!job->skipped)
		reply_proof(work->pending, work->proof);
	an_blob_unref(work->value);
	an_free(work);
}

static void record_read(void *context, const struct an_store_result *result)
{
	struct an_serve_pending *pending = context;
	if (result->status != AUTONOMI_OK) {
		reply_proof(pending, NULL);
		return;
	}
	struct proof_job *work = an_calloc(1, sizeof(*work));
	if (work == NULL) {
		an_link_refuse(pending->node->link, pending->inbound, AN_LINK_CODE_BUSY);
		an_node_pending_free(pending);
		return;
	}
	work->job = (struct an_job){.lane = AN_JOB_COMPUTE, .run = prove, .done = proven};
	work->pending = pending;
	work->value = an_blob_ref(result->value);
	work->bytes = result->bytes;
	an_node_submit(pending->node, &work->job);
}

/* One proof for the asked record, whatever its type. The proofs of several nearest chunks belong to
 * storage challenges, which this version does not answer: an empty list. */
void an_serve_existence_proof(struct an_node *node, uint64_t inbound,
                              const struct an_request *request)
{
	if (request->get_chunk_existence_proof.difficulty != 1) {
		const struct an_response none = {.type = AN_RESPONSE_GET_CHUNK_EXISTENCE_PROOF};
		an_serve_reply(node, inbound, &none);
		return;
	}
	struct an_serve_pending *pending = an_serve_later(node, inbound);
	if (pending == NULL)
		return;
	pending->address = request->get_chunk_existence_proof.key;
	pending->nonce = request->get_chunk_existence_proof.nonce;
	uint8_t name[AN_RECORD_NAME_SIZE];
	an_status status = an_address_record_name(&pending->address, name);
	if (status == AUTONOMI_OK)
		status = an_store_get(node->store, name, record_read, pending);
	if (status == AUTONOMI_OK)
		return;
	if (status == AUTONOMI_E_BUSY || status == AUTONOMI_E_NO_MEMORY) {
		an_link_refuse(node->link, inbound, AN_LINK_CODE_BUSY);
		an_node_pending_free(pending);
	} else {
		reply_proof(pending, NULL);
	}
}
