/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Appends integers to a buffer. Failures stay in the buffer (base/buffer.h). */
#ifndef AN_WIRE_WRITER_H
#define AN_WIRE_WRITER_H

#include "base/buffer.h"

/* An unsigned integer in `size` bytes, 1 to 8; the higher ones of `value` are cut off. */
void an_write_big_endian(struct an_buffer *out, uint64_t value, size_t size);
void an_write_little_endian(struct an_buffer *out, uint64_t value, size_t size);

#endif
