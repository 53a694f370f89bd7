/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Self-encryption and decryption of a file in memory, on one core and on two, beside what they are made
 * of when each part runs alone over the same bytes: the hash of every piece, the compressor, the
 * cipher, the hash of every chunk; for decryption the cipher and the decompressor. Alone they use the
 * libraries as they are, with buffers that are there. Rounds take turns, and a ratio is of one round:
 *
 *   ratio = processor time of the parts alone / processor time of ours
 *
 * so 1 would mean that nothing is lost between the parts. Rates are given on the clock, which others
 * share, and for a second of one processor.
 */
#include <brotli/decode.h>
#ifdef AN_BROTLI_AUTONOMI
#include <autonomi-brotli/encode.h>
#else
#include <brotli/encode.h>
#endif
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/profile.h"
#include "crypt/aes.h"
#include "crypt/hash.h"
#include "data/chunk.h"
#include "data/compress.h"
#include "data/self_encryption.h"
#include "measure.h"

enum { PIECES = 4, ROUNDS_MAX = 9, THREADS_MAX = 2, QUALITY = 6, WINDOW = 22, BLOCK = 4096 };
enum part { HASH_PIECE, COMPRESS, ENCRYPT, HASH_CHUNK, ENCRYPT_PARTS };
enum { DECRYPT, DECOMPRESS, DECRYPT_PARTS };
enum { PARTS_MAX = ENCRYPT_PARTS };

static size_t piece_max, size;
static uint8_t *file;
static struct an_self_layout layout;
static struct an_data_map map;
static struct an_blob *chunks[PIECES], *compressed[PIECES];

/* What the parts work on when they are alone, a set for each thread. */
static struct space {
	uint8_t *compressed, *cipher, *plain;
	size_t compressed_size;
} spaces[THREADS_MAX];

struct worker {
	void (*work)(struct worker *worker);
	size_t number, count;
	pthread_t thread;
	pthread_barrier_t *barrier;
	double worked;           /* seconds of a processor */
	double parts[PARTS_MAX]; /* of that, where parts run alone */
};

static void check(bool done, const char *what)
{
	measure_check(done, what);
}

static struct an_span piece_of(size_t i)
{
	return an_span(file + an_self_piece_offset(&layout, i), an_self_piece_size(&layout, i));
}

/* ---- The parts alone. */

static void compress_piece(struct an_span piece, struct space *space)
{
	BrotliEncoderState *state = BrotliEncoderCreateInstance(NULL, NULL, NULL);
	size_t out_left = 2 * piece_max;
	uint8_t *out = space->compressed;
	check(state != NULL && BrotliEncoderSetParameter(state, BROTLI_PARAM_QUALITY, QUALITY) &&
	              BrotliEncoderSetParameter(state, BROTLI_PARAM_LGWIN, WINDOW),
	      "the compressor");
	for (size_t i = 0; i < piece.size; i += BLOCK) {
		size_t in_left = piece.size - i < BLOCK ? piece.size - i : BLOCK;
		const uint8_t *in = piece.data + i;
		check(BrotliEncoderCompressStream(state, BROTLI_OPERATION_PROCESS, &in_left, &in,
		                                  &out_left, &out, NULL) &&
		              in_left == 0,
		      "compressing");
	}
	size_t nothing = 0;
	check(BrotliEncoderCompressStream(state, BROTLI_OPERATION_FINISH, &nothing, NULL, &out_left,
	                                  &out, NULL) &&
	              !BrotliEncoderHasMoreOutput(state),
	      "compressing");
	space->compressed_size = 2 * piece_max - out_left;
	BrotliEncoderDestroyInstance(state);
}

static void note(struct worker *worker, size_t part, double *since)
{
	const double now = measure_worked();
	worker->parts[part] += now - *since;
	*since = now;
}

