/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Protocol errors as Autonomi shows them (semantics 5.5), and in MessagePack. */
#include "data/address_text.h"
#include "data/message.h"
#include "data/message_codec.h"
#include "wire/msgpack.h"

/* ---- As shown to people; data follows where the words end with it. */

static const char *const words[] = {
	[AN_ERROR_CHUNK_DOES_NOT_EXIST] = "Chunk does not exist ",
	[AN_ERROR_SCRATCHPAD_CIPHER_TEXT_FAILED] =
		"Failed to derive CipherText from encrypted_data",
	[AN_ERROR_SCRATCHPAD_CIPHER_TEXT_INVALID] = "Provided cypher text is invalid",
	[AN_ERROR_GET_STORE_QUOTE_FAILED] =
		"There was an error getting the storecost from kademlia store",
	[AN_ERROR_QUOTE_GENERATION_FAILED] = "There was an error generating the payment quote",
	[AN_ERROR_REPLICATED_RECORD_NOT_FOUND] = "Peer ",
	[AN_ERROR_RECORD_HEADER_PARSING_FAILED] =
		"Could not Serialize/Deserialize RecordHeader to/from Record",
	[AN_ERROR_RECORD_PARSING_FAILED] = "Could not Serialize/Deserialize Record",
	[AN_ERROR_RECORD_EXISTS] = "The record already exists, so do not charge for it: ",
	[AN_ERROR_PUT_RECORD_FAILED] = "Error handling record put: ",
	[AN_ERROR_OUTDATED_RECORD_COUNTER] = "Outdated record: with counter ",
	[AN_ERROR_GET_MERKLE_CANDIDATE_QUOTE_FAILED] =
		"There was an error getting the Merkle candidate quote: ",
	[AN_ERROR_FAILED_TO_SIGN_MERKLE_CANDIDATE] = "Failed to sign Merkle candidate node: ",
	[AN_ERROR_MERKLE_PAYMENT_VERIFICATION_FAILED] = "Merkle payment verification failed: ",
	[AN_ERROR_TOPOLOGY_VERIFICATION_FAILED] = "Topology verification failed: only ",
	[AN_ERROR_UNKNOWN] =
		"Unknown error: the peer and you are using different protocol versions",
};

static void append_record_key(const struct an_protocol_error *error, struct an_buffer *text)
{
	uint8_t key[AN_ADDRESS_BYTES_MAX];
	const size_t size = an_message_gather(error->record_key, key, sizeof(key));
	an_record_key_display(an_span(key, size), text);
}

void an_error_display(const struct an_protocol_error *error, struct an_buffer *text)
{
	an_text_append(text, words[error->type]);
	switch (error->type) {
	case AN_ERROR_CHUNK_DOES_NOT_EXIST:
		an_address_debug(&error->address, text);
		return;
	case AN_ERROR_REPLICATED_RECORD_NOT_FOUND:
		an_address_debug(&error->address, text);
		an_text_append(text, " cannot find Record ");
		an_address_debug(&error->key, text);
		return;
	case AN_ERROR_RECORD_EXISTS:
		append_record_key(error, text);
		return;
	case AN_ERROR_OUTDATED_RECORD_COUNTER:
		an_text_append_number(text, error->counter);
		an_text_append(text, ", expected any above ");
		an_text_append_number(text, error->expected);
		return;
	case AN_ERROR_TOPOLOGY_VERIFICATION_FAILED:
		an_text_append_number(text, error->topology.valid_count);
		an_text_append(text, "/");
		an_text_append_number(text, error->topology.total_paid);
		an_text_append(text, " paid nodes in closest ");
		an_text_append_number(text, error->topology.closest_count);
		return;
	default:
		(void)an_buffer_append(text, error->text);
	}
}

/* ---- As Rust's derived Debug writes it. */

/* Takes the peer id out of the list of lists of integers. */
static bool next_peer(struct an_message_list *list, uint8_t bytes[AN_ADDRESS_BYTES_MAX],
                      size_t *ret_size)
{
	struct an_message_list integers;
	if (!an_message_next_peer_bytes(list, &integers))
		return false;
	*ret_size = an_message_gather(integers, bytes, AN_ADDRESS_BYTES_MAX);
	return true;
}

static void append_peers(struct an_message_list peers, struct an_buffer *text)
{
	uint8_t bytes[AN_ADDRESS_BYTES_MAX];
	size_t size;
	an_text_append(text, "[");
	for (size_t i = 0; next_peer(&peers, bytes, &size); i++) {
		struct an_peer_id id;
		char base58[AN_PEER_ID_TEXT_MAX] = "";
		if (an_peer_id_from_bytes(&id, an_span(bytes, size)) == AUTONOMI_OK)
			an_peer_id_to_text(&id, base58);
		an_text_append(text, i == 0 ? "PeerId(" : ", PeerId(");
		an_text_append_quoted(text, an_span_text(base58));
		an_text_append(text, ")");
	}
	an_text_append(text, "]");
}

