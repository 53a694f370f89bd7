/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/put_messages.h"

#include <string.h>

#include "base/memory.h"
#include "crypt/hash.h"
#include "data/chunk.h"
#include "data/message.h"

/* What stands before the content in the record value: a record of another type than chunk is whole. */
static size_t value_head(enum an_record_type type, const struct an_blob *content,
                         uint8_t head[AN_CHUNK_HEAD_MAX])
{
	return type == AN_RECORD_CHUNK ? an_chunk_head(content->size, head) : 0;
}

an_status an_put_send(const struct an_record_put *put, const struct an_contact *contact,
                      an_client_reply_handler *handler, void *context, uint64_t *ret_request)
{
	const struct an_client *client = put->client;
	const struct an_address holder = an_address_of_peer(&contact->id);
	const struct an_address address = an_address_of_record_key(put->name);
	uint8_t head[AN_CHUNK_HEAD_MAX];
	const size_t head_size = value_head(put->type, put->content, head);
	struct an_blob *parts[3] = {NULL, put->content, NULL};
	an_status status = an_request_encode_put(&holder, &address, an_span(head, head_size),
	                                         put->content->size, &parts[0], &parts[2]);
	if (status == AUTONOMI_OK)
		status = client->network.ask(client->network.context, contact, parts, 3,
		                             an_client_request_timeout(client, put->content->size),
		                             handler, context, ret_request);
	an_blob_unref(parts[0]);
	an_blob_unref(parts[2]);
	return status;
}

/* Text of a peer on its way to people: what can be printed, cut to what fits. */
static void keep_refusal(struct an_record_put *put, const struct an_protocol_error *error)
{
	struct an_span text = error->text;
	if (text.size == 0)
		text = an_span_text(an_error_name(error->type));
	size_t size = 0;
	for (size_t i = 0; i < text.size && size < AN_RECORD_PUT_REFUSAL_MAX - 1; i++) {
		if (text.data[i] >= ' ' && text.data[i] <= '~')
			put->refusal[size++] = (char)text.data[i];
	}
	put->refusal[size] = '\0';
}

static an_status read_result(struct an_record_put *put, const struct an_contact *contact,
                             const struct an_response *response)
{
	if (response->type != AN_RESPONSE_PUT_RECORD)
		return AUTONOMI_E_PROTOCOL;
	const struct an_address holder = an_address_of_peer(&contact->id);
	const struct an_address address = an_address_of_record_key(put->name);
	if (!an_address_equal(&response->put_record.peer_address, &holder) ||
	    !an_address_equal(&response->put_record.record_address, &address))
		return AUTONOMI_E_PROTOCOL;
	if (!response->put_record.result.failed)
		return AUTONOMI_OK;
	const struct an_protocol_error *error = &response->put_record.result.error;
	keep_refusal(put, error);
	const bool counted = put->type == AN_RECORD_POINTER || put->type == AN_RECORD_SCRATCHPAD;
	if (counted && error->type == AN_ERROR_OUTDATED_RECORD_COUNTER) {
		put->outdated++;
		if (put->counter < error->expected)
			put->counter = error->expected;
		return AUTONOMI_E_OUTDATED;
	}
	/* The name that a node gives a missing payment (semantics 6.3.1). */
	return strncmp(put->refusal, "NoPayment", 9) == 0 ? AUTONOMI_E_PAYMENT : AUTONOMI_E_REFUSED;
}

an_status an_put_read_answer(struct an_record_put *put, const struct an_contact *contact,
                             struct an_span body)
{
	struct an_response response;
	struct an_buffer scratch;
	an_buffer_init(&scratch, body.size);
	an_status status = an_response_decode(body, &scratch, &response);
	if (status == AUTONOMI_OK)
		status = read_result(put, contact, &response);
	an_buffer_done(&scratch);
	return status;
}

