/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <autonomi/message.h>

#include "api/data_handle.h"
#include "base/memory.h"
#include "data/peer_messages.h"

struct autonomi_peer_message {
	bool is_identify;
	struct an_kademlia_whole kademlia;
	struct an_identify identify;
	struct an_buffer bytes; /* what the message borrows */
};

static an_status decode(bool is_identify, struct an_span bytes,
                        struct autonomi_peer_message *message)
{
	message->is_identify = is_identify;
	an_buffer_init(&message->bytes, AN_KADEMLIA_PACKET_MAX);
	const an_status status = an_buffer_append(&message->bytes, bytes);
	if (status != AUTONOMI_OK)
		return status;
	const struct an_span own = an_buffer_span(&message->bytes);
	return is_identify ? an_identify_decode(own, &message->identify)
	                   : an_kademlia_whole_decode(own, &message->kademlia);
}

autonomi_status autonomi_peer_message_decode(uint32_t protocol, const uint8_t *bytes, size_t size,
                                             autonomi_peer_message **ret_message)
{
	struct an_guard guard;
	if ((protocol != AUTONOMI_PEER_KADEMLIA && protocol != AUTONOMI_PEER_IDENTIFY) ||
	    !an_api_has(bytes, size) || ret_message == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	struct autonomi_peer_message *message = an_calloc(1, sizeof(*message));
	if (message == NULL)
		return an_guard_leave(&guard, AUTONOMI_E_NO_MEMORY);
	const an_status status = decode(protocol == AUTONOMI_PEER_IDENTIFY, an_span(bytes, size),
	                                message);
	if (status == AUTONOMI_OK)
		*ret_message = message;
	else
		autonomi_peer_message_free(message);
	return an_guard_leave(&guard, status);
}

autonomi_peer_message *autonomi_peer_message_free(autonomi_peer_message *message)
{
	if (message != NULL)
		an_buffer_done(&message->bytes);
	return an_free(message);
}

autonomi_status autonomi_peer_message_encode(const autonomi_peer_message *message,
                                             autonomi_bytes **ret_bytes)
{
	struct an_guard guard;
	struct an_buffer out;
	if (message == NULL || ret_bytes == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	an_buffer_init(&out, AN_API_BYTES_MAX);
	const an_status status = message->is_identify
	                                 ? an_identify_encode(&message->identify, &out)
	                                 : an_kademlia_whole_encode(&message->kademlia, &out);
	return an_guard_leave(&guard, an_api_take_bytes(&out, status, ret_bytes));
}

const char *autonomi_peer_message_name(const autonomi_peer_message *message)
{
	static const char *const names[] = {
		[AN_KADEMLIA_PUT_VALUE] = "PUT_VALUE",
		[AN_KADEMLIA_GET_VALUE] = "GET_VALUE",
		[AN_KADEMLIA_ADD_PROVIDER] = "ADD_PROVIDER",
		[AN_KADEMLIA_GET_PROVIDERS] = "GET_PROVIDERS",
		[AN_KADEMLIA_FIND_NODE] = "FIND_NODE",
		[AN_KADEMLIA_PING] = "PING",
	};
	if (message == NULL)
		return "";
	return message->is_identify ? "identify" : names[message->kademlia.type];
}

/* What of a message a name means; a span without data where it means nothing. */
static struct an_span kademlia_bytes(const struct an_kademlia_whole *message, const char *field)
{
	if (strcmp(field, "key") == 0)
		return message->key;
	if (message->has_record && strcmp(field, "record.key") == 0)
		return message->record.key;
	if (message->has_record && strcmp(field, "record.value") == 0)
		return message->record.value;
	return an_span(NULL, 0);
}

static struct an_span identify_bytes(const struct an_identify *message, const char *field)
{
	if (strcmp(field, "protocol_version") == 0)
		return message->protocol_version;
	if (strcmp(field, "agent_version") == 0)
		return message->agent_version;
	if (strcmp(field, "public_key") == 0)
		return message->public_key;
	return strcmp(field, "observed_address") == 0 ? message->observed : an_span(NULL, 0);
}

autonomi_status autonomi_peer_message_bytes(const autonomi_peer_message *message, const char *field,
                                            const uint8_t **ret_bytes, size_t *ret_size)
{
	if (message == NULL || field == NULL || ret_bytes == NULL || ret_size == NULL)
		return AUTONOMI_E_INVALID;
	const struct an_span bytes = message->is_identify
	                                     ? identify_bytes(&message->identify, field)
	                                     : kademlia_bytes(&message->kademlia, field);
	if (bytes.data == NULL)
		return AUTONOMI_E_NOT_FOUND;
	*ret_bytes = bytes.data;
	*ret_size = bytes.size;
	return AUTONOMI_OK;
}

size_t autonomi_peer_message_count(const autonomi_peer_message *message)
{
	if (message == NULL)
		return 0;
	return message->is_identify ? message->identify.listen_count
	                            : message->kademlia.closer_count;
}

autonomi_status autonomi_peer_message_item(const autonomi_peer_message *message, size_t index,
                                           const uint8_t **ret_bytes, size_t *ret_size)
{
	if (index >= autonomi_peer_message_count(message) || ret_bytes == NULL || ret_size == NULL)
		return AUTONOMI_E_INVALID;
	const struct an_span item = message->is_identify ? message->identify.listen[index]
	                                                 : message->kademlia.closer[index].id;
	*ret_bytes = item.data;
	*ret_size = item.size;
	return AUTONOMI_OK;
}
