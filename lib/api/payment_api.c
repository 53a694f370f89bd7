/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "api/data_handle.h"
#include "base/memory.h"

struct autonomi_payment_proof {
	struct an_payment_proof value;
};

autonomi_payment_proof *autonomi_payment_proof_new(void)
{
	struct an_guard guard;
	an_guard_begin(&guard);
	struct autonomi_payment_proof *proof = an_calloc(1, sizeof(*proof));
	an_guard_leave(&guard, AUTONOMI_OK);
	return proof;
}

typedef void proof_reading(struct an_reader *reader, struct an_payment_proof *ret_proof);

static an_status decode(proof_reading *reading, const uint8_t *bytes, size_t size,
                        struct autonomi_payment_proof **ret_proof)
{
	struct an_guard guard;
	if (bytes == NULL || ret_proof == NULL)
		return AUTONOMI_E_INVALID;
	struct autonomi_payment_proof *proof = autonomi_payment_proof_new();
	if (proof == NULL)
		return AUTONOMI_E_NO_MEMORY;
	an_guard_begin(&guard);
	struct an_reader reader = an_reader(an_span(bytes, size));
	reading(&reader, &proof->value);
	const an_status status = an_api_read_whole(&reader);
	if (status == AUTONOMI_OK)
		*ret_proof = proof;
	else
		autonomi_payment_proof_free(proof);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_payment_proof_decode(uint32_t form, const uint8_t *bytes, size_t size,
                                              autonomi_payment_proof **ret_proof)
{
	if (!an_api_is_form(form))
		return AUTONOMI_E_INVALID;
	return decode(form == AUTONOMI_FORM_CBOR ? an_payment_proof_read_cbor
	                                         : an_payment_proof_read,
	              bytes, size, ret_proof);
}

/* The addresses borrow from the bytes, and go with this call. */
static void read_client_form(struct an_reader *reader, struct an_payment_proof *ret_proof)
{
	struct an_payment_addresses addresses[AN_PAYMENT_QUOTES_MAX];
	an_client_proof_read(reader, ret_proof, addresses);
}

autonomi_status autonomi_payment_proof_decode_client(const uint8_t *bytes, size_t size,
                                                     autonomi_payment_proof **ret_proof)
{
	return decode(read_client_form, bytes, size, ret_proof);
}

autonomi_payment_proof *autonomi_payment_proof_free(autonomi_payment_proof *proof)
{
	if (proof != NULL)
		an_payment_proof_done(&proof->value);
	return an_free(proof);
}

static an_status add(struct an_payment_proof *proof, const struct an_peer_id *id,
                     const struct an_quote *quote)
{
	if (proof->count >= AN_PAYMENT_QUOTES_MAX)
		return AUTONOMI_E_TOO_LARGE;
	struct an_payment_entry *entries = an_realloc(proof->entries, proof->count + 1,
	                                              sizeof(entries[0]));
	if (entries == NULL)
		return AUTONOMI_E_NO_MEMORY;
	struct an_payment_entry *entry = &entries[proof->count++];
	proof->entries = entries;
	*entry = (struct an_payment_entry){.peer_id = {.size = id->size}, .quote = *quote};
	memcpy(entry->peer_id.bytes, id->bytes, id->size);
	return AUTONOMI_OK;
}

autonomi_status autonomi_payment_proof_add(autonomi_payment_proof *proof, const uint8_t *id,
                                           size_t id_size, const autonomi_quote *quote)
{
	struct an_guard guard;
	struct an_peer_id peer;
	if (proof == NULL || id == NULL || quote == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	an_status status = an_peer_id_from_bytes(&peer, an_span(id, id_size));
	if (status == AUTONOMI_OK)
		status = add(&proof->value, &peer, &quote->value);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_payment_proof_encode(const autonomi_payment_proof *proof, uint32_t form,
                                              autonomi_bytes **ret_bytes)
{
	struct an_guard guard;
	struct an_buffer out;
	if (proof == NULL || !an_api_is_form(form) || ret_bytes == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	an_buffer_init(&out, AN_API_BYTES_MAX);
	(form == AUTONOMI_FORM_CBOR ? an_payment_proof_write_cbor
	                            : an_payment_proof_write)(&out, &proof->value);
	return an_guard_leave(&guard, an_api_take_bytes(&out, out.failed, ret_bytes));
}

size_t autonomi_payment_proof_count(const autonomi_payment_proof *proof)
{
	return proof != NULL ? proof->value.count : 0;
}

autonomi_status autonomi_payment_proof_peer(const autonomi_payment_proof *proof, size_t index,
                                            uint8_t *ret_id, size_t *ret_size)
{
	struct an_peer_id id;
	if (index >= autonomi_payment_proof_count(proof) || ret_id == NULL || ret_size == NULL)
		return AUTONOMI_E_INVALID;
	if (!an_payment_proof_peer(&proof->value, index, &id))
		return AUTONOMI_E_CORRUPT;
	memcpy(ret_id, id.bytes, id.size);
	*ret_size = id.size;
	return AUTONOMI_OK;
}

autonomi_status autonomi_payment_proof_quote(const autonomi_payment_proof *proof, size_t index,
                                             autonomi_quote **ret_quote)
{
	struct an_guard guard;
	if (index >= autonomi_payment_proof_count(proof) || ret_quote == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, an_api_give_quote(&proof->value.entries[index].quote,
	                                                AUTONOMI_OK, ret_quote));
}

autonomi_status autonomi_payment_proof_verify_for(const autonomi_payment_proof *proof,
                                                  const uint8_t *id, size_t id_size)
{
	struct an_guard guard;
	struct an_peer_id peer;
	if (proof == NULL || id == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	const bool good = an_peer_id_from_bytes(&peer, an_span(id, id_size)) == AUTONOMI_OK &&
	                  an_payment_proof_is_for(&proof->value, &peer);
	return an_guard_leave(&guard, good ? AUTONOMI_OK : AUTONOMI_E_CORRUPT);
}

autonomi_status autonomi_payment_proof_verify_type(const autonomi_payment_proof *proof,
                                                   uint32_t data_type)
{
	if (proof == NULL)
		return AUTONOMI_E_INVALID;
	return an_payment_proof_is_of_type(&proof->value, data_type) ? AUTONOMI_OK
	                                                             : AUTONOMI_E_CORRUPT;
}