static void encrypt_alone(struct worker *worker)
{
	static const uint8_t key[AN_AES_CBC_KEY_SIZE] = {1}, iv[AN_AES_BLOCK_SIZE] = {2};
	struct space *space = &spaces[worker->number];
	uint8_t digest[AN_HASH_SIZE];
	for (size_t i = worker->number; i < PIECES; i += worker->count) {
		double since = measure_worked();
		an_sha3_256(piece_of(i), digest);
		note(worker, HASH_PIECE, &since);
		compress_piece(piece_of(i), space);
		note(worker, COMPRESS, &since);
		const struct an_span plain = an_span(space->compressed, space->compressed_size);
		check(an_aes_cbc_encrypt(key, iv, plain, space->cipher) == AUTONOMI_OK,
		      "encrypting");
		note(worker, ENCRYPT, &since);
		an_sha3_256(an_span(space->cipher, an_aes_cbc_padded_size(plain.size)), digest);
		note(worker, HASH_CHUNK, &since);
	}
}

static void decompress_piece(size_t i, struct space *space)
{
	size_t plain_size = piece_max + AN_SELF_REST_MAX;
	check(BrotliDecoderDecompress(compressed[i]->size, compressed[i]->data, &plain_size,
	                              space->plain) == BROTLI_DECODER_RESULT_SUCCESS &&
	              an_span_equal(an_span(space->plain, plain_size), piece_of(i)),
	      "decompressing");
}

/* The cipher's part is told apart: its input is the chunk as it is, masked, which it does not mind. */
static void decrypt_alone(struct worker *worker)
{
	struct space *space = &spaces[worker->number];
	for (size_t i = worker->number; i < PIECES; i += worker->count) {
		size_t ignored;
		struct an_self_key key;
		const struct an_span chunk = an_blob_span(chunks[i]);
		check(an_self_key_init(&key, &map, i) == AUTONOMI_OK, "a key");
		double since = measure_worked();
		(void)an_aes_cbc_decrypt(key.key, key.start, chunk, space->cipher, &ignored);
		note(worker, DECRYPT, &since);
		decompress_piece(i, space);
		note(worker, DECOMPRESS, &since);
	}
}

/* ---- Ours. */

static void encrypt_ours(struct worker *worker)
{
	for (size_t i = worker->number; i < PIECES; i += worker->count) {
		map.entries[i].index = i;
		map.entries[i].src_size = piece_of(i).size;
		an_chunk_name(piece_of(i), map.entries[i].src_hash);
	}
	pthread_barrier_wait(worker->barrier);
	for (size_t i = worker->number; i < PIECES; i += worker->count) {
		struct an_self_key key;
		check(an_self_key_init(&key, &map, i) == AUTONOMI_OK, "a key");
		chunks[i] = an_blob_unref(chunks[i]);
		check(an_self_encrypt(&key, piece_of(i), &chunks[i], map.entries[i].dst_hash) ==
		              AUTONOMI_OK,
		      "encrypting");
	}
}

static void decrypt_ours(struct worker *worker)
{
	for (size_t i = worker->number; i < PIECES; i += worker->count) {
		struct an_self_key key;
		struct an_blob *piece;
		check(an_self_key_init(&key, &map, i) == AUTONOMI_OK, "a key");
		check(an_self_decrypt(&key, an_blob_span(chunks[i]), map.entries[i].src_size,
		                      piece_max, &piece) == AUTONOMI_OK,
		      "decrypting");
		an_blob_unref(piece);
	}
}

/* ---- Rounds. */

static void *run_worker(void *context)
{
	struct worker *worker = context;
	const double begin = measure_worked();
	worker->work(worker);
	worker->worked = measure_worked() - begin;
	return NULL;
}

struct result {
	double rate;   /* bytes a second, on the clock */
	double worked; /* seconds of all processors */
	double parts[PARTS_MAX];
};

