/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/payment.h"

#include "base/memory.h"
#include "ident/multiaddr.h"
#include "wire/cbor.h"
#include "wire/msgpack.h"

enum { ENTRY_MIN = 1 + 1 + 1 + 2 + AN_QUOTE_CONTENT_SIZE }; /* of an entry in MessagePack */
static const char *const proof_names[] = {"peer_quotes"};
static const struct an_fields proof_fields = AN_FIELDS(proof_names);

void an_payment_proof_done(struct an_payment_proof *proof)
{
	an_free(proof->entries);
	*proof = (struct an_payment_proof){0};
}

static void reserve_entries(struct an_reader *reader, uint64_t count,
                            struct an_payment_proof *proof)
{
	if (an_reader_ok(reader) && count > AN_PAYMENT_QUOTES_MAX)
		an_reader_fail(reader, AUTONOMI_E_TOO_LARGE);
	if (!an_reader_ok(reader))
		return;
	proof->entries = an_calloc((size_t)count, sizeof(proof->entries[0]));
	if (proof->entries == NULL)
		an_reader_fail(reader, AUTONOMI_E_NO_MEMORY);
}

/* ---- MessagePack. */

static void read_addresses(struct an_reader *reader, struct an_payment_addresses *addresses)
{
	const uint32_t count = an_msgpack_read_array(reader);
	if (count > AN_PAYMENT_ADDRESSES_MAX)
		an_reader_fail(reader, AUTONOMI_E_TOO_LARGE);
	for (uint32_t i = 0; i < count && an_reader_ok(reader); i++) {
		const struct an_span address = an_msgpack_read_bin(reader);
		if (an_reader_ok(reader) && an_multiaddr_check(address) != AUTONOMI_OK)
			an_reader_fail(reader, AUTONOMI_E_CORRUPT);
		addresses->items[addresses->count++] = address;
	}
}

static void read_entry(struct an_reader *reader, struct an_payment_entry *entry,
                       struct an_payment_addresses *addresses)
{
	an_msgpack_read_tuple(reader, addresses != NULL ? 3 : 2);
	an_quote_bytes_read(reader, &entry->peer_id);
	if (addresses != NULL)
		read_addresses(reader, addresses);
	an_quote_read_msgpack(reader, &entry->quote);
}

static void read_entries(struct an_reader *reader, struct an_payment_proof *proof,
                         struct an_payment_addresses *addresses)
{
	const uint32_t count = an_msgpack_read_array(reader);
	if (count > an_reader_left(reader) / ENTRY_MIN)
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
	reserve_entries(reader, count, proof);
	while (proof->count < count && an_reader_ok(reader)) {
		const size_t i = proof->count++;
		read_entry(reader, &proof->entries[i], addresses != NULL ? &addresses[i] : NULL);
	}
}

static void read_proof(struct an_reader *reader, struct an_payment_proof *proof,
                       struct an_payment_addresses *addresses)
{
	*proof = (struct an_payment_proof){0};
	struct an_msgpack_run run = an_msgpack_read_struct(reader, &proof_fields);
	while (an_msgpack_next_field(reader, &run, &proof_fields) != AN_FIELD_END)
		read_entries(reader, proof, addresses);
}

void an_payment_proof_read(struct an_reader *reader, struct an_payment_proof *ret_proof)
{
	read_proof(reader, ret_proof, NULL);
}

void an_client_proof_read(struct an_reader *reader, struct an_payment_proof *ret_proof,
                          struct an_payment_addresses ret_addresses[AN_PAYMENT_QUOTES_MAX])
{
	memset(ret_addresses, 0, AN_PAYMENT_QUOTES_MAX * sizeof(ret_addresses[0]));
	read_proof(reader, ret_proof, ret_addresses);
}

static void write_addresses(struct an_buffer *out, const struct an_payment_addresses *addresses)
{
	an_msgpack_write_array(out, (uint32_t)addresses->count);
	for (size_t i = 0; i < addresses->count; i++)
		an_msgpack_write_bin(out, addresses->items[i]);
}

