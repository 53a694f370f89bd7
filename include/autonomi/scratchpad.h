/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Scratchpads: up to 4 MiB that their owner may replace, encrypted to the owner's own key
 * (semantics 2.7). An owner's key has one scratchpad; of two the one with the higher counter counts.
 *
 * These functions make, check and read scratchpads; they need no node.
 *
 * Threading: any thread; a scratchpad never changes, and may be read by several at once.
 */
#ifndef AUTONOMI_SCRATCHPAD_H
#define AUTONOMI_SCRATCHPAD_H

#include <autonomi/keys.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Sizes in bytes: the largest of a scratchpad as Autonomi counts it, 336 more than its encrypted data;
 * the largest content that fits. */
enum { AUTONOMI_SCRATCHPAD_SIZE_MAX = 4194304, AUTONOMI_SCRATCHPAD_CONTENT_MAX = 4193824 };

typedef struct autonomi_scratchpad autonomi_scratchpad;

/* What a scratchpad says. Borrowed from it. New members are only added at the end. */
typedef struct autonomi_scratchpad_view {
	const uint8_t *owner;          /* AUTONOMI_PUBLIC_KEY_SIZE bytes: its address */
	const uint8_t *encrypted_data; /* by convention; nobody checks that it is a ciphertext */
	const uint8_t *signature;      /* AUTONOMI_SIGNATURE_SIZE bytes */
	size_t encrypted_data_size;
	uint64_t data_encoding; /* what the application says of its content */
	uint64_t counter;
	uint64_t size;       /* as Autonomi counts it */
	uint32_t is_too_big; /* 1 where that is above AUTONOMI_SCRATCHPAD_SIZE_MAX */
} autonomi_scratchpad_view;

/* Encrypts `content` to the key of `owner_secret` and signs the scratchpad. The first one of an owner
 * has counter 0; a later one must have a higher counter than the one before. `seed` as in
 * <autonomi/keys.h>. Returns AUTONOMI_OK, and the scratchpad goes to `ret_scratchpad`, owned by the
 * caller; AUTONOMI_E_TOO_LARGE above AUTONOMI_SCRATCHPAD_CONTENT_MAX; AUTONOMI_E_INVALID, also where
 * the secret is none; AUTONOMI_E_IO without randomness; AUTONOMI_E_NO_MEMORY. Empty content can be
 * stored, but cannot be decrypted again. */
AUTONOMI_API autonomi_status autonomi_scratchpad_new(const uint8_t *owner_secret,
                                                     uint64_t data_encoding, const uint8_t *content,
                                                     size_t content_size, uint64_t counter,
                                                     const uint8_t *seed,
                                                     autonomi_scratchpad **ret_scratchpad);

/* A scratchpad with data and a signature that were made elsewhere, over
 * autonomi_scratchpad_signed_bytes. Neither is verified. Returns as autonomi_scratchpad_new,
 * AUTONOMI_E_INVALID where owner or signature are no such points. */
AUTONOMI_API autonomi_status autonomi_scratchpad_new_signed(
	const uint8_t *owner, uint64_t data_encoding, const uint8_t *encrypted_data,
	size_t encrypted_data_size, uint64_t counter, const uint8_t *signature,
	autonomi_scratchpad **ret_scratchpad);

/* The scratchpad that takes the place of `scratchpad`: the same encoding, a counter higher by one, new
 * content. Returns as autonomi_scratchpad_new, AUTONOMI_E_INVALID also where the secret is another
 * owner's or the counter is at its end. */
AUTONOMI_API autonomi_status autonomi_scratchpad_next(const autonomi_scratchpad *scratchpad,
                                                      const uint8_t *owner_secret,
                                                      const uint8_t *content, size_t content_size,
                                                      const uint8_t *seed,
                                                      autonomi_scratchpad **ret_scratchpad);

/* NULL is allowed. Returns NULL. */
AUTONOMI_API autonomi_scratchpad *autonomi_scratchpad_free(autonomi_scratchpad *scratchpad);

/* Fills `view`; `view_size` is sizeof(autonomi_scratchpad_view) of the caller's header. Returns
 * AUTONOMI_OK; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_scratchpad_get_view(const autonomi_scratchpad *scratchpad,
                                                          autonomi_scratchpad_view *view,
                                                          size_t view_size);

/* Whether the owner signed it; takes 2 ms and more with its size. Returns AUTONOMI_OK;
 * AUTONOMI_E_CORRUPT where not; AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_scratchpad_verify(const autonomi_scratchpad *scratchpad);

/* The content. With another key than the owner's, other bytes come out. Returns AUTONOMI_OK;
 * AUTONOMI_E_CORRUPT where the data is no ciphertext; AUTONOMI_E_INVALID, also where the secret is
 * none; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_scratchpad_decrypt(const autonomi_scratchpad *scratchpad,
                                                         const uint8_t *owner_secret,
                                                         autonomi_bytes **ret_content);

/* What tells versions apart: 32 bytes, a hash over everything in it. The hash of its data alone is
 * autonomi_content_hash of that. Returns AUTONOMI_OK; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_scratchpad_hash(const autonomi_scratchpad *scratchpad,
                                                      uint8_t *ret_hash);

/* The bytes that are signed. Returns AUTONOMI_OK; AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_scratchpad_signed_bytes(const autonomi_scratchpad *scratchpad,
                                                              autonomi_bytes **ret_bytes);

/* The scratchpad as a record value, as the network keeps it. Returns AUTONOMI_OK; AUTONOMI_E_INVALID;
 * AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_scratchpad_encode(const autonomi_scratchpad *scratchpad,
                                                        autonomi_bytes **ret_value);

/* Reads a record value. Neither signature nor size are checked. Returns AUTONOMI_OK, and the
 * scratchpad goes to `ret_scratchpad`, owned by the caller; AUTONOMI_E_CORRUPT where the value is no
 * scratchpad; AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_scratchpad_decode(const uint8_t *value, size_t value_size,
                                                        autonomi_scratchpad **ret_scratchpad);

#ifdef __cplusplus
}
#endif

#endif
