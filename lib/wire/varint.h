/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Unsigned integers in groups of seven bits, the lowest first (LEB128). */
#ifndef AN_WIRE_VARINT_H
#define AN_WIRE_VARINT_H

#include "base/buffer.h"
#include "wire/reader.h"

enum {
	AN_VARINT_MAX = 10,        /* bytes of 64 bits */
	AN_VARINT_FORMATS_MAX = 9, /* bytes that multiformats allow: 63 bits */
};

/* As protobuf has them: longer forms are fine, up to 10 bytes; bits above 64 are lost. */
uint64_t an_varint_read(struct an_reader *reader);

/* As multiformats have them: the shortest form only, up to 9 bytes. */
uint64_t an_varint_read_shortest(struct an_reader *reader);

void an_varint_write(struct an_buffer *out, uint64_t value);
size_t an_varint_size(uint64_t value);

#endif
