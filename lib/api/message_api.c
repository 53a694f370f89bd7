/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <autonomi/message.h>

#include "api/data_handle.h"
#include "api/message_fields.h"
#include "base/memory.h"
#include "data/message_codec.h"

enum {
	MESSAGE_MAX = 1 << 26, /* bytes of a message that is taken to be one */
	REQUESTS = AN_REQUEST_TYPES - (AN_MESSAGE_DEVELOPER ? 0 : 1),
};

struct autonomi_message {
	bool is_request;
	struct an_request request;
	struct an_response response;
	struct an_buffer bytes, scratch; /* what a decoded message borrows */
	uint8_t *set;                    /* what bytes of a request that is made borrow */
	struct an_buffer keys;           /* what a list that was added to borrows */
};

static bool is_record_form(uint32_t form)
{
	return form == AUTONOMI_RECORD_AS_BYTES || form == AUTONOMI_RECORD_AS_INTEGERS;
}

static enum an_record_form record_form_of(uint32_t form)
{
	return form == AUTONOMI_RECORD_AS_INTEGERS ? AN_RECORD_FORM_INTEGERS : AN_RECORD_FORM_BYTES;
}

static struct autonomi_message *make(bool is_request, struct an_span bytes)
{
	struct autonomi_message *message = an_calloc(1, sizeof(*message));
	if (message == NULL)
		return NULL;
	message->is_request = is_request;
	an_buffer_init(&message->bytes, MESSAGE_MAX);
	an_buffer_init(&message->scratch, MESSAGE_MAX);
	an_buffer_init(&message->keys, MESSAGE_MAX);
	if (an_buffer_append(&message->bytes, bytes) == AUTONOMI_OK)
		return message;
	return autonomi_message_free(message);
}

static an_status decode(bool is_request, uint32_t record_form, struct an_span bytes,
                        struct autonomi_message **ret_message)
{
	struct autonomi_message *message = make(is_request, bytes);
	if (message == NULL)
		return AUTONOMI_E_NO_MEMORY;
	const struct an_span own = an_buffer_span(&message->bytes);
	const an_status status = is_request
	                                 ? an_request_decode(own, record_form_of(record_form),
	                                                     &message->scratch, &message->request)
	                                 : an_response_decode(own, &message->scratch,
	                                                      &message->response);
	if (status == AUTONOMI_OK)
		*ret_message = message;
	else
		autonomi_message_free(message);
	return status;
}

autonomi_status autonomi_message_decode(uint32_t direction, uint32_t record_form,
                                        const uint8_t *bytes, size_t size,
                                        autonomi_message **ret_message)
{
	struct an_guard guard;
	if ((direction != AUTONOMI_MESSAGE_REQUEST && direction != AUTONOMI_MESSAGE_RESPONSE) ||
	    !is_record_form(record_form) || bytes == NULL || ret_message == NULL)
		return AUTONOMI_E_INVALID;
	if (size > MESSAGE_MAX)
		return AUTONOMI_E_TOO_LARGE;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, decode(direction == AUTONOMI_MESSAGE_REQUEST, record_form,
	                                     an_span(bytes, size), ret_message));
}

static an_status make_request(enum an_request_type type, struct autonomi_message **ret_message)
{
	struct autonomi_message *message = make(true, an_span(NULL, 0));
	if (message == NULL)
		return AUTONOMI_E_NO_MEMORY;
	message->request.type = type;
	*ret_message = message;
	return AUTONOMI_OK;
}

