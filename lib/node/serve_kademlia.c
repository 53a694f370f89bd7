/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kademlia's own messages: peers, and records the way libp2p asks for and brings them (semantics 5.7,
 * 6.2). Nobody provides anything here: providers are neither kept nor told. */
#include "data/peer_messages.h"
#include "node/serve.h"

static void reply_bytes(struct an_node *node, uint64_t inbound, const struct an_buffer *answer)
{
	an_serve_reply_blob(node, inbound, AN_LINK_KIND_KADEMLIA,
	                    answer->failed == AUTONOMI_OK ? an_blob_copy(an_buffer_span(answer))
	                                                  : NULL);
}

static size_t closest_to(struct an_node *node, struct an_span key,
                         struct an_contact contacts[AN_KAD_CLOSEST_MAX])
{
	const struct an_dht_key target = an_dht_key_of(key);
	return an_kad_closest(node->kad, &target, contacts, node->profile.k);
}

/* Up to K closest peers of our table. */
static void answer_peers(struct an_node *node, uint64_t inbound, enum an_kademlia_type type,
                         struct an_span key)
{
	struct an_contact closest[AN_KAD_CLOSEST_MAX];
	struct an_buffer answer;
	an_buffer_init(&answer, AN_KADEMLIA_ANSWER_MAX);
	const size_t count = closest_to(node, key, closest);
	an_kademlia_encode_answer(type, &answer);
	an_kademlia_encode_closer(closest, count, &answer);
	reply_bytes(node, inbound, &answer);
	an_buffer_done(&answer);
}

/* ---- GET_VALUE: the record and the peers that are closer to it. */

static void reply_value(struct an_serve_pending *pending, const struct an_store_result *result)
{
	struct an_node *node = pending->node;
	struct an_contact closest[AN_KAD_CLOSEST_MAX];
	struct an_buffer head, tail;
	an_buffer_init(&head, AN_KADEMLIA_ANSWER_MAX);
	an_buffer_init(&tail, AN_KADEMLIA_ANSWER_MAX);
	const struct an_span key = an_span(pending->address.bytes, pending->address.size);
	const size_t count = closest_to(node, key, closest);
	an_kademlia_encode_answer(AN_KADEMLIA_GET_VALUE, &head);
	an_kademlia_encode_record_head(key, result->bytes.size, &head);
	an_kademlia_encode_closer(closest, count, &tail);
	struct an_blob *parts[3] = {an_blob_copy(an_buffer_span(&head)), result->value,
	                            an_blob_copy(an_buffer_span(&tail))};
	if (head.failed == AUTONOMI_OK && tail.failed == AUTONOMI_OK && parts[0] != NULL &&
	    parts[2] != NULL)
		an_link_reply(node->link, pending->inbound, AN_LINK_KIND_KADEMLIA, parts, 3);
	else
		an_link_refuse(node->link, pending->inbound, AN_LINK_CODE_BUSY);
	an_blob_unref(parts[0]);
	an_blob_unref(parts[2]);
	an_buffer_done(&head);
	an_buffer_done(&tail);
}

static void value_read(void *context, const struct an_store_result *result)
{
	struct an_serve_pending *pending = context;
	if (result->status == AUTONOMI_OK)
		reply_value(pending, result);
	else if (an_serve_is_busy(result->status))
		an_link_refuse(pending->node->link, pending->inbound, AN_LINK_CODE_BUSY);
	else
		answer_peers(pending->node, pending->inbound, AN_KADEMLIA_GET_VALUE,
		             an_span(pending->address.bytes, pending->address.size));
	an_node_pending_free(pending);
}

static void serve_get(struct an_node *node, uint64_t inbound, struct an_span key)
{
	if (key.size != AN_RECORD_NAME_SIZE || an_store_find(node->store, key.data) == NULL) {
		answer_peers(node, inbound, AN_KADEMLIA_GET_VALUE, key);
		return;
	}
	struct an_serve_pending *pending = an_serve_later(node, inbound);
	if (pending == NULL)
		return;
	pending->address = an_address_of_record_key(key.data);
	const an_status status = an_store_get(node->store, key.data, value_read, pending);
	if (status != AUTONOMI_OK)
		value_read(pending, &(struct an_store_result){.status = AUTONOMI_E_BUSY});
}

/* ---- PUT_VALUE: answered by its own echo, whatever becomes of the record. */