static struct result run(void (*work)(struct worker *worker), size_t threads)
{
	struct worker workers[THREADS_MAX];
	struct result result = {.rate = 0};
	pthread_barrier_t barrier;
	pthread_barrier_init(&barrier, NULL, (unsigned)threads);
	const double begin = measure_now();
	for (size_t i = 0; i < threads; i++) {
		workers[i] = (struct worker){.work = work,
		                             .number = i,
		                             .count = threads,
		                             .barrier = &barrier};
		check(pthread_create(&workers[i].thread, NULL, run_worker, &workers[i]) == 0,
		      "a thread");
	}
	for (size_t i = 0; i < threads; i++) {
		pthread_join(workers[i].thread, NULL);
		result.worked += workers[i].worked;
		for (size_t part = 0; part < PARTS_MAX; part++)
			result.parts[part] += workers[i].parts[part];
	}
	result.rate = (double)size / (measure_now() - begin);
	pthread_barrier_destroy(&barrier);
	return result;
}

static double sum(const double *values, size_t count)
{
	double total = 0;
	for (size_t i = 0; i < count; i++)
		total += values[i];
	return total;
}

static const struct direction {
	const char *name;
	void (*alone)(struct worker *worker);
	void (*ours)(struct worker *worker);
	size_t parts;
	const char *part_names[PARTS_MAX];
} directions[] = {
	{"encrypt",
         encrypt_alone,
         encrypt_ours,
         ENCRYPT_PARTS,
         {"hash of pieces", "brotli", "AES", "hash of chunks"}},
	{"decrypt", decrypt_alone, decrypt_ours, DECRYPT_PARTS, {"AES", "brotli"}},
};

struct summary {
	double clock, clock_min, clock_max; /* bytes a second */
	double core, limit; /* bytes a second of a processor: ours, the parts alone */
	double ratio, ratio_min, ratio_max;
	double parts[PARTS_MAX]; /* of the limit */
};

static struct summary measure(const struct direction *direction, size_t threads, size_t rounds)
{
	double clock[ROUNDS_MAX], core[ROUNDS_MAX], limit[ROUNDS_MAX], ratio[ROUNDS_MAX];
	double parts[PARTS_MAX][ROUNDS_MAX];
	(void)run(direction->ours, threads);
	for (size_t round = 0; round < rounds; round++) {
		const struct result alone = run(direction->alone, threads);
		const struct result ours = run(direction->ours, threads);
		const double least = sum(alone.parts, direction->parts);
		clock[round] = ours.rate;
		core[round] = (double)size / ours.worked;
		limit[round] = (double)size / least;
		ratio[round] = least / ours.worked;
		for (size_t part = 0; part < direction->parts; part++)
			parts[part][round] = alone.parts[part] / least;
	}
	struct summary summary = {.clock = measure_median(clock, rounds),
	                          .core = measure_median(core, rounds),
	                          .limit = measure_median(limit, rounds),
	                          .ratio = measure_median(ratio, rounds)};
	summary.clock_min = clock[0], summary.clock_max = clock[rounds - 1];
	summary.ratio_min = ratio[0], summary.ratio_max = ratio[rounds - 1];
	for (size_t part = 0; part < direction->parts; part++)
		summary.parts[part] = measure_median(parts[part], rounds);
	return summary;
}

static const char *comma = "";
static char json[4096];
static size_t json_used;

