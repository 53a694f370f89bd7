/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/scratchpad.h"

#include "crypt/hash.h"
#include "wire/msgpack.h"
#include "wire/writer.h"

enum { ADDRESS, DATA_ENCODING, ENCRYPTED_DATA, COUNTER, SIGNATURE };
static const char *const field_names[] = {"address", "data_encoding", "encrypted_data", "counter",
                                          "signature"};
static const struct an_fields fields = AN_FIELDS(field_names);

enum { HEX_SIZE = 2 * AN_OWNER_KEY_SIZE, SIGNED_HEAD = 8 + HEX_SIZE + 8 };

size_t an_scratchpad_size(const struct an_scratchpad *scratchpad)
{
	return AN_SCRATCHPAD_OVERHEAD + scratchpad->encrypted_data.size;
}

bool an_scratchpad_too_big(const struct an_scratchpad *scratchpad)
{
	return scratchpad->encrypted_data.size > AN_SCRATCHPAD_DATA_MAX;
}

void an_scratchpad_read(struct an_reader *reader, struct an_buffer *scratch,
                        struct an_scratchpad *ret_scratchpad)
{
	*ret_scratchpad = (struct an_scratchpad){0};
	struct an_msgpack_run run = an_msgpack_read_struct(reader, &fields);
	int field;
	while ((field = an_msgpack_next_field(reader, &run, &fields)) != AN_FIELD_END) {
		if (field == ADDRESS)
			an_owner_key_read(reader, ret_scratchpad->owner);
		else if (field == DATA_ENCODING)
			ret_scratchpad->data_encoding = an_msgpack_read_uint(reader, UINT64_MAX);
		else if (field == ENCRYPTED_DATA)
			ret_scratchpad->encrypted_data = an_msgpack_read_bytes(reader, scratch);
		else if (field == COUNTER)
			ret_scratchpad->counter = an_msgpack_read_uint(reader, UINT64_MAX);
		else
			an_owner_signature_read(reader, ret_scratchpad->signature);
	}
}

void an_scratchpad_write(struct an_buffer *out, const struct an_scratchpad *scratchpad)
{
	an_msgpack_write_array(out, (uint32_t)fields.count);
	an_msgpack_write_integers(out, an_span(scratchpad->owner, sizeof(scratchpad->owner)));
	an_msgpack_write_uint(out, scratchpad->data_encoding);
	an_msgpack_write_bin(out, scratchpad->encrypted_data);
	an_msgpack_write_uint(out, scratchpad->counter);
	an_msgpack_write_integers(out,
	                          an_span(scratchpad->signature, sizeof(scratchpad->signature)));
}

static struct an_span owner_hex(const struct an_scratchpad *scratchpad, uint8_t hex[HEX_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < AN_OWNER_KEY_SIZE; i++) {
		hex[2 * i] = (uint8_t)digits[scratchpad->owner[i] >> 4];
		hex[2 * i + 1] = (uint8_t)digits[scratchpad->owner[i] & 15];
	}
	return an_span(hex, HEX_SIZE);
}

an_status an_scratchpad_signed_bytes(const struct an_scratchpad *scratchpad, struct an_buffer *out)
{
	uint8_t hex[HEX_SIZE];
	an_write_big_endian(out, scratchpad->data_encoding, 8);
	(void)an_buffer_append(out, owner_hex(scratchpad, hex));
	an_write_big_endian(out, scratchpad->counter, 8);
	return an_buffer_append(out, scratchpad->encrypted_data);
}

static void add_big_endian(struct an_hash *hash, uint64_t value)
{
	uint8_t bytes[8];
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(value >> 8 * (sizeof(bytes) - 1 - i));
	an_hash_add(hash, an_span(bytes, sizeof(bytes)));
}

void an_scratchpad_hash(const struct an_scratchpad *scratchpad,
                        uint8_t ret_hash[AN_RECORD_NAME_SIZE])
{
	uint8_t hex[HEX_SIZE];
	struct an_hash hash;
	an_hash_init(&hash, AN_HASH_SHA3_256);
	an_hash_add(&hash, owner_hex(scratchpad, hex));
	add_big_endian(&hash, scratchpad->data_encoding);
	an_hash_add(&hash, scratchpad->encrypted_data);
	add_big_endian(&hash, scratchpad->counter);
	an_hash_add(&hash, an_span(scratchpad->signature, sizeof(scratchpad->signature)));
	an_hash_finish(&hash, ret_hash);
}

an_status an_scratchpad_sign(struct an_scratchpad *scratchpad,
                             const uint8_t secret[AN_BLS_SECRET_SIZE])
{
	an_status status = an_bls_public_key(secret, scratchpad->owner);
	if (status != AUTONOMI_OK)
		return status;
	struct an_buffer bytes;
	an_buffer_init(&bytes, SIGNED_HEAD + scratchpad->encrypted_data.size);
	status = an_scratchpad_signed_bytes(scratchpad, &bytes);
	if (status == AUTONOMI_OK)
		status = an_bls_sign(secret, an_buffer_span(&bytes), scratchpad->signature);
	an_buffer_done(&bytes);
	return status;
}

an_status an_scratchpad_verify(const struct an_scratchpad *scratchpad)
{
	struct an_buffer bytes;
	an_buffer_init(&bytes, SIGNED_HEAD + scratchpad->encrypted_data.size);
	an_status status = an_scratchpad_signed_bytes(scratchpad, &bytes);
	if (status == AUTONOMI_OK &&
	    !an_bls_verify(scratchpad->owner, an_buffer_span(&bytes), scratchpad->signature))
		status = AUTONOMI_E_CORRUPT;
	an_buffer_done(&bytes);
	return status;
}

an_status an_scratchpad_seal(struct an_scratchpad *scratchpad,
                             const uint8_t secret[AN_BLS_SECRET_SIZE],
                             const uint8_t r[AN_BLS_SECRET_SIZE], struct an_span plain,
                             struct an_buffer *out)
{
	if (plain.size > AN_SCRATCHPAD_PLAIN_MAX)
		return AUTONOMI_E_TOO_LARGE;
	an_status status = an_bls_public_key(secret, scratchpad->owner);
	const size_t start = out->size;
	if (status == AUTONOMI_OK)
		status = an_bls_encrypt(scratchpad->owner, r, plain, out);
	if (status != AUTONOMI_OK)
		return status;
	scratchpad->encrypted_data = an_span(out->data + start, out->size - start);
	return an_scratchpad_sign(scratchpad, secret);
}

an_status an_scratchpad_open(const struct an_scratchpad *scratchpad,
                             const uint8_t secret[AN_BLS_SECRET_SIZE], struct an_buffer *out)
{
	return an_bls_decrypt(secret, scratchpad->encrypted_data, out);
}