an_status an_put_ask_proof(const struct an_record_put *put, const struct an_contact *contact,
                           an_client_reply_handler *handler, void *context, uint64_t *ret_request)
{
	const struct an_client *client = put->client;
	struct an_request request = {.type = AN_REQUEST_GET_CHUNK_EXISTENCE_PROOF};
	request.get_chunk_existence_proof.key = an_address_of_record_key(put->name);
	request.get_chunk_existence_proof.nonce = put->nonce;
	request.get_chunk_existence_proof.difficulty = 1;
	struct an_blob *message = NULL;
	an_status status = an_request_encode_blob(&request, client->profile->record_form, &message);
	if (status == AUTONOMI_OK)
		status = client->network.ask(client->network.context, contact, &message, 1,
		                             client->profile->request_timeout, handler, context,
		                             ret_request);
	an_blob_unref(message);
	return status;
}

static an_status compare_proof(const struct an_record_put *put, const struct an_response *response)
{
	if (response->type != AN_RESPONSE_GET_CHUNK_EXISTENCE_PROOF)
		return AUTONOMI_E_PROTOCOL;
	struct an_message_list proofs = response->get_chunk_existence_proof.proofs;
	struct an_message_proof proof;
	if (!an_message_next_proof(&proofs, &proof) || proof.failed)
		return AUTONOMI_E_NOT_FOUND;
	return memcmp(proof.proof, put->expected, sizeof(put->expected)) == 0
	               ? AUTONOMI_OK
	               : AUTONOMI_E_NOT_FOUND;
}

an_status an_put_read_proof(const struct an_record_put *put, struct an_span body)
{
	struct an_response response;
	struct an_buffer scratch;
	an_buffer_init(&scratch, body.size);
	an_status status = an_response_decode(body, &scratch, &response);
	if (status == AUTONOMI_OK)
		status = compare_proof(put, &response);
	an_buffer_done(&scratch);
	return status;
}

/* ---- The proof that a holder must give. */
struct an_put_proof {
	struct an_client_work work;
	struct an_record_put *put; /* NULL: nobody wants it any more */
	enum an_record_type type;
	struct an_blob *content;
	uint64_t nonce;
	uint8_t proof[AN_CHUNK_PROOF_SIZE];
};

/* As an_record_proof, over a record value in two pieces. */
static void compute(struct an_job *job)
{
	struct an_put_proof *proof = an_container_of(job, struct an_put_proof, work.job);
	uint8_t head[AN_CHUNK_HEAD_MAX], nonce[8];
	const size_t head_size = value_head(proof->type, proof->content, head);
	for (size_t i = 0; i < sizeof(nonce); i++)
		nonce[i] = (uint8_t)(proof->nonce >> (56 - 8 * i));
	struct an_hash hash;
	an_hash_init(&hash, AN_HASH_SHA3_256);
	an_hash_add(&hash, an_span(head, head_size));
	an_hash_add(&hash, an_blob_span(proof->content));
	an_hash_add(&hash, an_span(nonce, sizeof(nonce)));
	an_hash_finish(&hash, proof->proof);
}

static void release_proof(struct an_client_work *work)
{
	struct an_put_proof *proof = an_container_of(work, struct an_put_proof, work);
	an_blob_unref(proof->content);
	an_free(proof);
}

static void computed(struct an_client_work *work)
{
	struct an_put_proof *proof = an_container_of(work, struct an_put_proof, work);
	struct an_record_put *put = proof->put;
	if (put != NULL)
		memcpy(put->expected, proof->proof, sizeof(put->expected));
	release_proof(work);
	if (put != NULL)
		an_record_put_proof_done(put);
}

struct an_put_proof *an_put_proof_begin(struct an_record_put *put)
{
	struct an_put_proof *proof = an_calloc(1, sizeof(*proof));
	if (proof == NULL)
		return NULL;
	put->nonce = an_random_u64(put->client->random);
	proof->put = put;
	proof->type = put->type;
	proof->content = an_blob_ref(put->content);
	proof->nonce = put->nonce;
	proof->work.finished = computed;
	proof->work.release = release_proof;
	an_client_submit(put->client, &proof->work, AN_JOB_COMPUTE, compute);
	return proof;
}

void an_put_proof_abandon(struct an_put_proof *proof)
{
	if (proof != NULL)
		proof->put = NULL;
}
