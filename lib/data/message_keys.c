/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of replication requests, with the payments of fresh ones (semantics 5.1). */
#include "data/message_codec.h"

/* ---- How a replica is checked. */

static const char *const validation_names[] = {"Chunk", "NonChunk"};
static const struct an_fields validations = AN_FIELDS(validation_names);

/* Autonomi's reader takes a variant without data from a map too, and leaves what stands there to
 * whoever reads next (semantics 5.5). */
void an_validation_read_cbor(struct an_reader *reader, struct an_validation *ret_validation)
{
	*ret_validation = (struct an_validation){0};
	const int variant = an_cbor_read_variant(reader, &validations);
	ret_validation->is_chunk = variant == 0;
	if (variant == AN_VARIANT_NONE)
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
	else if (variant == 1)
		an_cbor_read_fixed(reader, ret_validation->hash, sizeof(ret_validation->hash));
}

void an_validation_write_cbor(struct an_buffer *out, const struct an_validation *validation)
{
	if (validation->is_chunk) {
		an_cbor_write_name(out, validation_names[0]);
		return;
	}
	an_cbor_write_variant(out, validation_names[1]);
	an_cbor_write_integers(out, an_span(validation->hash, sizeof(validation->hash)));
}

static const char *const data_type_names[] = {
	[AN_RECORD_CHUNK] = "Chunk",
	[AN_RECORD_GRAPH_ENTRY] = "GraphEntry",
	[AN_RECORD_POINTER] = "Pointer",
	[AN_RECORD_SCRATCHPAD] = "Scratchpad",
};
static const struct an_fields data_types = AN_FIELDS(data_type_names);

static enum an_record_type read_data_type(struct an_reader *reader)
{
	const int variant = an_cbor_read_variant(reader, &data_types);
	if (variant == AN_VARIANT_NONE) {
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
		return AN_RECORD_CHUNK;
	}
	return (enum an_record_type)variant;
}

/* ---- Payments: pairs of the bytes of a peer id and a quote. */

static const char *const proof_names[] = {"peer_quotes"};
static const struct an_fields proof_fields = AN_FIELDS(proof_names);

static void read_peer_id(struct an_message_source *source, struct an_quote_bytes *peer_id)
{
	const struct an_message_list bytes = an_message_read_list(source, an_message_copy_small,
	                                                          sizeof(peer_id->bytes));
	peer_id->size = an_message_gather(bytes, peer_id->bytes, sizeof(peer_id->bytes));
}

static void read_payee(struct an_message_source *source, struct an_message_payee *payee)
{
	an_cbor_read_tuple(&source->reader, 2);
	read_peer_id(source, &payee->peer_id);
	an_quote_read_cbor(&source->reader, &payee->quote);
}

static void write_payee(struct an_buffer *out, const struct an_message_payee *payee)
{
	an_cbor_write_array(out, 2);
	an_cbor_write_integers(out, an_span(payee->peer_id.bytes, payee->peer_id.size));
	an_quote_write_cbor(out, &payee->quote);
}

static void copy_payee(struct an_message_source *source, struct an_buffer *out)
{
	struct an_message_payee payee;
	read_payee(source, &payee);
	if (out != NULL)
		write_payee(out, &payee);
}

bool an_message_next_payee(struct an_message_list *list, struct an_message_payee *ret_payee)
{
	if (list->count == 0)
		return false;
	struct an_message_source source = an_message_begin_item(list);
	read_payee(&source, ret_payee);
	an_message_end_item(list, &source);
	return an_reader_ok(&source.reader);
}

void an_message_add_payee(struct an_buffer *items, struct an_message_list *list,
                          const struct an_message_payee *payee)
{
	write_payee(items, payee);
	an_message_note_item(items, list);
}

struct an_message_list an_payment_read_cbor(struct an_message_source *source)
{
	struct an_message_list payees = {0};
	struct an_cbor_run run = an_cbor_read_struct(&source->reader);
	while (an_cbor_next_field(&source->reader, &run, &proof_fields) != AN_FIELD_END)
		payees = an_message_read_list(source, copy_payee, AN_MESSAGE_LIST_MAX);
	return payees;
}

void an_payment_write_cbor(struct an_buffer *out, struct an_message_list payees)
{
	an_cbor_write_map(out, proof_fields.count);
	an_cbor_write_name(out, proof_names[0]);
	an_message_write_list(out, payees, copy_payee);
}

/* ---- Keys: a pair of address and validation; fresh ones are four with the type and the payment. */

static void read_key(struct an_message_source *source, bool fresh, struct an_message_key *key)
{
	struct an_reader *reader = &source->reader;
	*key = (struct an_message_key){0};
	an_cbor_read_tuple(reader, fresh ? 4 : 2);
	an_address_read_cbor(reader, &key->address);
	if (fresh)
		key->data_type = read_data_type(reader);
	an_validation_read_cbor(reader, &key->validation);
	if (!fresh || an_cbor_read_null(reader))
		return;
	key->has_proof = true;
	key->proof = an_payment_read_cbor(source);
}

static void write_key(struct an_buffer *out, bool fresh, const struct an_message_key *key)
{
	an_cbor_write_array(out, fresh ? 4 : 2);
	an_address_write_cbor(out, &key->address);
	if (fresh)
		an_cbor_write_name(out, data_type_names[key->data_type]);
	an_validation_write_cbor(out, &key->validation);
	if (fresh && key->has_proof)
		an_payment_write_cbor(out, key->proof);
	else if (fresh)
		an_cbor_write_null(out);
}

static void copy_key(struct an_message_source *source, struct an_buffer *out, bool fresh)
{
	struct an_message_key key;
	read_key(source, fresh, &key);
	if (out != NULL)
		write_key(out, fresh, &key);
}

void an_message_copy_key(struct an_message_source *source, struct an_buffer *out)
{
	copy_key(source, out, false);
}

void an_message_copy_fresh_key(struct an_message_source *source, struct an_buffer *out)
{
	copy_key(source, out, true);
}

bool an_message_next_key(struct an_message_list *list, bool fresh, struct an_message_key *ret_key)
{
	if (list->count == 0)
		return false;
	struct an_message_source source = an_message_begin_item(list);
	read_key(&source, fresh, ret_key);
	an_message_end_item(list, &source);
	return an_reader_ok(&source.reader);
}

void an_message_add_key(struct an_buffer *items, struct an_message_list *list, bool fresh,
                        const struct an_message_key *key)
{
	write_key(items, fresh, key);
	an_message_note_item(items, list);
}
