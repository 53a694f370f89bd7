/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Durable put and get at 1 KiB, 64 KiB and 4 MiB: our store against LMDB and plain files, in turns in
 * the same run, so that what the disk does to one it does to all. Times are medians of a round; the
 * table gives the median of the rounds and their spread. The last line is JSON.
 *
 * bench_store [--rounds N] [--inline BYTES] [--sizes BYTES,BYTES...] [DIRECTORY]
 */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifdef HAVE_LMDB
#include <lmdb.h>
#endif

#include "crypt/hash.h"
#include "data/chunk.h"
#include "store/store.h"

enum {
	ROUNDS_MAX = 64,
	SIZES = 8,
	SHARDS = 256,
	OPERATIONS_MAX = 256,
	GROUP = 32,
	GROUP_BYTES = 16 << 20
};
enum engine { STORE, LMDB, PLAIN, ENGINES };
enum measure { PUT, GROUPED, GET, MEASURES };

static size_t sizes[SIZES] = {1 << 10, 64 << 10, 4 << 20};
static size_t size_count = 3;
static const char *const engine_names[ENGINES] = {"store", "lmdb", "files"};
static const char *const measure_names[MEASURES] = {"put", "put, grouped", "get"};

static double times[SIZES][MEASURES][ENGINES][ROUNDS_MAX]; /* µs for one record */
static double hashing[SIZES];
static size_t rounds = 5, inline_max;
static char directory[2048];

struct item {
	uint8_t key[AN_RECORD_KEY_SIZE];
	struct an_blob *value;
};

static void fail(const char *what)
{
	fprintf(stderr, "bench_store: %s failed\n", what);
	exit(1);
}

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
	qsort(values, count, sizeof(values[0]), compare);
	return values[count / 2];
}

static struct item item_of(struct an_random *random, size_t size)
{
	struct item item;
	uint8_t *content = malloc(size);
	if (content == NULL)
		fail("malloc");
	an_random_fill(random, content, size);
	an_chunk_name(an_span(content, size), item.key);
	item.value = an_chunk_record_value(an_span(content, size));
	free(content);
	return item;
}

/* ---- Ours ---- */

static struct an_store *store;

static void check(void *context, const struct an_store_result *result)
{
	(void)context;
	if (result->status != AUTONOMI_OK)
		fail("our store");
}

/* A store that has been in use has all of its shards. */
static void make_shards(const char *path)
{
	char shard[2300];
	mkdir(path, 0700);
	snprintf(shard, sizeof(shard), "%s/chunks", path);
	mkdir(shard, 0700);
	for (unsigned i = 0; i < SHARDS; i++) {
		snprintf(shard, sizeof(shard), "%s/chunks/%02x", path, i);
		mkdir(shard, 0700);
	}
	sync();
}

static void store_open(const char *path)
{
	make_shards(path);
	static struct an_random random;
	char sentence[256] = "";
	const struct an_store_config config = {
		.profile = &an_profile_autonomi,
		.sys = an_sys_machine(),
		.directory = path,
		.inline_max = inline_max,
		.pending_bytes_max = 256 << 20,
		.random = &random,
	};
	if (an_store_open(&config, &store, sentence, sizeof(sentence)) != AUTONOMI_OK)
		fail(sentence);
}

static void store_put(const struct item *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (an_store_put(store, items[i].key, items[i].value, an_blob_span(items[i].value),
		                 check, NULL) != AUTONOMI_OK)
			fail("an_store_put");
	}
	an_store_run_inline(store);
}

static void store_get(const struct item *item)
{
	if (an_store_get(store, item->key, check, NULL) != AUTONOMI_OK)
		fail("an_store_get");
	an_store_run_inline(store);
}

static void store_close(void)
{
	store = an_store_free(store);
}

/* ---- LMDB ---- */

#ifdef HAVE_LMDB
static MDB_env *environment;
static MDB_dbi table;

static void must(int result)
{
	if (result != 0)
		fail(mdb_strerror(result));
}

static void lmdb_open(const char *path)
{
	MDB_txn *transaction;
	mkdir(path, 0700);
	must(mdb_env_create(&environment));
	must(mdb_env_set_mapsize(environment, (size_t)8 << 30));
	must(mdb_env_open(environment, path, 0, 0600));
	must(mdb_txn_begin(environment, NULL, 0, &transaction));
	must(mdb_dbi_open(transaction, NULL, 0, &table));
	must(mdb_txn_commit(transaction));
}

static void lmdb_put(const struct item *items, size_t count)
{
	MDB_txn *transaction;
	must(mdb_txn_begin(environment, NULL, 0, &transaction));
	for (size_t i = 0; i < count; i++) {
		uint8_t key_bytes[AN_RECORD_KEY_SIZE];
		memcpy(key_bytes, items[i].key, sizeof(key_bytes));
		MDB_val key = {sizeof(key_bytes), key_bytes};
		MDB_val value = {items[i].value->size, items[i].value->data};
		must(mdb_put(transaction, table, &key, &value, 0));
	}
	must(mdb_txn_commit(transaction));
}

