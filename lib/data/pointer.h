/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A pointer: its owner's signed statement where something is now (semantics 2.6). Of two pointers of
 * one owner the one with the higher counter counts.
 *
 * A plain value. Pure.
 */
#ifndef AN_DATA_POINTER_H
#define AN_DATA_POINTER_H

#include "data/owner_key.h"

enum {
	AN_POINTER_SIZE = 400, /* of any pointer, as quotes count it (semantics 1.2) */
	AN_POINTER_SIGNED_MAX = 256,
};

struct an_pointer {
	uint8_t owner[AN_OWNER_KEY_SIZE];
	uint64_t counter;
	struct an_address target; /* of a chunk, graph entry, pointer or scratchpad */
	uint8_t signature[AN_BLS_SIGNATURE_SIZE];
};

/* Sets owner and signature. E_INVALID where the secret is none, or nothing can point at the target. */
an_status an_pointer_sign(struct an_pointer *pointer, const uint8_t secret[AN_BLS_SECRET_SIZE]);
bool an_pointer_verify(const struct an_pointer *pointer);

/* The bytes that are signed; a part of `space`. */
struct an_span an_pointer_signed_bytes(const struct an_pointer *pointer,
                                       uint8_t space[AN_POINTER_SIGNED_MAX]);

/* As the body of a record. A failed reader leaves any content. Signatures are not verified. */
void an_pointer_read(struct an_reader *reader, struct an_pointer *ret_pointer);
void an_pointer_write(struct an_buffer *out, const struct an_pointer *pointer);

/* The target alone (semantics 3.3). */
void an_pointer_target_read(struct an_reader *reader, struct an_address *ret_target);
void an_pointer_target_write(struct an_buffer *out, const struct an_address *target);

#endif
