/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/node_event.h"

#include "data/address_text.h"
#include "wire/msgpack.h"

static const char *const names[] = {"ConnectedToNetwork", "ChunkStored", "RewardReceived",
                                    "ChannelClosed", "TerminateNode"};
static const struct an_fields types = AN_FIELDS(names);

static bool has_data(enum an_node_event_type type)
{
	return type != AN_NODE_EVENT_CONNECTED_TO_NETWORK && type != AN_NODE_EVENT_CHANNEL_CLOSED;
}

const char *an_node_event_name(enum an_node_event_type type)
{
	return names[type];
}

an_status an_node_event_encode(const struct an_node_event *event, struct an_buffer *out)
{
	if (!has_data(event->type)) {
		an_msgpack_write_name(out, names[event->type]);
		return out->failed;
	}
	an_msgpack_write_variant(out, names[event->type]);
	if (event->type == AN_NODE_EVENT_CHUNK_STORED) {
		an_msgpack_write_integers(out, an_span(event->address.bytes, AN_RECORD_NAME_SIZE));
	} else if (event->type == AN_NODE_EVENT_REWARD_RECEIVED) {
		an_msgpack_write_array(out, 2);
		an_amount_write_msgpack(out, &event->amount);
		an_address_write_msgpack(out, &event->address);
	} else {
		an_msgpack_write_text(out, event->reason);
	}
	return out->failed;
}

static void read_data(struct an_reader *reader, struct an_node_event *event)
{
	uint8_t name[AN_RECORD_NAME_SIZE];
	switch (event->type) {
	case AN_NODE_EVENT_CHUNK_STORED:
		an_msgpack_read_fixed(reader, name, sizeof(name));
		event->address = an_address_of_chunk(name);
		break;
	case AN_NODE_EVENT_REWARD_RECEIVED:
		an_msgpack_read_tuple(reader, 2);
		an_amount_read_msgpack(reader, &event->amount);
		an_address_read_msgpack(reader, &event->address);
		break;
	case AN_NODE_EVENT_TERMINATE_NODE:
		event->reason = an_msgpack_read_text(reader);
		break;
	default:
		/* A variant without data as a map of one: its data is nil. */
		if (!an_msgpack_read_nil(reader))
			an_reader_fail(reader, AUTONOMI_E_CORRUPT);
	}
}

an_status an_node_event_decode(struct an_span bytes, struct an_node_event *ret_event)
{
	struct an_reader reader = an_reader(bytes);
	bool data = false;
	const int type = an_msgpack_read_variant(&reader, &types, &data);
	*ret_event = (struct an_node_event){0};
	if (type == AN_VARIANT_NONE || (!data && has_data((enum an_node_event_type)type)))
		an_reader_fail(&reader, AUTONOMI_E_CORRUPT);
	if (!an_reader_ok(&reader))
		return reader.failed;
	ret_event->type = (enum an_node_event_type)type;
	if (data)
		read_data(&reader, ret_event);
	return reader.failed;
}

void an_node_event_debug(const struct an_node_event *event, struct an_buffer *text)
{
	char decimal[AN_AMOUNT_DECIMAL_MAX];
	an_text_append(text, names[event->type]);
	if (!has_data(event->type))
		return;
	an_text_append(text, "(");
	if (event->type == AN_NODE_EVENT_CHUNK_STORED) {
		an_text_append_hex(text, an_span(event->address.bytes, AN_RECORD_NAME_SIZE));
	} else if (event->type == AN_NODE_EVENT_REWARD_RECEIVED) {
		(void)an_amount_decimal(&event->amount, decimal);
		an_text_append(text, "AttoTokens(");
		an_text_append(text, decimal);
		an_text_append(text, "), ");
		an_address_debug(&event->address, text);
	} else {
		an_text_append_quoted(text, event->reason);
	}
	an_text_append(text, ")");
}