static void lmdb_get(const struct item *item)
{
	MDB_txn *transaction;
	uint8_t key_bytes[AN_RECORD_KEY_SIZE];
	memcpy(key_bytes, item->key, sizeof(key_bytes));
	MDB_val key = {sizeof(key_bytes), key_bytes}, value;
	must(mdb_txn_begin(environment, NULL, MDB_RDONLY, &transaction));
	must(mdb_get(transaction, table, &key, &value));
	struct an_blob *copy = an_blob_copy(an_span(value.mv_data, value.mv_size));
	mdb_txn_abort(transaction);
	an_blob_unref(copy);
}

static void lmdb_close(void)
{
	mdb_env_close(environment);
}
#endif

/* ---- Plain files: temporary name, flush, rename, flush of the folder ---- */

static char plain[2200];

static void plain_open(const char *path)
{
	snprintf(plain, sizeof(plain), "%s", path);
	mkdir(plain, 0700);
}

static void plain_path(const struct item *item, const char *suffix, char *path, size_t size)
{
	size_t at = (size_t)snprintf(path, size, "%s/", plain);
	for (size_t i = 0; i < AN_RECORD_KEY_SIZE; i++)
		at += (size_t)snprintf(path + at, size - at, "%02x", item->key[i]);
	snprintf(path + at, size - at, "%s", suffix);
}

static void plain_put(const struct item *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char path[2400], temporary[2400];
		plain_path(&items[i], "", path, sizeof(path));
		plain_path(&items[i], ".tmp", temporary, sizeof(temporary));
		const int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		const size_t size = items[i].value->size;
		if (fd < 0 || write(fd, items[i].value->data, size) != (ssize_t)size ||
		    fdatasync(fd) != 0 || close(fd) != 0 || rename(temporary, path) != 0)
			fail("writing a file");
	}
	const int folder = open(plain, O_RDONLY | O_DIRECTORY);
	if (folder < 0 || fsync(folder) != 0 || close(folder) != 0)
		fail("flushing a folder");
}

static void plain_get(const struct item *item)
{
	char path[2400];
	plain_path(item, "", path, sizeof(path));
	struct an_blob *copy = an_blob_new(item->value->size);
	const int fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, copy->data, copy->size) != (ssize_t)copy->size || close(fd) != 0)
		fail("reading a file");
	an_blob_unref(copy);
}

static void plain_close(void)
{
}

/* ---- Rounds ---- */

struct methods {
	void (*open)(const char *path);
	void (*put)(const struct item *items, size_t count);
	void (*get)(const struct item *item);
	void (*close)(void);
};

static const struct methods methods[ENGINES] = {
	[STORE] = {store_open, store_put, store_get, store_close},
#ifdef HAVE_LMDB
	[LMDB] = {lmdb_open, lmdb_put, lmdb_get, lmdb_close},
#endif
	[PLAIN] = {plain_open, plain_put, plain_get, plain_close},
};

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
	(void)info, (void)type, (void)ftw;
	return remove(path);
}

static size_t operations_of(size_t size)
{
	const size_t count = ((size_t)64 << 20) / sizes[size];
	return count > OPERATIONS_MAX ? OPERATIONS_MAX : count;
}

static size_t group_of(size_t size)
{
	const size_t most = GROUP_BYTES / sizes[size];
	return most < GROUP ? most - 1 : GROUP;
}

