/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A chunk: bytes whose address is their SHA3-256 (semantics 2.4), so it can never disagree with its
 * own address. As a record value: the header `91 00`, then the bytes as MessagePack bin.
 *
 * Pure. Safe on any thread.
 */
#ifndef AN_DATA_CHUNK_H
#define AN_DATA_CHUNK_H

#include "base/blob.h"
#include "base/buffer.h"
#include "base/span.h"
#include "base/status.h"
#include "data/record.h"

enum { AN_CHUNK_HEAD_MAX = AN_RECORD_HEADER_SIZE + 5 }; /* record header and longest bin head */

/* The address of a chunk with `content`: SHA3-256. */
void an_chunk_name(struct an_span content, uint8_t ret_name[AN_RECORD_NAME_SIZE]);

/* What stands before `content_size` bytes of content in an unpaid record value, so that head and
 * content can be sent as two pieces. Returns the head's size. */
size_t an_chunk_head(size_t content_size, uint8_t head[AN_CHUNK_HEAD_MAX]);

/* The whole unpaid record value of `content`, as a copy. NULL without memory. */
struct an_blob *an_chunk_record_value(struct an_span content);

/* The content of an unpaid chunk record in our own writer's form: what lies on disk, what a node
 * serves. Borrowed from `value`. E_CORRUPT otherwise. */
an_status an_chunk_content(struct an_span value, struct an_span *ret_content);

/* The content of a chunk record as a client may upload it: paid for in either way or not, in every
 * encoding that Autonomi's reader takes. A payment is skipped within the limits of wire/msgpack.h,
 * not checked. Borrowed from `value`, or from `scratch` where the content had to be gathered.
 * E_CORRUPT where it is no chunk record; E_NO_MEMORY. */
an_status an_chunk_upload_content(struct an_span value, struct an_buffer *scratch,
                                  struct an_span *ret_content);

#endif
