/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What storing something here would cost (semantics 5.4, 6.4, 8.6). Signing is a job. */
#include <stdio.h>

#include "base/memory.h"
#include "data/payment.h"
#include "node/serve.h"

enum {
	REASON_MAX = 128,
	MERKLE_FUTURE_MAX = 86400,       /* seconds ahead of our clock */
	MERKLE_AGE_MAX = 604800 + 86400, /* seconds behind it */
};

struct quoting {
	struct an_job job;
	struct an_node *node;
	uint64_t inbound;
	struct an_request request; /* without what it borrows */
	struct an_peer_id peer;
	an_status status; /* of the signature */
	bool has_quote;
	union {
		struct an_quote quote;
		struct an_merkle_candidate candidate;
	};
};

static uint64_t unix_time_us(const struct an_node *node)
{
	return node->sys->unix_time_us(node->sys->context);
}

static uint8_t digit(char c)
{
	if (c >= '0' && c <= '9')
		return (uint8_t)(c - '0');
	return (uint8_t)((c | 0x20) - 'a' + 10);
}

/* Its form was checked when the node was opened; all zero where nobody is paid. */
static void read_rewards_address(const struct an_node *node,
                                 uint8_t ret_address[AN_REWARDS_ADDRESS_SIZE])
{
	const char *text = node->config.rewards_address;
	memset(ret_address, 0, AN_REWARDS_ADDRESS_SIZE);
	if (text[0] == '\0')
		return;
	for (size_t i = 0; i < AN_REWARDS_ADDRESS_SIZE; i++)
		ret_address[i] = (uint8_t)(digit(text[2 + 2 * i]) << 4 | digit(text[3 + 2 * i]));
}

static void count_types(const struct an_store *store, struct an_quoting_metrics *metrics)
{
	for (uint32_t type = 0; type < AN_RECORD_TYPES; type++) {
		const size_t count = an_store_count_type(store, (enum an_record_type)type);
		if (count == 0)
			continue;
		metrics->records_per_type[metrics->record_type_count].type = type;
		metrics->records_per_type[metrics->record_type_count].count = (uint32_t)count;
		metrics->record_type_count++;
	}
}

static void measure(const struct an_node *node, uint32_t data_type, uint64_t data_size,
                    struct an_quoting_metrics *ret_metrics)
{
	const struct an_store *store = node->store;
	struct an_dht_key range;
	const uint64_t now = unix_time_us(node) / 1000000, opened = an_store_first_opened(store);
	*ret_metrics = (struct an_quoting_metrics){
		.data_type = data_type,
		.data_size = data_size,
		.close_records_stored = an_store_count(store),
		.max_records = an_store_records_max(store),
		.live_time = now > opened ? now - opened : 0,
		.has_network_size = true,
		.network_size = an_kad_network_size(node->kad),
	};
	if (an_store_responsible_range(store, &range)) {
		ret_metrics->close_records_stored = an_store_count_nearer(store, &range);
		ret_metrics->has_network_density = true;
		memcpy(ret_metrics->network_density, range.bytes, sizeof(range.bytes));
	}
	count_types(store, ret_metrics);
}

static struct quoting *quoting_new(struct an_node *node, uint64_t inbound,
                                   const struct an_request *request,
                                   const struct an_link_peer *peer)
{
	struct quoting *quoting = an_node_pending_new(node, sizeof(*quoting));
	if (quoting == NULL) {
		an_link_refuse(node->link, inbound, AN_LINK_CODE_BUSY);
		return NULL;
	}
	quoting->node = node;
	quoting->inbound = inbound;
	quoting->request = *request;
	quoting->peer = peer->identity.id;
	return quoting;
}

static void submit(struct quoting *quoting, void (*run)(struct an_job *job),
                   void (*done)(struct an_job *job))
{
	quoting->job = (struct an_job){.lane = AN_JOB_COMPUTE, .run = run, .done = done};
	an_node_submit(quoting->node, &quoting->job);
}

/* ---- GetStoreQuote. */

static void reply(struct quoting *quoting, const struct an_message_list *proofs)
{
	struct an_node *node = quoting->node;
	struct an_response response = {.type = AN_RESPONSE_GET_STORE_QUOTE};
	struct an_message_result *result = &response.get_store_quote.result;
	struct an_buffer items;
	uint8_t space[AN_RECORD_NAME_SIZE];
	an_buffer_init(&items, AN_MESSAGE_OVERHEAD_MAX);
	response.get_store_quote.peer_address = an_address_of_peer(&node->key_pair.identity.id);
	response.get_store_quote.storage_proofs = *proofs;
	result->failed = !quoting->has_quote || quoting->status != AUTONOMI_OK;
	if (!quoting->has_quote) {
		result->error.type = AN_ERROR_RECORD_EXISTS;
		an_message_add_bytes(&items, &result->error.record_key,
		                     an_address_record_key(&quoting->request.get_store_quote.key,
		                                           space));
	} else if (result->failed) {
		result->error.type = AN_ERROR_QUOTE_GENERATION_FAILED;
	} else {
		response.get_store_quote.quote = quoting->quote;
	}
	if (items.failed == AUTONOMI_OK)
		an_serve_reply(node, quoting->inbound, &response);
	else
		an_link_refuse(node->link, quoting->inbound, AN_LINK_CODE_BUSY);
	an_buffer_done(&items);
	an_node_pending_free(quoting);
}

static void proven(void *context, const struct an_message_list *list)
{
	struct quoting *quoting = context;
	if (list != NULL) {
		reply(quoting, list);
		return;
	}
	an_link_refuse(quoting->node->link, quoting->inbound, AN_LINK_CODE_BUSY);
	an_node_pending_free(quoting);
}