static void run_engine(enum engine engine, size_t size, size_t round, const struct item *items)
{
	const size_t count = operations_of(size), group = group_of(size);
	const struct methods *use = &methods[engine];
	double each[OPERATIONS_MAX];
	char path[2100];
	snprintf(path, sizeof(path), "%s/%s", directory, engine_names[engine]);
	sync();
	use->open(path);
	for (size_t i = 0; i < count; i++) {
		const double start = now();
		use->put(&items[i], 1);
		each[i] = now() - start;
	}
	times[size][PUT][engine][round] = median(each, count);
	size_t groups = 0;
	for (size_t i = 0; i + group <= count; i += group, groups++) {
		const double start = now();
		use->put(&items[count + i], group);
		each[groups] = (now() - start) / (double)group;
	}
	times[size][GROUPED][engine][round] = median(each, groups);
	for (size_t i = 0; i < count; i++) {
		const double start = now();
		use->get(&items[i]);
		each[i] = now() - start;
	}
	times[size][GET][engine][round] = median(each, count);
	use->close();
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void run_size(size_t size, struct an_random *random)
{
	static struct item items[2 * OPERATIONS_MAX];
	for (size_t round = 0; round < rounds; round++) {
		for (size_t i = 0; i < 2 * operations_of(size); i++)
			items[i] = item_of(random, sizes[size]);
		for (size_t i = 0; i < ENGINES; i++) {
			const enum engine engine = (enum engine)((i + round) % ENGINES);
			if (methods[engine].open != NULL)
				run_engine(engine, size, round, items);
		}
		for (size_t i = 0; i < 2 * operations_of(size); i++)
			an_blob_unref(items[i].value);
	}
	uint8_t digest[AN_HASH_SIZE];
	struct item item = item_of(random, sizes[size]);
	double each[15];
	for (size_t i = 0; i < 15; i++) {
		const double start = now();
		an_sha3_256(an_blob_span(item.value), digest);
		each[i] = now() - start;
	}
	hashing[size] = median(each, 15);
	an_blob_unref(item.value);
}

static void print_ratio(size_t size, size_t measure, enum engine other)
{
	double ratios[ROUNDS_MAX];
	for (size_t i = 0; i < rounds; i++)
		ratios[i] = times[size][measure][STORE][i] / times[size][measure][other][i];
	const double middle = median(ratios, rounds);
	printf("  %5.2f (%.2f-%.2f) of %s", middle, ratios[0], ratios[rounds - 1],
	       engine_names[other]);
}

static void print_row(size_t size, size_t measure)
{
	printf("%7zu %-13s", sizes[size], measure_names[measure]);
	for (enum engine other = LMDB; other < ENGINES; other++)
		if (methods[other].open != NULL)
			print_ratio(size, measure, other);
	for (enum engine engine = STORE; engine < ENGINES; engine++) {
		double *values = times[size][measure][engine];
		if (methods[engine].open == NULL)
			continue;
		const double middle = median(values, rounds);
		printf("  %s %.0f (%.0f-%.0f)", engine_names[engine], middle, values[0],
		       values[rounds - 1]);
	}
	printf("\n");
}

static void print_json(void)
{
	const char *comma = "";
	printf("{\"bench\":\"store\",\"rounds\":%zu,\"unit\":\"us\",\"cells\":[", rounds);
	for (size_t size = 0; size < size_count; size++) {
		for (size_t measure = 0; measure < MEASURES; measure++) {
			for (enum engine engine = STORE; engine < ENGINES; engine++) {
				double *values = times[size][measure][engine];
				if (methods[engine].open == NULL)
					continue;
				const double middle = median(values, rounds);
				printf("%s{\"size\":%zu,\"measure\":\"%s\",\"engine\":\"%s\","
				       "\"median\":%.1f,\"min\":%.1f,\"max\":%.1f}",
				       comma, sizes[size], measure_names[measure],
				       engine_names[engine], middle, values[0], values[rounds - 1]);
				comma = ",";
			}
		}
	}
	printf("]}\n");
}

static void read_sizes(char *text)
{
	for (size_count = 0; *text != '\0' && size_count < SIZES; text += *text == ',')
		sizes[size_count++] = (size_t)strtoul(text, &text, 10);
	for (size_t i = 0; i < size_count; i++)
		if (sizes[i] < 64 || sizes[i] > 4 << 20)
			fail("reading --sizes (64 to 4194304)");
}

static void read_arguments(int count, char **arguments)
{
	snprintf(directory, sizeof(directory), "%s",
	         getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
	for (int i = 1; i < count; i++) {
		if (strcmp(arguments[i], "--rounds") == 0 && i + 1 < count)
			rounds = (size_t)strtoul(arguments[++i], NULL, 10);
		else if (strcmp(arguments[i], "--inline") == 0 && i + 1 < count)
			inline_max = (size_t)strtoul(arguments[++i], NULL, 10);
		else if (strcmp(arguments[i], "--sizes") == 0 && i + 1 < count)
			read_sizes(arguments[++i]);
		else
			snprintf(directory, sizeof(directory), "%s", arguments[i]);
	}
	if (rounds < 1 || rounds > ROUNDS_MAX)
		fail("reading --rounds (1 to 64)");
	const size_t used = strlen(directory);
	snprintf(directory + used, sizeof(directory) - used, "/bench-store-XXXXXX");
	if (mkdtemp(directory) == NULL)
		fail("making a folder");
}

int main(int count, char **arguments)
{
	struct an_random random;
	const uint8_t seed[AN_RANDOM_SEED_SIZE] = {1};
	an_random_init(&random, seed);
	read_arguments(count, arguments);
	for (size_t size = 0; size < size_count; size++)
		run_size(size, &random);
	rmdir(directory);

	printf("Durable put and get, µs for one record; medians of %zu rounds (and their spread).\n"
	       "Ratios are time of our store / time of the other: below 1 ours is faster. Our put "
	       "and\n"
	       "get include the check against the address. Grouped: at most %d records to a "
	       "commit.\n"
	       "All on one thread, page cache warm. SHA3-256 alone, µs:",
	       rounds, GROUP);
	for (size_t size = 0; size < size_count; size++)
		printf(" %.0f", hashing[size]);
	printf("\n\n");
	for (size_t size = 0; size < size_count; size++)
		for (size_t measure = 0; measure < MEASURES; measure++)
			print_row(size, measure);
	print_json();
	return 0;
}
