/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes and texts that the library makes: encoded records, plaintexts, names for people.
 *
 * Functions that give bytes of a size that the caller cannot know give them as this object, owned by
 * the caller. Bytes that go into the library are always copied or used during the call alone.
 *
 * Threading: any thread; an object may be read by several at once while none frees it.
 */
#ifndef AUTONOMI_BYTES_H
#define AUTONOMI_BYTES_H

#include <stddef.h>
#include <stdint.h>

#include <autonomi/export.h>
#include <autonomi/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct autonomi_bytes autonomi_bytes;

/* The bytes, borrowed until they are freed; their number goes to `ret_size`, which may be NULL. A
 * zero that does not count follows them. NULL and 0 for NULL. */
AUTONOMI_API const uint8_t *autonomi_bytes_data(const autonomi_bytes *bytes, size_t *ret_size);

/* The same as text with a final zero; "" for NULL. */
AUTONOMI_API const char *autonomi_bytes_text(const autonomi_bytes *bytes);

/* Overwrites the bytes, which may be secret, and frees them. NULL is allowed. Returns NULL. */
AUTONOMI_API autonomi_bytes *autonomi_bytes_free(autonomi_bytes *bytes);

/* Writes bytes as hexadecimal digits in lower case with a final zero. Returns AUTONOMI_OK;
 * AUTONOMI_E_INVALID; AUTONOMI_E_TOO_SMALL where `text_size` is not above twice `size`. */
AUTONOMI_API autonomi_status autonomi_hex_encode(const uint8_t *bytes, size_t size, char *text,
                                                 size_t text_size);

/* Reads hexadecimal digits of either case, with nothing around them, as at most `capacity` bytes;
 * their number goes to `ret_size`. Returns AUTONOMI_OK; AUTONOMI_E_INVALID where the text is not
 * that; AUTONOMI_E_TOO_SMALL where they do not fit. */
AUTONOMI_API autonomi_status autonomi_hex_decode(const char *text, uint8_t *bytes, size_t capacity,
                                                 size_t *ret_size);

/* The address of content: SHA3-256 of it, AUTONOMI_NAME_SIZE bytes (semantics 2.1). Takes about
 * 1.7 ms for a MiB. Returns AUTONOMI_OK; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_content_hash(const uint8_t *data, size_t data_size,
                                                   uint8_t *ret_hash);

#ifdef __cplusplus
}
#endif

#endif
