/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/record.h"

#include "crypt/hash.h"
#include "wire/msgpack.h"

enum { KINDS_PER_PAYMENT = 10 };
enum { HEADER_READ_SIZE = 3 }; /* what Autonomi's reader looks at (semantics 3.1) */

static const char *const header_names[] = {"kind"};
static const struct an_fields header_fields = AN_FIELDS(header_names);

uint8_t an_record_kind(struct an_record_header header)
{
	return (uint8_t)(KINDS_PER_PAYMENT * (unsigned)header.payment + (unsigned)header.type);
}

static uint64_t read_kind(struct an_reader *reader)
{
	uint64_t kind = 0;
	if (an_msgpack_read_packed(reader, &kind, 1))
		return kind;
	struct an_msgpack_run run = an_msgpack_read_struct(reader, &header_fields);
	while (an_msgpack_next_field(reader, &run, &header_fields) != AN_FIELD_END)
		kind = an_msgpack_read_uint(reader, UINT8_MAX);
	return kind;
}

an_status an_record_read_header(struct an_span value, struct an_record_header *ret_header)
{
	*ret_header = (struct an_record_header){0};
	if (value.size < HEADER_READ_SIZE)
		return AUTONOMI_E_CORRUPT;
	struct an_reader reader = an_reader(an_span(value.data, HEADER_READ_SIZE));
	const uint64_t kind = read_kind(&reader);
	const uint64_t type = kind % KINDS_PER_PAYMENT;
	const uint64_t payment = kind / KINDS_PER_PAYMENT;
	if (!an_reader_ok(&reader) || type >= AN_RECORD_TYPES || payment > AN_RECORD_PAID_MERKLE)
		return AUTONOMI_E_CORRUPT;
	ret_header->type = (enum an_record_type)type;
	ret_header->payment = (enum an_record_payment)payment;
	return AUTONOMI_OK;
}

void an_record_proof(struct an_span value, uint64_t nonce, uint8_t ret_proof[AN_CHUNK_PROOF_SIZE])
{
	uint8_t big_endian[sizeof(nonce)];
	for (size_t i = sizeof(nonce); i > 0; i--) {
		big_endian[i - 1] = (uint8_t)nonce;
		nonce >>= 8;
	}
	struct an_hash hash;
	an_hash_init(&hash, AN_HASH_SHA3_256);
	an_hash_add(&hash, value);
	an_hash_add(&hash, an_span(big_endian, sizeof(big_endian)));
	an_hash_finish(&hash, ret_proof);
}
