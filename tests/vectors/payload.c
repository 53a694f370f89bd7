/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vectors/payload.h"

#include <string.h>

#include "crypt/hash.h"

enum { STREAM_BLOCK = 32 };

struct stream {
	uint64_t seed;
	uint64_t block;
	size_t used;
	uint8_t bytes[STREAM_BLOCK];
};

static void put_little_endian(uint8_t out[8], uint64_t value)
{
	for (size_t i = 0; i < 8; i++)
		out[i] = (uint8_t)(value >> 8 * i);
}

static uint8_t draw(struct stream *stream)
{
	if (stream->used == STREAM_BLOCK) {
		uint8_t input[16];
		put_little_endian(input, stream->seed);
		put_little_endian(input + 8, stream->block++);
		an_sha256(an_span(input, sizeof(input)), stream->bytes);
		stream->used = 0;
	}
	return stream->bytes[stream->used++];
}

static size_t draw_16(struct stream *stream)
{
	const size_t low = draw(stream);
	return low | (size_t)draw(stream) << 8;
}

static void fill_words(uint8_t *out, size_t size, struct stream *stream)
{
	static const char *const words[16] = {"data",  "peer",  "chunk",   "record",
	                                      "close", "group", "quote",   "pay",
	                                      "store", "node",  "address", "the",
	                                      "of",    "and",   "to",      "in"};
	size_t at = 0;
	while (at < size) {
		const char *word = words[draw(stream) & 15];
		for (; *word != '\0' && at < size; word++)
			out[at++] = (uint8_t)*word;
		if (at < size)
			out[at++] = ' ';
	}
}

static size_t copy_back(uint8_t *out, size_t at, size_t size, size_t distance, size_t count)
{
	for (; count > 0 && at < size; count--, at++)
		out[at] = out[at - distance];
	return at;
}

static size_t lz_literals(uint8_t *out, size_t at, size_t size, struct stream *stream, bool letters)
{
	size_t count = 1 + draw(stream) % (letters ? 64 : 32);
	for (; count > 0; count--) {
		const uint8_t r = draw(stream);
		if (at < size)
			out[at++] = letters ? (uint8_t)(97 + r % 26) : r;
	}
	return at;
}

static size_t lz_step(uint8_t *out, size_t at, size_t size, struct stream *stream)
{
	const unsigned op = draw(stream) % 8;
	if (op < 2 || at == 0)
		return lz_literals(out, at, size, stream, false);
	if (op == 7)
		return lz_literals(out, at, size, stream, true);
	if (op == 5) {
		const uint8_t value = draw(stream);
		for (size_t count = 4 + (size_t)draw(stream); count > 0 && at < size; count--)
			out[at++] = value;
		return at;
	}
	const size_t limit = op == 6 ? 16 : 65535;
	const size_t reach = at < limit ? at : limit;
	const size_t distance = 1 + (op == 6 ? draw(stream) : draw_16(stream)) % reach;
	const size_t count = (op == 6 ? 8 : 4) + (size_t)draw(stream);
	return copy_back(out, at, size, distance, count);
}

static void fill_stream(const char *generator, uint8_t *out, size_t size, struct stream *stream)
{
	for (size_t i = 0; i < size; i++) {
		out[i] = draw(stream);
		if (strcmp(generator, "thirds-zero") == 0 && i % 3 == 2)
			out[i] = 0;
		if (strcmp(generator, "nibble-blocks") == 0)
			out[i] &= i / 4096 % 2 == 0 ? 0x3f : 0x0f;
	}
}

static void fill_pattern(struct an_span pattern, uint8_t *out, size_t size)
{
	for (size_t i = 0; i < size; i++)
		out[i] = pattern.data[i % pattern.size];
}

bool payload_fill(const char *generator, uint64_t seed, struct an_span pattern, uint8_t *out,
                  size_t size)
{
	struct stream stream = {.seed = seed, .used = STREAM_BLOCK};
	if (strcmp(generator, "repeat") == 0) {
		if (pattern.size > 0)
			fill_pattern(pattern, out, size);
		return pattern.size > 0;
	}
	if (strcmp(generator, "words") == 0) {
		fill_words(out, size, &stream);
		return true;
	}
	if (strcmp(generator, "lz-mix") == 0) {
		for (size_t at = 0; at < size;)
			at = lz_step(out, at, size, &stream);
		return true;
	}
	fill_stream(generator, out, size, &stream);
	return strcmp(generator, "sha256-counter") == 0 || strcmp(generator, "thirds-zero") == 0 ||
	       strcmp(generator, "nibble-blocks") == 0;
}
