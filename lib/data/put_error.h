/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Why a record that somebody brought is refused: Autonomi's PutValidationError (semantics 6.3, 9.3), as
 * far as the record itself is the reason. What a payment lacks is said by whoever checks it.
 *
 * A plain value. Pure.
 */
#ifndef AN_DATA_PUT_ERROR_H
#define AN_DATA_PUT_ERROR_H

#include "base/buffer.h"
#include "base/span.h"

enum an_put_error_type {
	AN_PUT_ERROR_NONE,
	AN_PUT_ERROR_LOCAL_SWARM, /* reading or writing failed, or there is no room */
	AN_PUT_ERROR_INVALID_RECORD_HEADER,
	AN_PUT_ERROR_INVALID_RECORD,
	AN_PUT_ERROR_RECORD_KEY_MISMATCH,
	AN_PUT_ERROR_NO_PAYMENT,
	AN_PUT_ERROR_UNEXPECTED_PAYMENT,
	AN_PUT_ERROR_OVERSIZED_CHUNK,  /* size, limit */
	AN_PUT_ERROR_OUTDATED_COUNTER, /* counter, expected */
	AN_PUT_ERROR_INVALID_SCRATCHPAD_SIGNATURE,
	AN_PUT_ERROR_SCRATCHPAD_TOO_BIG, /* size */
	AN_PUT_ERROR_EMPTY_GRAPH_ENTRY,
	AN_PUT_ERROR_INVALID_POINTER_SIGNATURE,
	AN_PUT_ERROR_TYPES,
};

struct an_put_error {
	enum an_put_error_type type;
	uint64_t counter, expected; /* the incoming one; the one that it must be above */
	uint64_t size, limit;       /* bytes */
};

/* The variant's name. Static; empty for NONE. */
const char *an_put_error_name(enum an_put_error_type type);

/* The error of a put of `key` as Rust's `{:?}` writes it, which is what travels in a
 * PutRecordFailed (semantics 5.4). Appended without a final zero. */
void an_put_error_debug(const struct an_put_error *error, struct an_span key,
                        struct an_buffer *text);

#endif
