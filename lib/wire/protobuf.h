/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Protocol Buffers on the wire: a message is a run of fields, each with a number and a wire type.
 * A decoder takes the fields that it knows and ignores the others.
 */
#ifndef AN_WIRE_PROTOBUF_H
#define AN_WIRE_PROTOBUF_H

#include "base/buffer.h"
#include "wire/reader.h"

enum an_protobuf_type {
	AN_PROTOBUF_VARINT = 0,
	AN_PROTOBUF_FIXED64 = 1,
	AN_PROTOBUF_BYTES = 2,
	AN_PROTOBUF_FIXED32 = 5,
};

struct an_protobuf_field {
	uint32_t number;
	enum an_protobuf_type type;
	uint64_t value;       /* of a number */
	struct an_span bytes; /* of bytes, text and messages within */
};

/* Takes the next field; false at the end or on failure. Groups, which nobody uses, are E_CORRUPT. */
bool an_protobuf_next(struct an_reader *reader, struct an_protobuf_field *ret_field);

void an_protobuf_write_uint(struct an_buffer *out, uint32_t number, uint64_t value);
void an_protobuf_write_bytes(struct an_buffer *out, uint32_t number, struct an_span bytes);

/* What stands before `size` bytes of content. */
void an_protobuf_write_head(struct an_buffer *out, uint32_t number, size_t size);

#endif
