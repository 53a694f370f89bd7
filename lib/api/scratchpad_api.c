/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "api/data_handle.h"
#include "base/memory.h"

_Static_assert((int)AUTONOMI_SCRATCHPAD_CONTENT_MAX == (int)AN_SCRATCHPAD_PLAIN_MAX,
               "what fits into a scratchpad");

/* An object that takes over the value and the buffer that it borrows from; on failure the buffer is
 * given back. */
static an_status give(const struct an_scratchpad *value, struct an_buffer *data, an_status status,
                      struct autonomi_scratchpad **ret_scratchpad)
{
	struct autonomi_scratchpad *scratchpad = NULL;
	if (status == AUTONOMI_OK) {
		scratchpad = an_malloc(sizeof(*scratchpad));
		status = scratchpad != NULL ? AUTONOMI_OK : AUTONOMI_E_NO_MEMORY;
	}
	if (status != AUTONOMI_OK) {
		an_buffer_done(data);
		return status;
	}
	scratchpad->value = *value;
	scratchpad->data = *data;
	*ret_scratchpad = scratchpad;
	return AUTONOMI_OK;
}

static an_status random_scalar(const uint8_t *seed, uint8_t ret_scalar[AN_BLS_SECRET_SIZE])
{
	struct an_random random;
	const an_status status = an_api_random(seed, &random);
	if (status != AUTONOMI_OK)
		return status;
	an_bls_secret_random(&random, ret_scalar);
	an_random_done(&random);
	return AUTONOMI_OK;
}

static an_status seal(const uint8_t *secret, struct an_span content, const uint8_t *seed,
                      struct an_scratchpad *value, struct autonomi_scratchpad **ret_scratchpad)
{
	uint8_t scalar[AN_BLS_SECRET_SIZE];
	struct an_buffer data;
	an_status status = random_scalar(seed, scalar);
	if (status != AUTONOMI_OK)
		return status;
	an_buffer_init(&data, AN_SCRATCHPAD_DATA_MAX);
	status = an_scratchpad_seal(value, secret, scalar, content, &data);
	an_wipe(scalar, sizeof(scalar));
	return give(value, &data, status, ret_scratchpad);
}

