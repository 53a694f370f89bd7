/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A chunk from the network: decrypted as it is, and, since random bytes hardly ever have the right
 * padding, its bytes given to the decompressor, both as they are and compressed and then damaged where
 * the first three bytes say. Then the way there and back.
 */
#include <stdlib.h>

#include "data/compress.h"
#include "data/self_encryption.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PLAIN_MAX = 1 << 20 };

static const struct an_self_key key = {.key = {1, 2}, .start = {3}, .pad = {4, 5}};

static void decompress_damaged(struct an_span input)
{
	struct an_blob *stream;
	struct an_blob *piece;
	if (input.size < 3)
		return;
	const size_t place = (size_t)input.data[0] << 8 | input.data[1];
	if (an_compress(an_span(input.data + 3, input.size - 3), 0, &stream) != AUTONOMI_OK)
		abort();
	stream->data[place % stream->size] ^= input.data[2];
	(void)an_decompress(an_blob_span(stream), input.size, PLAIN_MAX, &piece);
	an_blob_unref(piece);
	an_blob_unref(stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct an_span input = an_span(data, size);
	struct an_blob *piece;
	struct an_blob *chunk;
	(void)an_self_decrypt(&key, input, size, PLAIN_MAX, &piece);
	an_blob_unref(piece);
	(void)an_decompress(input, 0, PLAIN_MAX, &piece);
	an_blob_unref(piece);
	decompress_damaged(input);

	if (an_self_encrypt(&key, input, &chunk, NULL) != AUTONOMI_OK ||
	    an_self_decrypt(&key, an_blob_span(chunk), size, PLAIN_MAX, &piece) != AUTONOMI_OK ||
	    !an_span_equal(an_blob_span(piece), input))
		abort();
	an_blob_unref(piece);
	an_blob_unref(chunk);
	return 0;
}
