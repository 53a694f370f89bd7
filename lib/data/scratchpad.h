/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A scratchpad: bytes that their owner may replace, encrypted to the owner's own key by convention
 * (semantics 2.7). Of two scratchpads of one owner the one with the higher counter counts.
 *
 * Its data is borrowed. Pure but for memory.
 */
#ifndef AN_DATA_SCRATCHPAD_H
#define AN_DATA_SCRATCHPAD_H

#include "data/owner_key.h"

enum {
	AN_SCRATCHPAD_OVERHEAD = 336, /* of Autonomi's own struct, which counts as size */
	AN_SCRATCHPAD_SIZE_MAX = 4194304,
	AN_SCRATCHPAD_DATA_MAX = AN_SCRATCHPAD_SIZE_MAX - AN_SCRATCHPAD_OVERHEAD, /* encrypted */
	AN_SCRATCHPAD_PLAIN_MAX = AN_SCRATCHPAD_DATA_MAX - AN_BLS_CIPHERTEXT_OVERHEAD,
};

struct an_scratchpad {
	uint8_t owner[AN_OWNER_KEY_SIZE];
	uint64_t data_encoding;        /* what the application says of its content */
	struct an_span encrypted_data; /* borrowed */
	uint64_t counter;
	uint8_t signature[AN_BLS_SIGNATURE_SIZE];
};

/* As Autonomi counts it, and whether that is too much. */
size_t an_scratchpad_size(const struct an_scratchpad *scratchpad);
bool an_scratchpad_too_big(const struct an_scratchpad *scratchpad);

/* Encrypts `plain` with the fresh secret scalar `r` into `out`, from which the scratchpad borrows,
 * and signs. Encoding and counter are the caller's to set before. E_INVALID, E_TOO_LARGE, or the
 * buffer's failure. */
an_status an_scratchpad_seal(struct an_scratchpad *scratchpad,
                             const uint8_t secret[AN_BLS_SECRET_SIZE],
                             const uint8_t r[AN_BLS_SECRET_SIZE], struct an_span plain,
                             struct an_buffer *out);

/* Appends the plaintext to `out`. E_CORRUPT where the data is no ciphertext; E_INVALID; or the
 * buffer's failure. */
an_status an_scratchpad_open(const struct an_scratchpad *scratchpad,
                             const uint8_t secret[AN_BLS_SECRET_SIZE], struct an_buffer *out);

/* Sets owner and signature over the data as it is. E_INVALID, E_NO_MEMORY. */
an_status an_scratchpad_sign(struct an_scratchpad *scratchpad,
                             const uint8_t secret[AN_BLS_SECRET_SIZE]);

/* E_CORRUPT where the signature is not the owner's; E_NO_MEMORY. */
an_status an_scratchpad_verify(const struct an_scratchpad *scratchpad);

/* Appends the bytes that are signed. */
an_status an_scratchpad_signed_bytes(const struct an_scratchpad *scratchpad, struct an_buffer *out);

/* What tells versions apart. */
void an_scratchpad_hash(const struct an_scratchpad *scratchpad,
                        uint8_t ret_hash[AN_RECORD_NAME_SIZE]);

/* As the body of a record; the data is borrowed from the reader's bytes or from `scratch`. Neither
 * size nor signature are checked. */
void an_scratchpad_read(struct an_reader *reader, struct an_buffer *scratch,
                        struct an_scratchpad *ret_scratchpad);
void an_scratchpad_write(struct an_buffer *out, const struct an_scratchpad *scratchpad);

#endif