static void print(const struct direction *direction, const char *content, size_t threads,
                  const struct summary *summary)
{
	printf("%s %-6s, cores: %zu  %7.1f MB/s (%.1f-%.1f); of a core %7.1f, its parts alone "
	       "%7.1f; ratio %.3f (%.3f-%.3f)\n",
	       direction->name, content, threads, summary->clock / 1e6, summary->clock_min / 1e6,
	       summary->clock_max / 1e6, summary->core / 1e6, summary->limit / 1e6, summary->ratio,
	       summary->ratio_min, summary->ratio_max);
	if (threads == 1) {
		printf("    parts:");
		for (size_t part = 0; part < direction->parts; part++)
			printf("%s %s %.0f %%", part > 0 ? "," : "", direction->part_names[part],
			       100 * summary->parts[part]);
		printf("\n");
	}
	json_used += (size_t)snprintf(json + json_used, sizeof(json) - json_used,
	                              "%s{\"direction\":\"%s\",\"content\":\"%s\",\"cores\":%zu,"
	                              "\"bytes_per_second\":%.0f,\"bytes_per_core_second\":%.0f,"
	                              "\"limit\":%.0f,\"ratio\":%.4f,\"ratio_min\":%.4f,"
	                              "\"ratio_max\":%.4f}",
	                              comma, direction->name, content, threads, summary->clock,
	                              summary->core, summary->limit, summary->ratio,
	                              summary->ratio_min, summary->ratio_max);
	comma = ",";
}

/* ---- Content. */

static uint32_t next(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33);
}

static void fill_random(void)
{
	uint64_t state = 1;
	for (size_t i = 0; i < size; i++)
		file[i] = (uint8_t)(next(&state) >> 8);
}

/* Made-up words, the short ones often, which compress about as prose does. */
static void fill_words(void)
{
	enum { WORDS = 4096, WORD_MAX = 12 };
	static char words[WORDS][WORD_MAX];
	uint64_t state = 2;
	for (size_t i = 0; i < WORDS; i++)
		for (size_t k = 0; k < 2 + i % (WORD_MAX - 3); k++)
			words[i][k] = (char)('a' + next(&state) % 26);
	for (size_t i = 0; i < size;) {
		const uint32_t draw = next(&state) % WORDS;
		const char *word = words[draw * (next(&state) % WORDS) / WORDS];
		for (; *word != '\0' && i < size; word++)
			file[i++] = (uint8_t)*word;
		if (i < size)
			file[i++] = ' ';
	}
}

static uint8_t *memory(size_t bytes)
{
	uint8_t *block = malloc(bytes);
	check(block != NULL, "memory");
	memset(block, 0, bytes);
	return block;
}

static void compress_all(void)
{
	for (size_t i = 0; i < PIECES; i++) {
		an_blob_unref(compressed[i]);
		check(an_compress(piece_of(i), 0, &compressed[i]) == AUTONOMI_OK, "compressing");
	}
}

int main(void)
{
	static const struct {
		const char *name;
		void (*fill)(void);
		size_t rounds;
	} contents[] = {{"random", fill_random, ROUNDS_MAX}, {"words", fill_words, 3}};
	setvbuf(stdout, NULL, _IOLBF, 0);
	piece_max = an_profile_autonomi.chunk_content_max;
	size = PIECES * piece_max;
	file = memory(size);
	check(an_self_layout_init(&layout, size, piece_max) == AUTONOMI_OK &&
	              layout.count == PIECES && an_data_map_init(&map, PIECES) == AUTONOMI_OK,
	      "a map");
	for (size_t i = 0; i < THREADS_MAX; i++)
		spaces[i] = (struct space){.compressed = memory(2 * piece_max),
		                           .cipher = memory(2 * piece_max),
		                           .plain = memory(2 * piece_max)};
	for (size_t content = 0; content < sizeof(contents) / sizeof(contents[0]); content++) {
		contents[content].fill();
		compress_all();
		for (size_t i = 0; i < sizeof(directions) / sizeof(directions[0]); i++)
			for (size_t threads = 1; threads <= THREADS_MAX; threads++) {
				const struct summary summary = measure(&directions[i], threads,
				                                       contents[content].rounds);
				print(&directions[i], contents[content].name, threads, &summary);
			}
	}
	printf("{\"bench\":\"self_encryption\",\"bytes\":%zu,\"cells\":[%s]}\n", size, json);
	for (size_t i = 0; i < PIECES; i++) {
		an_blob_unref(compressed[i]);
		an_blob_unref(chunks[i]);
	}
	an_data_map_done(&map);
	return 0;
}
