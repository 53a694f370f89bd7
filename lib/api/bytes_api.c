/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "api/data_handle.h"
#include "base/memory.h"
#include "crypt/hash.h"
#include "sys/sys.h"
#include "wire/msgpack.h"

static struct autonomi_bytes *make_bytes(struct an_buffer *buffer)
{
	buffer->limit++;
	if (an_buffer_append_byte(buffer, 0) != AUTONOMI_OK)
		return NULL;
	struct autonomi_bytes *bytes = an_malloc(sizeof(*bytes));
	if (bytes != NULL)
		bytes->buffer = *buffer;
	return bytes;
}

static void wipe_buffer(struct an_buffer *buffer)
{
	if (buffer->data != NULL)
		an_wipe(buffer->data, buffer->capacity);
	an_buffer_done(buffer);
}

an_status an_api_take_bytes(struct an_buffer *buffer, an_status status,
                            struct autonomi_bytes **ret_bytes)
{
	struct autonomi_bytes *bytes = status == AUTONOMI_OK ? make_bytes(buffer) : NULL;
	if (bytes != NULL) {
		*ret_bytes = bytes;
		return AUTONOMI_OK;
	}
	wipe_buffer(buffer);
	return status == AUTONOMI_OK ? AUTONOMI_E_NO_MEMORY : status;
}

an_status an_api_copy_text(struct an_span source, char *text, size_t text_size)
{
	if (text == NULL)
		return AUTONOMI_E_INVALID;
	if (text_size <= source.size)
		return AUTONOMI_E_TOO_SMALL;
	if (source.size > 0)
		memcpy(text, source.data, source.size);
	text[source.size] = '\0';
	return AUTONOMI_OK;
}

void an_api_say(struct an_span words, an_status status, char *reterr, size_t reterr_size)
{
	if (reterr == NULL || reterr_size == 0)
		return;
	if (status == AUTONOMI_OK)
		words.size = 0;
	words.size = words.size < reterr_size ? words.size : reterr_size - 1;
	(void)an_api_copy_text(words, reterr, reterr_size);
	an_api_explain(status, reterr, reterr_size);
}

an_status an_api_random(const uint8_t *seed, struct an_random *ret_random)
{
	uint8_t own[AN_RANDOM_SEED_SIZE];
	const struct an_sys *sys = an_sys_machine();
	if (seed == NULL) {
		const an_status status = sys->entropy(sys->context, own, sizeof(own));
		if (status != AUTONOMI_OK)
			return status;
	}
	an_random_init(ret_random, seed != NULL ? seed : own);
	an_wipe(own, sizeof(own));
	return AUTONOMI_OK;
}

bool an_api_is_form(uint32_t form)
{
	return form == AUTONOMI_FORM_MSGPACK || form == AUTONOMI_FORM_CBOR;
}

an_status an_api_read_whole(struct an_reader *reader)
{
	if (an_reader_left(reader) > 0)
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
	return reader->failed;
}

an_status an_api_record_body(struct an_span value, enum an_record_type type,
                             struct an_reader *ret_reader)
{
	struct an_record_header header;
	const an_status status = an_record_read_header(value, &header);
	if (status != AUTONOMI_OK)
		return status;
	*ret_reader = an_reader(
		an_span(value.data + AN_RECORD_HEADER_SIZE, value.size - AN_RECORD_HEADER_SIZE));
	return header.type == type && header.payment == AN_RECORD_UNPAID ? AUTONOMI_OK
	                                                                 : AUTONOMI_E_CORRUPT;
}

void an_api_record_begin(struct an_buffer *out, enum an_record_type type)
{
	an_msgpack_write_array(out, 1);
	an_msgpack_write_uint(out, an_record_kind((struct an_record_header){.type = type}));
}

const uint8_t *autonomi_bytes_data(const autonomi_bytes *bytes, size_t *ret_size)
{
	if (ret_size != NULL)
		*ret_size = bytes != NULL ? bytes->buffer.size - 1 : 0;
	return bytes != NULL ? bytes->buffer.data : NULL;
}

const char *autonomi_bytes_text(const autonomi_bytes *bytes)
{
	return bytes != NULL ? (const char *)bytes->buffer.data : "";
}

autonomi_bytes *autonomi_bytes_free(autonomi_bytes *bytes)
{
	if (bytes != NULL)
		wipe_buffer(&bytes->buffer);
	return an_free(bytes);
}

autonomi_status autonomi_hex_encode(const uint8_t *bytes, size_t size, char *text, size_t text_size)
{
	static const char digits[] = "0123456789abcdef";
	if (!an_api_has(bytes, size) || text == NULL)
		return AUTONOMI_E_INVALID;
	if (text_size == 0 || (text_size - 1) / 2 < size)
		return AUTONOMI_E_TOO_SMALL;
	for (size_t i = 0; i < size; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	text[2 * size] = '\0';
	return AUTONOMI_OK;
}

static int digit_of(char letter)
{
	if (letter >= '0' && letter <= '9')
		return letter - '0';
	if (letter >= 'a' && letter <= 'f')
		return letter - 'a' + 10;
	return letter >= 'A' && letter <= 'F' ? letter - 'A' + 10 : -1;
}

autonomi_status autonomi_hex_decode(const char *text, uint8_t *bytes, size_t capacity,
                                    size_t *ret_size)
{
	if (text == NULL || !an_api_has(bytes, capacity) || ret_size == NULL)
		return AUTONOMI_E_INVALID;
	const size_t length = strlen(text);
	if (length % 2 != 0)
		return AUTONOMI_E_INVALID;
	if (length / 2 > capacity)
		return AUTONOMI_E_TOO_SMALL;
	for (size_t i = 0; i < length; i += 2) {
		const int high = digit_of(text[i]), low = digit_of(text[i + 1]);
		if (high < 0 || low < 0)
			return AUTONOMI_E_INVALID;
		bytes[i / 2] = (uint8_t)(high << 4 | low);
	}
	*ret_size = length / 2;
	return AUTONOMI_OK;
}

autonomi_status autonomi_content_hash(const uint8_t *data, size_t data_size, uint8_t *ret_hash)
{
	if (!an_api_has(data, data_size) || ret_hash == NULL)
		return AUTONOMI_E_INVALID;
	an_sha3_256(an_span(data, data_size), ret_hash);
	return AUTONOMI_OK;
}