autonomi_status autonomi_scratchpad_new(const uint8_t *owner_secret, uint64_t data_encoding,
                                        const uint8_t *content, size_t content_size,
                                        uint64_t counter, const uint8_t *seed,
                                        autonomi_scratchpad **ret_scratchpad)
{
	if (owner_secret == NULL || !an_api_has(content, content_size) || ret_scratchpad == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	struct an_scratchpad value = {.data_encoding = data_encoding, .counter = counter};
	an_guard_begin(&guard);
	return an_guard_leave(&guard, seal(owner_secret, an_span(content, content_size), seed,
	                                   &value, ret_scratchpad));
}

/* The same data in a buffer of its own. */
static an_status own_data(struct an_scratchpad *value, struct an_buffer *ret_data)
{
	an_buffer_init(ret_data, AN_API_BYTES_MAX);
	const an_status status = an_buffer_append(ret_data, value->encrypted_data);
	value->encrypted_data = an_buffer_span(ret_data);
	return status;
}

autonomi_status autonomi_scratchpad_new_signed(const uint8_t *owner, uint64_t data_encoding,
                                               const uint8_t *encrypted_data,
                                               size_t encrypted_data_size, uint64_t counter,
                                               const uint8_t *signature,
                                               autonomi_scratchpad **ret_scratchpad)
{
	if (owner == NULL || !an_api_has(encrypted_data, encrypted_data_size) ||
	    signature == NULL || ret_scratchpad == NULL)
		return AUTONOMI_E_INVALID;
	if (encrypted_data_size > AN_SCRATCHPAD_DATA_MAX)
		return AUTONOMI_E_TOO_LARGE;
	struct an_guard guard;
	struct an_buffer data;
	struct an_scratchpad value = {.data_encoding = data_encoding,
	                              .encrypted_data = an_span(encrypted_data,
	                                                        encrypted_data_size),
	                              .counter = counter};
	an_guard_begin(&guard);
	an_status status = own_data(&value, &data);
	if (status == AUTONOMI_OK)
		status = an_api_owned(owner, signature, value.owner, value.signature);
	return an_guard_leave(&guard, give(&value, &data, status, ret_scratchpad));
}

static an_status seal_next(const struct an_scratchpad *before, const uint8_t *secret,
                           struct an_span content, const uint8_t *seed,
                           struct autonomi_scratchpad **ret_scratchpad)
{
	uint8_t owner[AN_OWNER_KEY_SIZE];
	const an_status status = an_bls_public_key(secret, owner);
	if (status != AUTONOMI_OK)
		return status;
	if (memcmp(owner, before->owner, sizeof(owner)) != 0 || before->counter == UINT64_MAX)
		return AUTONOMI_E_INVALID;
	struct an_scratchpad value = {.data_encoding = before->data_encoding,
	                              .counter = before->counter + 1};
	return seal(secret, content, seed, &value, ret_scratchpad);
}

autonomi_status autonomi_scratchpad_next(const autonomi_scratchpad *scratchpad,
                                         const uint8_t *owner_secret, const uint8_t *content,
                                         size_t content_size, const uint8_t *seed,
                                         autonomi_scratchpad **ret_scratchpad)
{
	if (scratchpad == NULL || owner_secret == NULL || !an_api_has(content, content_size) ||
	    ret_scratchpad == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	an_guard_begin(&guard);
	return an_guard_leave(&guard,
	                      seal_next(&scratchpad->value, owner_secret,
	                                an_span(content, content_size), seed, ret_scratchpad));
}

autonomi_scratchpad *autonomi_scratchpad_free(autonomi_scratchpad *scratchpad)
{
	if (scratchpad != NULL)
		an_buffer_done(&scratchpad->data);
	return an_free(scratchpad);
}

autonomi_status autonomi_scratchpad_get_view(const autonomi_scratchpad *scratchpad,
                                             autonomi_scratchpad_view *view, size_t view_size)
{
	if (scratchpad == NULL || view == NULL)
		return AUTONOMI_E_INVALID;
	const struct an_scratchpad *value = &scratchpad->value;
	const autonomi_scratchpad_view full = {
		.owner = value->owner,
		.encrypted_data = value->encrypted_data.data,
		.signature = value->signature,
		.encrypted_data_size = value->encrypted_data.size,
		.data_encoding = value->data_encoding,
		.counter = value->counter,
		.size = an_scratchpad_size(value),
		.is_too_big = an_scratchpad_too_big(value),
	};
	an_api_fill_view(view, view_size, &full, sizeof(full));
	return AUTONOMI_OK;
}

autonomi_status autonomi_scratchpad_verify(const autonomi_scratchpad *scratchpad)
{
	if (scratchpad == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, an_scratchpad_verify(&scratchpad->value));
}

autonomi_status autonomi_scratchpad_decrypt(const autonomi_scratchpad *scratchpad,
                                            const uint8_t *owner_secret,
                                            autonomi_bytes **ret_content)
{
	if (scratchpad == NULL || owner_secret == NULL || ret_content == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	struct an_buffer out;
	an_guard_begin(&guard);
	an_buffer_init(&out, AN_API_BYTES_MAX);
	const an_status status = an_scratchpad_open(&scratchpad->value, owner_secret, &out);
	return an_guard_leave(&guard, an_api_take_bytes(&out, status, ret_content));
}

autonomi_status autonomi_scratchpad_hash(const autonomi_scratchpad *scratchpad, uint8_t *ret_hash)
{
	if (scratchpad == NULL || ret_hash == NULL)
		return AUTONOMI_E_INVALID;
	an_scratchpad_hash(&scratchpad->value, ret_hash);
	return AUTONOMI_OK;
}

autonomi_status autonomi_scratchpad_signed_bytes(const autonomi_scratchpad *scratchpad,
                                                 autonomi_bytes **ret_bytes)
{
	if (scratchpad == NULL || ret_bytes == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	struct an_buffer out;
	an_guard_begin(&guard);
	an_buffer_init(&out, AN_API_BYTES_MAX);
	const an_status status = an_scratchpad_signed_bytes(&scratchpad->value, &out);
	return an_guard_leave(&guard, an_api_take_bytes(&out, status, ret_bytes));
}

autonomi_status autonomi_scratchpad_encode(const autonomi_scratchpad *scratchpad,
                                           autonomi_bytes **ret_value)
{
	if (scratchpad == NULL || ret_value == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	struct an_buffer out;
	an_guard_begin(&guard);
	an_buffer_init(&out, AN_API_BYTES_MAX);
	an_api_record_begin(&out, AN_RECORD_SCRATCHPAD);
	an_scratchpad_write(&out, &scratchpad->value);
	return an_guard_leave(&guard, an_api_take_bytes(&out, out.failed, ret_value));
}

static an_status decode(struct an_span value, struct autonomi_scratchpad **ret_scratchpad)
{
	struct an_reader reader;
	struct an_buffer scratch, data;
	struct an_scratchpad read;
	an_status status = an_api_record_body(value, AN_RECORD_SCRATCHPAD, &reader);
	if (status != AUTONOMI_OK)
		return status;
	an_buffer_init(&scratch, value.size);
	an_scratchpad_read(&reader, &scratch, &read);
	an_buffer_init(&data, 0);
	status = reader.failed;
	if (status == AUTONOMI_OK)
		status = own_data(&read, &data);
	an_buffer_done(&scratch);
	return give(&read, &data, status, ret_scratchpad);
}

autonomi_status autonomi_scratchpad_decode(const uint8_t *value, size_t value_size,
                                           autonomi_scratchpad **ret_scratchpad)
{
	if (value == NULL || ret_scratchpad == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, decode(an_span(value, value_size), ret_scratchpad));
}