static void reply_echo(const struct an_serve_pending *pending, struct an_span value)
{
	struct an_buffer echo;
	an_buffer_init(&echo, AN_LINK_KADEMLIA_MAX);
	an_kademlia_encode_echo(an_span(pending->address.bytes, pending->address.size), value,
	                        &echo);
	reply_bytes(pending->node, pending->inbound, &echo);
	an_buffer_done(&echo);
}

/* Autonomi answers before it looks at the record. Here the answer waits, so that a peer's records that
 * are being looked at count among its requests. */
static void put_ended(void *context, const struct an_admission_verdict *verdict)
{
	struct an_serve_pending *pending = context;
	if (an_serve_is_busy(verdict->status))
		an_link_refuse(pending->node->link, pending->inbound, AN_LINK_CODE_BUSY);
	else
		reply_echo(pending, verdict->bytes);
	an_node_pending_free(pending);
}

/* What is stored as a chunk is not looked at again (semantics 6.2); nor is what no record can be. */
static bool is_of_use(const struct an_node *node, const struct an_kademlia_record *record)
{
	struct an_record_header header;
	if (record->key.size != AN_RECORD_NAME_SIZE ||
	    an_record_read_header(record->value, &header) != AUTONOMI_OK)
		return false;
	const struct an_store_entry *held = an_store_find(node->store, record->key.data);
	return held == NULL || held->kind != AN_RECORD_CHUNK || header.payment != AN_RECORD_UNPAID;
}

static void serve_put(struct an_node *node, uint64_t inbound, const struct an_link_peer *peer,
                      const struct an_link_request *raw, const struct an_kademlia_record *record)
{
	struct an_serve_pending *pending = an_serve_later(node, inbound);
	if (pending == NULL)
		return;
	struct an_admission_verdict verdict = {.bytes = record->value};
	pending->address.type = AN_ADDRESS_RECORD_KEY;
	pending->address.size = (uint8_t)record->key.size;
	memcpy(pending->address.bytes, record->key.data, record->key.size);
	if (is_of_use(node, record)) {
		struct an_admission admission = {.source = AN_ADMISSION_CLIENT,
		                                 .peer = &peer->identity.id,
		                                 .value = raw->message,
		                                 .bytes = record->value};
		memcpy(admission.key, record->key.data, sizeof(admission.key));
		verdict.status = an_admit(node->admissions, &admission, put_ended, pending);
		if (verdict.status == AUTONOMI_OK)
			return;
	}
	put_ended(pending, &verdict);
}

/* Why a message cannot be answered, or NONE. */
static enum an_link_code judge(const struct an_node *node, const struct an_kademlia_whole *message)
{
	if (message->key.size > AN_KADEMLIA_KEY_MAX)
		return AN_LINK_CODE_MALFORMED;
	if (message->type != AN_KADEMLIA_PUT_VALUE)
		return AN_LINK_CODE_NONE;
	if (!message->has_record || message->record.key.size == 0 ||
	    message->record.key.size > AN_KADEMLIA_KEY_MAX)
		return AN_LINK_CODE_MALFORMED;
	return message->record.value.size > node->profile.record_value_max ? AN_LINK_CODE_TOO_LARGE
	                                                                   : AN_LINK_CODE_NONE;
}

void an_serve_kademlia(struct an_node *node, uint64_t inbound, const struct an_link_peer *peer,
                       const struct an_link_request *raw)
{
	struct an_kademlia_whole message;
	enum an_link_code code = AN_LINK_CODE_MALFORMED;
	if (an_kademlia_whole_decode(raw->body, &message) == AUTONOMI_OK)
		code = judge(node, &message);
	if (code != AN_LINK_CODE_NONE) {
		an_link_refuse(node->link, inbound, code);
		return;
	}
	switch (message.type) {
	case AN_KADEMLIA_FIND_NODE:
	case AN_KADEMLIA_GET_PROVIDERS:
		answer_peers(node, inbound, message.type, message.key);
		break;
	case AN_KADEMLIA_GET_VALUE:
		serve_get(node, inbound, message.key);
		break;
	case AN_KADEMLIA_PUT_VALUE:
		serve_put(node, inbound, peer, raw, &message.record);
		break;
	case AN_KADEMLIA_ADD_PROVIDER: /* has no answer */
		an_link_refuse(node->link, inbound, AN_LINK_CODE_NONE);
		break;
	case AN_KADEMLIA_PING:
		an_link_refuse(node->link, inbound, AN_LINK_CODE_UNSUPPORTED);
		break;
	}
}
