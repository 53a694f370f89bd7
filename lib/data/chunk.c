/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/chunk.h"

#include <string.h>

#include "base/assert.h"
#include "crypt/hash.h"
#include "wire/msgpack.h"

void an_chunk_name(struct an_span content, uint8_t ret_name[AN_RECORD_NAME_SIZE])
{
	an_sha3_256(content, ret_name);
}

size_t an_chunk_head(size_t content_size, uint8_t head[AN_CHUNK_HEAD_MAX])
{
	an_assert(content_size <= UINT32_MAX);
	head[0] = 0x91; /* an array of one */
	head[1] = an_record_kind((struct an_record_header){AN_RECORD_CHUNK, AN_RECORD_UNPAID});
	return AN_RECORD_HEADER_SIZE +
	       an_msgpack_bin_head((uint32_t)content_size, head + AN_RECORD_HEADER_SIZE);
}

struct an_blob *an_chunk_record_value(struct an_span content)
{
	if (content.size > UINT32_MAX)
		return NULL;
	uint8_t head[AN_CHUNK_HEAD_MAX];
	const size_t head_size = an_chunk_head(content.size, head);
	struct an_blob *value = an_blob_new(head_size + content.size);
	if (value == NULL)
		return NULL;
	memcpy(value->data, head, head_size);
	if (content.size > 0)
		memcpy(value->data + head_size, content.data, content.size);
	return value;
}

static struct an_reader body_reader(struct an_span value)
{
	struct an_reader reader = an_reader(value);
	(void)an_reader_take(&reader, AN_RECORD_HEADER_SIZE);
	return reader;
}

an_status an_chunk_content(struct an_span value, struct an_span *ret_content)
{
	uint8_t head[AN_CHUNK_HEAD_MAX];
	*ret_content = an_span(NULL, 0);
	struct an_reader reader = body_reader(value);
	const struct an_span content = an_msgpack_read_bin_canonical(&reader);
	if (!an_reader_ok(&reader) || an_reader_left(&reader) > 0)
		return AUTONOMI_E_CORRUPT;
	(void)an_chunk_head(content.size, head);
	if (memcmp(value.data, head, AN_RECORD_HEADER_SIZE) != 0)
		return AUTONOMI_E_CORRUPT;
	*ret_content = content;
	return AUTONOMI_OK;
}

an_status an_chunk_upload_content(struct an_span value, struct an_buffer *scratch,
                                  struct an_span *ret_content)
{
	*ret_content = an_span(NULL, 0);
	struct an_record_header header;
	const an_status status = an_record_read_header(value, &header);
	if (status != AUTONOMI_OK)
		return status;
	if (header.type != AN_RECORD_CHUNK)
		return AUTONOMI_E_CORRUPT;

	struct an_reader reader = body_reader(value);
	if (header.payment != AN_RECORD_UNPAID) {
		an_msgpack_read_tuple(&reader, 2);
		an_msgpack_skip(&reader);
	}
	*ret_content = an_msgpack_read_bytes(&reader, scratch);
	return reader.failed;
}