static void debug_topology(const struct an_protocol_error *error, struct an_buffer *text)
{
	an_text_append(text, " { target_address: ");
	an_address_debug(&error->address, text);
	an_text_append(text, ", valid_count: ");
	an_text_append_number(text, error->topology.valid_count);
	an_text_append(text, ", total_paid: ");
	an_text_append_number(text, error->topology.total_paid);
	an_text_append(text, ", closest_count: ");
	an_text_append_number(text, error->topology.closest_count);
	an_text_append(text, ", node_peers: ");
	append_peers(error->topology.node_peers, text);
	an_text_append(text, ", paid_peers: ");
	append_peers(error->topology.paid_peers, text);
	an_text_append(text, " }");
}

/* What a variant has as its only field. */
static void debug_field(const struct an_protocol_error *error, struct an_buffer *text)
{
	an_text_append(text, "(");
	if (error->type == AN_ERROR_CHUNK_DOES_NOT_EXIST)
		an_address_debug(&error->address, text);
	else if (error->type == AN_ERROR_RECORD_EXISTS)
		append_record_key(error, text);
	else
		an_text_append_quoted(text, error->text);
	an_text_append(text, ")");
}

void an_error_debug(const struct an_protocol_error *error, struct an_buffer *text)
{
	an_text_append(text, an_error_name(error->type));
	switch (error->type) {
	case AN_ERROR_REPLICATED_RECORD_NOT_FOUND:
		an_text_append(text, " { holder: ");
		an_address_debug(&error->address, text);
		an_text_append(text, ", key: ");
		an_address_debug(&error->key, text);
		an_text_append(text, " }");
		return;
	case AN_ERROR_OUTDATED_RECORD_COUNTER:
		an_text_append(text, " { counter: ");
		an_text_append_number(text, error->counter);
		an_text_append(text, ", expected: ");
		an_text_append_number(text, error->expected);
		an_text_append(text, " }");
		return;
	case AN_ERROR_TOPOLOGY_VERIFICATION_FAILED:
		debug_topology(error, text);
		return;
	default:
		if (!an_message_error_is_unit(error->type))
			debug_field(error, text);
	}
}

/* ---- MessagePack. */

static void write_peers(struct an_buffer *out, struct an_message_list peers)
{
	uint8_t bytes[AN_ADDRESS_BYTES_MAX];
	size_t size;
	an_msgpack_write_array(out, (uint32_t)peers.count);
	while (next_peer(&peers, bytes, &size))
		an_msgpack_write_integers(out, an_span(bytes, size));
}

static void write_topology(struct an_buffer *out, const struct an_protocol_error *error)
{
	an_msgpack_write_array(out, 6);
	an_address_write_msgpack(out, &error->address);
	an_msgpack_write_uint(out, error->topology.valid_count);
	an_msgpack_write_uint(out, error->topology.total_paid);
	an_msgpack_write_uint(out, error->topology.closest_count);
	write_peers(out, error->topology.node_peers);
	write_peers(out, error->topology.paid_peers);
}

static void write_record_key(struct an_buffer *out, const struct an_protocol_error *error)
{
	uint8_t key[AN_ADDRESS_BYTES_MAX];
	const size_t size = an_message_gather(error->record_key, key, sizeof(key));
	an_msgpack_write_integers(out, an_span(key, size));
}

void an_error_write_msgpack(struct an_buffer *out, const struct an_protocol_error *error)
{
	if (an_message_error_is_unit(error->type)) {
		an_msgpack_write_name(out, an_error_name(error->type));
		return;
	}
	an_msgpack_write_variant(out, an_error_name(error->type));
	switch (error->type) {
	case AN_ERROR_CHUNK_DOES_NOT_EXIST:
		an_address_write_msgpack(out, &error->address);
		return;
	case AN_ERROR_REPLICATED_RECORD_NOT_FOUND:
		an_msgpack_write_array(out, 2);
		an_address_write_msgpack(out, &error->address);
		an_address_write_msgpack(out, &error->key);
		return;
	case AN_ERROR_RECORD_EXISTS:
		write_record_key(out, error);
		return;
	case AN_ERROR_OUTDATED_RECORD_COUNTER:
		an_msgpack_write_array(out, 2);
		an_msgpack_write_uint(out, error->counter);
		an_msgpack_write_uint(out, error->expected);
		return;
	case AN_ERROR_TOPOLOGY_VERIFICATION_FAILED:
		write_topology(out, error);
		return;
	default:
		an_msgpack_write_text(out, error->text);
	}
}
