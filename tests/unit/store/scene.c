/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene.h"

#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypt/hash.h"
#include "data/chunk.h"

enum { HEADER = 2, POINTER_KIND = 2 };

an_status __real_an_record_check(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span value);
an_status __wrap_an_record_check(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span value);

/* The signed kinds are checked by lib/data, and not at all where it cannot; here they are right when
 * they carry their key. */
an_status __wrap_an_record_check(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span value)
{
	const bool chunk = value.size > HEADER && value.data[1] == 0;
	if (chunk)
		return __real_an_record_check(key, value);
	return value.size >= HEADER + AN_RECORD_KEY_SIZE &&
	                       memcmp(value.data + HEADER, key, AN_RECORD_KEY_SIZE) == 0
	               ? AUTONOMI_OK
	               : AUTONOMI_E_CORRUPT;
}

static void count_pruned(void *context, const struct an_store_entry *entry)
{
	struct scene *scene = context;
	ck_assert_uint_gt(entry->size, 0);
	scene->pruned++;
}

void scene_setup(struct scene *scene)
{
	const uint8_t seed[AN_RANDOM_SEED_SIZE] = {7};
	*scene = (struct scene){.profile = an_profile_autonomi};
	const char *base = getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp";
	snprintf(scene->directory, sizeof(scene->directory), "%s/an-store-XXXXXX", base);
	ck_assert_ptr_nonnull(mkdtemp(scene->directory));
	an_random_init(&scene->random, seed);
	scene->logger = an_logger_new(AN_LOG_DEBUG);
	scene->config = (struct an_store_config){.profile = &scene->profile,
	                                         .sys = an_sys_machine(),
	                                         .directory = scene->directory,
	                                         .random = &scene->random,
	                                         .logger = scene->logger,
	                                         .pruned = count_pruned,
	                                         .pruned_context = scene};
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
	(void)info, (void)type, (void)ftw;
	return remove(path);
}