static void write_proof(struct an_buffer *out, const struct an_payment_proof *proof,
                        const struct an_payment_addresses *addresses)
{
	an_msgpack_write_array(out, (uint32_t)proof_fields.count);
	an_msgpack_write_array(out, (uint32_t)proof->count);
	for (size_t i = 0; i < proof->count; i++) {
		an_msgpack_write_array(out, addresses != NULL ? 3 : 2);
		an_quote_bytes_write(out, &proof->entries[i].peer_id);
		if (addresses != NULL)
			write_addresses(out, &addresses[i]);
		an_quote_write_msgpack(out, &proof->entries[i].quote);
	}
}

void an_payment_proof_write(struct an_buffer *out, const struct an_payment_proof *proof)
{
	write_proof(out, proof, NULL);
}

void an_client_proof_write(struct an_buffer *out, const struct an_payment_proof *proof,
                           const struct an_payment_addresses *addresses)
{
	write_proof(out, proof, addresses);
}

/* ---- CBOR. */

static void read_peer_id_cbor(struct an_reader *reader, struct an_quote_bytes *bytes)
{
	struct an_cbor_run run = an_cbor_read_list(reader);
	bytes->size = 0;
	while (an_cbor_next(reader, &run)) {
		if (bytes->size == sizeof(bytes->bytes)) {
			an_reader_fail(reader, AUTONOMI_E_TOO_LARGE);
			return;
		}
		bytes->bytes[bytes->size++] = (uint8_t)an_cbor_read_uint(reader, UINT8_MAX);
	}
}

static void read_entry_cbor(struct an_reader *reader, struct an_payment_entry *entry)
{
	an_cbor_read_tuple(reader, 2);
	read_peer_id_cbor(reader, &entry->peer_id);
	an_quote_read_cbor(reader, &entry->quote);
}

static void read_entries_cbor(struct an_reader *reader, struct an_payment_proof *proof)
{
	struct an_cbor_run run = an_cbor_read_list(reader);
	/* A list that does not say its length gets the room of the longest one. */
	reserve_entries(reader, run.indefinite ? AN_PAYMENT_QUOTES_MAX : run.left, proof);
	while (an_cbor_next(reader, &run)) {
		if (proof->count == AN_PAYMENT_QUOTES_MAX)
			an_reader_fail(reader, AUTONOMI_E_TOO_LARGE);
		else
			read_entry_cbor(reader, &proof->entries[proof->count++]);
	}
}

void an_payment_proof_read_cbor(struct an_reader *reader, struct an_payment_proof *ret_proof)
{
	*ret_proof = (struct an_payment_proof){0};
	struct an_cbor_run run = an_cbor_read_struct(reader);
	while (an_cbor_next_field(reader, &run, &proof_fields) != AN_FIELD_END)
		read_entries_cbor(reader, ret_proof);
}

void an_payment_proof_write_cbor(struct an_buffer *out, const struct an_payment_proof *proof)
{
	an_cbor_write_map(out, proof_fields.count);
	an_cbor_write_name(out, proof_names[0]);
	an_cbor_write_array(out, proof->count);
	for (size_t i = 0; i < proof->count; i++) {
		const struct an_quote_bytes *peer_id = &proof->entries[i].peer_id;
		an_cbor_write_array(out, 2);
		an_cbor_write_integers(out, an_span(peer_id->bytes, peer_id->size));
		an_quote_write_cbor(out, &proof->entries[i].quote);
	}
}

/* ---- Verdicts. */

bool an_payment_proof_peer(const struct an_payment_proof *proof, size_t i,
                           struct an_peer_id *ret_id)
{
	const struct an_quote_bytes *bytes = &proof->entries[i].peer_id;
	return an_peer_id_from_bytes(ret_id, an_span(bytes->bytes, bytes->size)) == AUTONOMI_OK;
}

bool an_payment_proof_is_for(const struct an_payment_proof *proof, const struct an_peer_id *self)
{
	bool listed = false;
	for (size_t i = 0; i < proof->count; i++) {
		struct an_peer_id id;
		if (!an_payment_proof_peer(proof, i, &id) ||
		    !an_quote_verify(&proof->entries[i].quote, &id))
			return false;
		listed = listed || an_peer_id_equal(&id, self);
	}
	return listed;
}

bool an_payment_proof_is_of_type(const struct an_payment_proof *proof, uint32_t data_type)
{
	for (size_t i = 0; i < proof->count; i++)
		if (proof->entries[i].quote.metrics.data_type != data_type)
			return false;
	return true;
}