/* Storage proofs are made for who gives a nonce, of records of any type. */
static void prove_or_reply(struct quoting *quoting)
{
	static const struct an_message_list none;
	if (!quoting->request.get_store_quote.has_nonce) {
		reply(quoting, &none);
		return;
	}
	const struct an_serve_challenge challenge = {
		.peer = &quoting->peer,
		.key = quoting->request.get_store_quote.key,
		.nonce = quoting->request.get_store_quote.nonce,
		.difficulty = quoting->request.get_store_quote.difficulty,
	};
	if (an_serve_prove(quoting->node, &challenge, proven, quoting) != AUTONOMI_OK)
		proven(quoting, NULL);
}

static void sign_quote(struct an_job *job)
{
	struct quoting *quoting = an_container_of(job, struct quoting, job);
	quoting->status = an_quote_sign(&quoting->quote, &quoting->node->key_pair);
}

static void quote_signed(struct an_job *job)
{
	if (!job->skipped)
		prove_or_reply(an_container_of(job, struct quoting, job));
}

/* The four addresses of data give their record's name, the others nothing (semantics 6.4). */
static void write_content(const struct an_address *key, uint8_t content[AN_QUOTE_CONTENT_SIZE])
{
	if (key->type != AN_ADDRESS_PEER_ID && key->type != AN_ADDRESS_RECORD_KEY)
		(void)an_address_record_name(key, content);
}

void an_serve_store_quote(struct an_node *node, uint64_t inbound, const struct an_request *request,
                          const struct an_link_peer *peer)
{
	struct quoting *quoting = quoting_new(node, inbound, request, peer);
	if (quoting == NULL)
		return;
	uint8_t name[AN_RECORD_NAME_SIZE];
	if (an_address_record_name(&request->get_store_quote.key, name) == AUTONOMI_OK &&
	    an_store_find(node->store, name) != NULL) {
		prove_or_reply(quoting);
		return;
	}
	const uint64_t now_us = unix_time_us(node);
	quoting->has_quote = true;
	quoting->quote.timestamp_secs = now_us / 1000000;
	quoting->quote.timestamp_nanos = (uint32_t)(now_us % 1000000 * 1000);
	write_content(&request->get_store_quote.key, quoting->quote.content);
	measure(node, request->get_store_quote.data_type, request->get_store_quote.data_size,
	        &quoting->quote.metrics);
	read_rewards_address(node, quoting->quote.rewards_address);
	submit(quoting, sign_quote, quote_signed);
}

/* ---- GetMerkleCandidateQuote. */

static void reply_merkle(struct an_node *node, uint64_t inbound, enum an_error_type error,
                         const char *reason)
{
	struct an_response response = {.type = AN_RESPONSE_GET_MERKLE_CANDIDATE_QUOTE};
	response.get_merkle_candidate_quote.result = (struct an_message_result){
		.failed = true,
		.error = {.type = error, .text = an_span_text(reason)},
	};
	an_serve_reply(node, inbound, &response);
}

static void sign_candidate(struct an_job *job)
{
	struct quoting *quoting = an_container_of(job, struct quoting, job);
	quoting->status = an_merkle_candidate_sign(&quoting->candidate, &quoting->node->key_pair);
}

static void candidate_signed(struct an_job *job)
{
	struct quoting *quoting = an_container_of(job, struct quoting, job);
	if (job->skipped)
		return;
	if (quoting->status == AUTONOMI_OK) {
		struct an_response response = {.type = AN_RESPONSE_GET_MERKLE_CANDIDATE_QUOTE};
		response.get_merkle_candidate_quote.candidate = quoting->candidate;
		an_serve_reply(quoting->node, quoting->inbound, &response);
	} else {
		reply_merkle(quoting->node, quoting->inbound,
		             AN_ERROR_FAILED_TO_SIGN_MERKLE_CANDIDATE,
		             an_status_message(quoting->status));
	}
	an_node_pending_free(quoting);
}

/* Whether a payment of that time can be quoted for; else why not. */
static bool is_timely(uint64_t timestamp, uint64_t now, char reason[REASON_MAX])
{
	const bool early = timestamp > now && timestamp - now > MERKLE_FUTURE_MAX;
	const bool late = now > timestamp && now - timestamp > MERKLE_AGE_MAX;
	snprintf(reason, REASON_MAX, "the payment's time %llu is too far %s of ours, %llu",
	         (unsigned long long)timestamp, early ? "ahead" : "behind",
	         (unsigned long long)now);
	return !early && !late;
}

void an_serve_merkle_quote(struct an_node *node, uint64_t inbound, const struct an_request *request,
                           const struct an_link_peer *peer)
{
	char reason[REASON_MAX];
	const uint64_t timestamp = request->get_merkle_candidate_quote.merkle_payment_timestamp;
	if (!is_timely(timestamp, unix_time_us(node) / 1000000, reason)) {
		reply_merkle(node, inbound, AN_ERROR_GET_MERKLE_CANDIDATE_QUOTE_FAILED, reason);
		return;
	}
	struct quoting *quoting = quoting_new(node, inbound, request, peer);
	if (quoting == NULL)
		return;
	measure(node, request->get_merkle_candidate_quote.data_type,
	        request->get_merkle_candidate_quote.data_size, &quoting->candidate.metrics);
	read_rewards_address(node, quoting->candidate.reward_address);
	quoting->candidate.merkle_payment_timestamp = timestamp;
	submit(quoting, sign_candidate, candidate_signed);
}