void scene_teardown(struct scene *scene)
{
	scene_close(scene);
	scene->logger = an_logger_free(scene->logger);
	nftw(scene->directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

an_status scene_try_open(struct scene *scene)
{
	return an_store_open(&scene->config, &scene->store, scene->sentence,
	                     sizeof(scene->sentence));
}

void scene_open(struct scene *scene)
{
	const an_status status = scene_try_open(scene);
	ck_assert_msg(status == AUTONOMI_OK, "%s", scene->sentence);
}

void scene_close(struct scene *scene)
{
	scene->store = an_store_free(scene->store);
}

void scene_reopen(struct scene *scene)
{
	scene_close(scene);
	scene_open(scene);
}

static void fill(uint8_t *out, size_t size, uint64_t seed)
{
	struct an_random random;
	uint8_t key[AN_RANDOM_SEED_SIZE] = {0};
	memcpy(key, &seed, sizeof(seed));
	an_random_init(&random, key);
	an_random_fill(&random, out, size);
}

struct record chunk(uint64_t seed, size_t size)
{
	struct record record;
	uint8_t *content = malloc(size);
	fill(content, size, seed);
	an_chunk_name(an_span(content, size), record.key);
	record.value = an_chunk_record_value(an_span(content, size));
	free(content);
	ck_assert_ptr_nonnull(record.value);
	return record;
}

struct record pointer(uint8_t owner, uint64_t seed, size_t size)
{
	struct record record = {.key = {owner, 1, 2, 3}};
	record.value = an_blob_new(HEADER + AN_RECORD_KEY_SIZE + size);
	ck_assert_ptr_nonnull(record.value);
	record.value->data[0] = 0x91;
	record.value->data[1] = POINTER_KIND;
	memcpy(record.value->data + HEADER, record.key, AN_RECORD_KEY_SIZE);
	fill(record.value->data + HEADER + AN_RECORD_KEY_SIZE, size, seed);
	return record;
}

void drop(struct record *record)
{
	record->value = an_blob_unref(record->value);
}

void note(void *context, const struct an_store_result *result)
{
	struct answer *answer = context;
	answer->calls++;
	answer->status = result->status;
	ck_assert(result->status == AUTONOMI_OK || result->value == NULL);
	if (result->value != NULL)
		answer->value = an_blob_ref(result->value);
}

an_status put(struct scene *scene, const struct record *record)
{
	struct answer answer = {0};
	const an_status status = an_store_put(scene->store, record->key, record->value,
	                                      an_blob_span(record->value), note, &answer);
	if (status != AUTONOMI_OK)
		return status;
	ck_assert_uint_eq(answer.calls, 0);
	an_store_run_inline(scene->store);
	ck_assert_uint_eq(answer.calls, 1);
	return answer.status;
}

an_status take(struct scene *scene, const struct record *record)
{
	struct answer answer = {0};
	const an_status status = an_store_remove(scene->store, record->key, note, &answer);
	if (status != AUTONOMI_OK)
		return status;
	ck_assert_uint_eq(answer.calls, 0);
	an_store_run_inline(scene->store);
	ck_assert_uint_eq(answer.calls, 1);
	return answer.status;
}

an_status get(struct scene *scene, const struct record *record)
{
	struct answer answer = {0};
	const an_status status = an_store_get(scene->store, record->key, note, &answer);
	if (status != AUTONOMI_OK)
		return status;
	ck_assert_uint_eq(answer.calls, 0);
	an_store_run_inline(scene->store);
	ck_assert_uint_eq(answer.calls, 1);
	if (answer.status == AUTONOMI_OK)
		ck_assert(an_span_equal(an_blob_span(answer.value), an_blob_span(record->value)));
	an_blob_unref(answer.value);
	return answer.status;
}

static char *hex(char *out, const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		out += snprintf(out, 3, "%02x", bytes[i]);
	return out;
}

void file_of(const struct scene *scene, const struct record *record, char path[PATH_MAX])
{
	char *end = path + snprintf(path, PATH_MAX, "%.*s/chunks/%02x/", PATH_MAX - 256,
	                            scene->directory, record->key[AN_RECORD_KEY_SIZE - 1]);
	end = hex(end, record->key, AN_RECORD_KEY_SIZE);
	if (record->value->data[1] == 0)
		return;
	uint8_t digest[AN_HASH_SIZE];
	an_sha3_256(an_blob_span(record->value), digest);
	*end++ = '.';
	hex(end, digest, 8);
}

void database_of(const struct scene *scene, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%.*s/records.db", PATH_MAX - 16, scene->directory);
}

bool exists(const char *path)
{
	struct stat found;
	return stat(path, &found) == 0;
}

static size_t files;

static int count_one(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
	(void)path, (void)info, (void)ftw;
	files += type == FTW_F;
	return 0;
}

size_t count_files(const struct scene *scene)
{
	char path[PATH_MAX];
	snprintf(path, sizeof(path), "%.*s/chunks", PATH_MAX - 16, scene->directory);
	files = 0;
	nftw(path, count_one, 16, FTW_PHYS);
	return files;
}

void flip(const char *path, struct an_span bytes)
{
	FILE *file = fopen(path, "r+b");
	ck_assert_ptr_nonnull(file);
	struct stat info;
	ck_assert_int_eq(fstat(fileno(file), &info), 0);
	uint8_t *all = malloc((size_t)info.st_size);
	ck_assert_uint_eq(fread(all, 1, (size_t)info.st_size, file), (size_t)info.st_size);
	uint8_t *found = memmem(all, (size_t)info.st_size, bytes.data, bytes.size);
	ck_assert_ptr_nonnull(found);
	found[bytes.size / 2] ^= 1;
	rewind(file);
	ck_assert_uint_eq(fwrite(all, 1, (size_t)info.st_size, file), (size_t)info.st_size);
	fclose(file);
	free(all);
}
