/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A chunk from the network: decrypted as it is, and, since random bytes hardly ever have the right
 * padding, its bytes given to the decompressor. Then the way there and back.
 */
#include <stdlib.h>

#include "data/compress.h"
#include "data/self_encryption.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PLAIN_MAX = 1 << 20 };

static const struct an_self_key key = {.key = {1, 2}, .start = {3}, .pad = {4, 5}};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct an_span input = an_span(data, size);
	struct an_blob *piece;
	struct an_blob *chunk;
	(void)an_self_decrypt(&key, input, size, PLAIN_MAX, &piece);
	an_blob_unref(piece);
	(void)an_decompress(input, 0, PLAIN_MAX, &piece);
	an_blob_unref(piece);

	if (an_self_encrypt(&key, input, &chunk, NULL) != AUTONOMI_OK ||
	    an_self_decrypt(&key, an_blob_span(chunk), size, PLAIN_MAX, &piece) != AUTONOMI_OK ||
	    !an_span_equal(an_blob_span(piece), input))
		abort();
	an_blob_unref(piece);
	an_blob_unref(chunk);
	return 0;
}