autonomi_status autonomi_request_new(const char *name, autonomi_message **ret_message)
{
	struct an_guard guard;
	if (name == NULL || ret_message == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	for (int type = 0; type < REQUESTS; type++) {
		if (strcmp(an_request_name((enum an_request_type)type), name) == 0)
			return an_guard_leave(&guard, make_request((enum an_request_type)type,
			                                           ret_message));
	}
	return an_guard_leave(&guard, AUTONOMI_E_NOT_FOUND);
}

autonomi_message *autonomi_message_free(autonomi_message *message)
{
	if (message == NULL)
		return NULL;
	an_buffer_done(&message->bytes);
	an_buffer_done(&message->scratch);
	an_buffer_done(&message->keys);
	an_free(message->set);
	return an_free(message);
}

/* A request that was decoded is whole as it came; of one that was made an address may be missing. */
static bool is_whole(const struct autonomi_message *message)
{
	return !message->is_request || message->bytes.size > 0 ||
	       an_api_request_is_whole(&message->request);
}

autonomi_status autonomi_message_encode(const autonomi_message *message, uint32_t record_form,
                                        autonomi_bytes **ret_bytes)
{
	struct an_guard guard;
	struct an_buffer out;
	if (message == NULL || !is_record_form(record_form) || ret_bytes == NULL ||
	    !is_whole(message))
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	an_buffer_init(&out, MESSAGE_MAX);
	const an_status status = message->is_request
	                                 ? an_request_encode(&message->request,
	                                                     record_form_of(record_form), &out)
	                                 : an_response_encode(&message->response, &out);
	return an_guard_leave(&guard, an_api_take_bytes(&out, status, ret_bytes));
}

const struct an_request *an_api_message_request(const struct autonomi_message *message)
{
	const bool whole = message != NULL && message->is_request &&
	                   an_api_request_is_whole(&message->request);
	return whole ? &message->request : NULL;
}

const char *autonomi_message_name(const autonomi_message *message)
{
	if (message == NULL)
		return "";
	return message->is_request ? an_request_name(message->request.type)
	                           : an_response_name(message->response.type);
}

/* ---- Fields. */

static const struct an_api_field *field_of(const struct autonomi_message *message, const char *name)
{
	return message->is_request ? an_api_request_field(message->request.type, name)
	                           : an_api_response_field(message->response.type, name);
}

/* Of a response with an error, fields of what it should have are empty. */
static const void *value_of(const struct autonomi_message *message,
                            const struct an_api_field *field)
{
	const char *base = message->is_request ? (const char *)&message->request
	                                       : (const char *)&message->response;
	const bool missing = field->optional && !*(const bool *)(base + field->presence);
	const bool failed = !message->is_request &&
	                    message->response.type == AN_RESPONSE_GET_REPLICATED_RECORD &&
	                    message->response.get_replicated_record.result.failed;
	return missing || failed ? NULL : base + field->place;
}

static void give_address(const struct an_address *address, uint32_t *ret_type, uint8_t *ret_bytes,
                         size_t *ret_size)
{
	*ret_type = address->type;
	memcpy(ret_bytes, address->bytes, address->size);
	*ret_size = address->size;
}

autonomi_status autonomi_message_address(const autonomi_message *message, const char *field,
                                         uint32_t *ret_type, uint8_t *ret_bytes, size_t *ret_size)
{
	if (message == NULL || field == NULL || ret_type == NULL || ret_bytes == NULL ||
	    ret_size == NULL)
		return AUTONOMI_E_INVALID;
	const struct an_api_field *found = field_of(message, field);
	if (found == NULL || found->kind != AN_API_FIELD_ADDRESS)
		return AUTONOMI_E_NOT_FOUND;
	const struct an_address *address = value_of(message, found);
	if (address == NULL)
		return AUTONOMI_E_NOT_FOUND;
	give_address(address, ret_type, ret_bytes, ret_size);
	return AUTONOMI_OK;
}

autonomi_status autonomi_message_number(const autonomi_message *message, const char *field,
                                        uint64_t *ret_number)
{
	if (message == NULL || field == NULL || ret_number == NULL)
		return AUTONOMI_E_INVALID;
	const struct an_api_field *found = field_of(message, field);
	const void *value = found != NULL ? value_of(message, found) : NULL;
	if (value == NULL)
		return AUTONOMI_E_NOT_FOUND;
	if (found->kind == AN_API_FIELD_UINT64)
		*ret_number = *(const uint64_t *)value;
	else if (found->kind == AN_API_FIELD_UINT32)
		*ret_number = *(const uint32_t *)value;
	else if (found->kind == AN_API_FIELD_FLAG)
		*ret_number = *(const bool *)value;
	else
		return AUTONOMI_E_NOT_FOUND;
	return AUTONOMI_OK;
}

autonomi_status autonomi_message_bytes(const autonomi_message *message, const char *field,
                                       const uint8_t **ret_bytes, size_t *ret_size)
{
	if (message == NULL || field == NULL || ret_bytes == NULL || ret_size == NULL)
		return AUTONOMI_E_INVALID;
	const struct an_api_field *found = field_of(message, field);
	const void *value = found != NULL ? value_of(message, found) : NULL;
	if (value == NULL ||
	    (found->kind != AN_API_FIELD_BYTES && found->kind != AN_API_FIELD_NAME))
		return AUTONOMI_E_NOT_FOUND;
	const struct an_span bytes = found->kind == AN_API_FIELD_BYTES
	                                     ? *(const struct an_span *)value
	                                     : an_span(value, AN_DHT_KEY_SIZE);
	*ret_bytes = bytes.data;
	*ret_size = bytes.size;
	return AUTONOMI_OK;
}

/* The place of a field that is set; E_INVALID, E_UNSUPPORTED, E_NOT_FOUND. An optional one is there from
 * now on. */
static an_status place_of(struct autonomi_message *message, const char *name,
                          const struct an_api_field **ret_field, void **ret_place)
{
	if (message == NULL || name == NULL)
		return AUTONOMI_E_INVALID;
	if (!message->is_request)
		return AUTONOMI_E_UNSUPPORTED;
	*ret_field = field_of(message, name);
	if (*ret_field == NULL)
		return AUTONOMI_E_NOT_FOUND;
	*ret_place = (char *)&message->request + (*ret_field)->place;
	return AUTONOMI_OK;
}

static void note_presence(struct autonomi_message *message, const struct an_api_field *field)
{
	if (field->optional)
		*(bool *)((char *)&message->request + field->presence) = true;
}

autonomi_status autonomi_message_set_address(autonomi_message *message, const char *field,
                                             uint32_t type, const uint8_t *bytes, size_t size)
{
	struct an_guard guard;
	const struct an_api_field *found;
	void *place;
	an_guard_begin(&guard);
	an_status status = place_of(message, field, &found, &place);
	if (status == AUTONOMI_OK && found->kind != AN_API_FIELD_ADDRESS)
		status = AUTONOMI_E_NOT_FOUND;
	if (status == AUTONOMI_OK)
		status = an_api_address(type, bytes, size, place);
	return an_guard_leave(&guard, status);
}

static an_status set_number(const struct an_api_field *field, uint64_t number, void *place)
{
	const uint64_t most = field->kind == AN_API_FIELD_FLAG     ? 1
	                      : field->kind == AN_API_FIELD_UINT32 ? UINT32_MAX
	                                                           : UINT64_MAX;
	if (number > most)
		return AUTONOMI_E_INVALID;
	if (field->kind == AN_API_FIELD_FLAG)
		*(bool *)place = number == 1;
	else if (field->kind == AN_API_FIELD_UINT32)
		*(uint32_t *)place = (uint32_t)number;
	else
		*(uint64_t *)place = number;
	return AUTONOMI_OK;
}

autonomi_status autonomi_message_set_number(autonomi_message *message, const char *field,
                                            uint64_t number)
{
	const struct an_api_field *found;
	void *place;
	an_status status = place_of(message, field, &found, &place);
	if (status == AUTONOMI_OK &&
	    (found->kind == AN_API_FIELD_ADDRESS || found->kind == AN_API_FIELD_BYTES ||
	     found->kind == AN_API_FIELD_NAME))
		status = AUTONOMI_E_NOT_FOUND;
	if (status == AUTONOMI_OK)
		status = set_number(found, number, place);
	if (status == AUTONOMI_OK)
		note_presence(message, found);
	return status;
}

/* A message has one field of bytes at most, which owns them. */
static an_status set_bytes(struct autonomi_message *message, const struct an_api_field *field,
                           struct an_span bytes, void *place)
{
	if (field->kind == AN_API_FIELD_NAME) {
		if (bytes.size != AN_DHT_KEY_SIZE)
			return AUTONOMI_E_INVALID;
		memcpy(place, bytes.data, bytes.size);
		return AUTONOMI_OK;
	}
	if (bytes.size > MESSAGE_MAX)
		return AUTONOMI_E_INVALID;
	uint8_t *copy = an_malloc(bytes.size);
	if (copy == NULL)
		return AUTONOMI_E_NO_MEMORY;
	if (bytes.size > 0)
		memcpy(copy, bytes.data, bytes.size);
	an_free(message->set);
	message->set = copy;
	*(struct an_span *)place = an_span(copy, bytes.size);
	return AUTONOMI_OK;
}

autonomi_status autonomi_message_set_bytes(autonomi_message *message, const char *field,
                                           const uint8_t *bytes, size_t size)
{
	struct an_guard guard;
	const struct an_api_field *found;
	void *place;
	if (!an_api_has(bytes, size))
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	an_status status = place_of(message, field, &found, &place);
	if (status == AUTONOMI_OK && found->kind != AN_API_FIELD_BYTES &&
	    found->kind != AN_API_FIELD_NAME)
		status = AUTONOMI_E_NOT_FOUND;
	if (status == AUTONOMI_OK)
		status = set_bytes(message, found, an_span(bytes, size), place);
	if (status == AUTONOMI_OK)
		note_presence(message, found);
	return an_guard_leave(&guard, status);
}

/* The list that is there moves into the buffer first. */
static an_status add_key(struct autonomi_message *message, const struct an_message_key *key)
{
	struct an_message_list *list = &message->request.replicate.keys;
	if (list->count >= AN_MESSAGE_LIST_MAX)
		return AUTONOMI_E_TOO_LARGE;
	if (message->keys.size == 0)
		an_buffer_append(&message->keys, list->items);
	struct an_message_list longer = *list;
	an_message_add_key(&message->keys, &longer, false, key);
	if (message->keys.failed != AUTONOMI_OK)
		return message->keys.failed;
	longer.items = an_buffer_span(&message->keys);
	*list = longer;
	return AUTONOMI_OK;
}

autonomi_status autonomi_message_add_key(autonomi_message *message, uint32_t type,
                                         const uint8_t *address, size_t address_size,
                                         const uint8_t *content_hash)
{
	struct an_guard guard;
	struct an_message_key key = {.validation = {.is_chunk = content_hash == NULL}};
	if (message == NULL)
		return AUTONOMI_E_INVALID;
	if (!message->is_request || message->request.type != AN_REQUEST_REPLICATE)
		return AUTONOMI_E_NOT_FOUND;
	an_guard_begin(&guard);
	an_status status = an_api_address(type, address, address_size, &key.address);
	if (content_hash != NULL)
		memcpy(key.validation.hash, content_hash, sizeof(key.validation.hash));
	if (status == AUTONOMI_OK)
		status = add_key(message, &key);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_message_destination(const autonomi_message *message, uint32_t *ret_type,
                                             uint8_t *ret_bytes, size_t *ret_size)
{
	if (message == NULL || ret_type == NULL || ret_bytes == NULL || ret_size == NULL)
		return AUTONOMI_E_INVALID;
	if (!message->is_request)
		return AUTONOMI_E_UNSUPPORTED;
	give_address(an_request_destination(&message->request), ret_type, ret_bytes, ret_size);
	return AUTONOMI_OK;
}

/* ---- What responses say. */

autonomi_status autonomi_message_error(const autonomi_message *message, autonomi_bytes **ret_text)
{
	struct an_guard guard;
	struct an_buffer text;
	if (message == NULL || ret_text == NULL)
		return AUTONOMI_E_INVALID;
	const struct an_protocol_error *error = message->is_request
	                                                ? NULL
	                                                : an_api_response_error(&message->response);
	if (error == NULL)
		return AUTONOMI_E_NOT_FOUND;
	an_guard_begin(&guard);
	an_buffer_init(&text, AN_API_BYTES_MAX);
	an_error_display(error, &text);
	return an_guard_leave(&guard, an_api_take_bytes(&text, text.failed, ret_text));
}

autonomi_status autonomi_message_quote(const autonomi_message *message, autonomi_quote **ret_quote)
{
	struct an_guard guard;
	if (message == NULL || ret_quote == NULL)
		return AUTONOMI_E_INVALID;
	if (message->is_request || message->response.type != AN_RESPONSE_GET_STORE_QUOTE ||
	    message->response.get_store_quote.result.failed)
		return AUTONOMI_E_NOT_FOUND;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, an_api_give_quote(&message->response.get_store_quote.quote,
	                                                AUTONOMI_OK, ret_quote));
}

autonomi_status autonomi_message_candidate(const autonomi_message *message,
                                           autonomi_merkle_candidate **ret_candidate)
{
	struct an_guard guard;
	if (message == NULL || ret_candidate == NULL)
		return AUTONOMI_E_INVALID;
	if (message->is_request ||
	    message->response.type != AN_RESPONSE_GET_MERKLE_CANDIDATE_QUOTE ||
	    message->response.get_merkle_candidate_quote.result.failed)
		return AUTONOMI_E_NOT_FOUND;
	an_guard_begin(&guard);
	return an_guard_leave(
		&guard,
		an_api_give_candidate(&message->response.get_merkle_candidate_quote.candidate,
	                              ret_candidate));
}

/* ---- Lists. */

static const struct an_message_list *list_of(const struct autonomi_message *message)
{
	return message->is_request ? an_api_request_list(&message->request)
	                           : an_api_response_list(&message->response);
}

static bool has_proofs(const struct autonomi_message *message)
{
	return !message->is_request &&
	       (message->response.type == AN_RESPONSE_GET_STORE_QUOTE ||
	        message->response.type == AN_RESPONSE_GET_CHUNK_EXISTENCE_PROOF);
}

size_t autonomi_message_count(const autonomi_message *message)
{
	const struct an_message_list *list = message != NULL ? list_of(message) : NULL;
	return list != NULL ? list->count : 0;
}

/* Takes the next item off the list and gives its address. */
static void next_item(const struct autonomi_message *message, struct an_message_list *list,
                      struct an_address *ret_address)
{
	struct an_message_proof proof;
	struct an_message_key key;
	struct an_message_peer peer;
	if (has_proofs(message)) {
		an_message_next_proof(list, &proof);
		*ret_address = proof.address;
	} else if (message->is_request) {
		an_message_next_key(list, message->request.type == AN_REQUEST_FRESH_REPLICATE,
		                    &key);
		*ret_address = key.address;
	} else {
		an_message_next_peer(list, &peer);
		*ret_address = peer.address;
	}
}

autonomi_status autonomi_message_item(const autonomi_message *message, size_t index,
                                      uint32_t *ret_type, uint8_t *ret_bytes, size_t *ret_size)
{
	struct an_guard guard;
	struct an_address address;
	if (index >= autonomi_message_count(message) || ret_type == NULL || ret_bytes == NULL ||
	    ret_size == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	struct an_message_list list = *list_of(message);
	for (size_t i = 0; i <= index; i++)
		next_item(message, &list, &address);
	give_address(&address, ret_type, ret_bytes, ret_size);
	return an_guard_leave(&guard, AUTONOMI_OK);
}

static bool has_peers(const struct autonomi_message *message)
{
	return !message->is_request && list_of(message) != NULL && !has_proofs(message);
}

autonomi_status autonomi_message_item_multiaddr(const autonomi_message *message, size_t index,
                                                size_t place, const uint8_t **ret_bytes,
                                                size_t *ret_size)
{
	struct an_guard guard;
	struct an_message_peer peer = {0};
	struct an_span multiaddr = {0};
	if (index >= autonomi_message_count(message) || ret_bytes == NULL || ret_size == NULL)
		return AUTONOMI_E_INVALID;
	if (!has_peers(message))
		return AUTONOMI_E_NOT_FOUND;
	an_guard_begin(&guard);
	struct an_message_list list = *list_of(message);
	for (size_t i = 0; i <= index; i++)
		an_message_next_peer(&list, &peer);
	if (place >= peer.multiaddrs.count)
		return an_guard_leave(&guard, AUTONOMI_E_NOT_FOUND);
	for (size_t i = 0; i <= place; i++)
		an_message_next_multiaddr(&peer.multiaddrs, &multiaddr);
	*ret_bytes = multiaddr.data;
	*ret_size = multiaddr.size;
	return an_guard_leave(&guard, AUTONOMI_OK);
}

autonomi_status autonomi_message_item_proof(const autonomi_message *message, size_t index,
                                            uint8_t *ret_proof)
{
	struct an_guard guard;
	struct an_message_proof proof = {.failed = true};
	if (index >= autonomi_message_count(message) || ret_proof == NULL)
		return AUTONOMI_E_INVALID;
	if (!has_proofs(message))
		return AUTONOMI_E_NOT_FOUND;
	an_guard_begin(&guard);
	struct an_message_list list = *list_of(message);
	for (size_t i = 0; i <= index; i++)
		an_message_next_proof(&list, &proof);
	if (!proof.failed)
		memcpy(ret_proof, proof.proof, sizeof(proof.proof));
	return an_guard_leave(&guard, proof.failed ? AUTONOMI_E_NOT_FOUND : AUTONOMI_OK);
}
