/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pointers: an owner's signed statement where something is now (semantics 2.6). An owner's key has
 * one pointer; of two the one with the higher counter counts.
 *
 * These functions make, check and read pointers; they need no node.
 *
 * Threading: any thread; a pointer never changes, and may be read by several at once.
 */
#ifndef AUTONOMI_POINTER_H
#define AUTONOMI_POINTER_H

#include <autonomi/address.h>
#include <autonomi/keys.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that a pointer counts in a quote. */
enum { AUTONOMI_POINTER_SIZE = 400 };

typedef struct autonomi_pointer autonomi_pointer;

/* What a pointer says. Borrowed from it. New members are only added at the end. */
typedef struct autonomi_pointer_view {
	const uint8_t *owner;     /* AUTONOMI_PUBLIC_KEY_SIZE bytes: its address */
	const uint8_t *target;    /* the bytes of an address */
	const uint8_t *signature; /* AUTONOMI_SIGNATURE_SIZE bytes */
	uint64_t counter;
	size_t target_size;
	uint32_t target_type; /* AUTONOMI_ADDRESS_CHUNK, _GRAPH_ENTRY, _SCRATCHPAD or _POINTER */
} autonomi_pointer_view;

/* Makes and signs the pointer of `owner_secret` to an address. The first one of an owner has counter
 * 0; a later one must have a higher counter than the one before. Returns AUTONOMI_OK, and the pointer
 * goes to `ret_pointer`, owned by the caller; AUTONOMI_E_ADDRESS where the target is no address, or
 * one that nothing can point at; AUTONOMI_E_INVALID, also where the secret is none;
 * AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_pointer_new(const uint8_t *owner_secret, uint64_t counter,
                                                  uint32_t target_type, const uint8_t *target,
                                                  size_t target_size,
                                                  autonomi_pointer **ret_pointer);

/* A pointer with a signature that was made elsewhere, over autonomi_pointer_signed_bytes. It is not
 * verified. Returns as autonomi_pointer_new, AUTONOMI_E_INVALID also where owner or signature are no
 * such points. */
AUTONOMI_API autonomi_status autonomi_pointer_new_signed(const uint8_t *owner, uint64_t counter,
                                                         uint32_t target_type,
                                                         const uint8_t *target, size_t target_size,
                                                         const uint8_t *signature,
                                                         autonomi_pointer **ret_pointer);

/* NULL is allowed. Returns NULL. */
AUTONOMI_API autonomi_pointer *autonomi_pointer_free(autonomi_pointer *pointer);

/* Fills `view`; `view_size` is sizeof(autonomi_pointer_view) of the caller's header. Returns
 * AUTONOMI_OK; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_pointer_get_view(const autonomi_pointer *pointer,
                                                       autonomi_pointer_view *view,
                                                       size_t view_size);

/* Whether the owner signed it; takes about 2 ms. Returns AUTONOMI_OK; AUTONOMI_E_CORRUPT where not;
 * AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_pointer_verify(const autonomi_pointer *pointer);

/* The bytes that are signed. Returns AUTONOMI_OK; AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_pointer_signed_bytes(const autonomi_pointer *pointer,
                                                           autonomi_bytes **ret_bytes);

/* The pointer as a record value, as the network keeps it. Returns AUTONOMI_OK; AUTONOMI_E_INVALID;
 * AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_pointer_encode(const autonomi_pointer *pointer,
                                                     autonomi_bytes **ret_value);

/* Reads a record value. The signature is not verified. Returns AUTONOMI_OK, and the pointer goes to
 * `ret_pointer`, owned by the caller; AUTONOMI_E_CORRUPT where the value is no pointer;
 * AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_pointer_decode(const uint8_t *value, size_t value_size,
                                                     autonomi_pointer **ret_pointer);

#ifdef __cplusplus
}
#endif

#endif
