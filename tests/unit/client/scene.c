/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene.h"

#include <check.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

static void join(char out[SCENE_PATH_MAX], const char *folder, const char *name)
{
	const int length = snprintf(out, SCENE_PATH_MAX, "%s/%s", folder, name);
	ck_assert_int_lt(length, SCENE_PATH_MAX);
}

void scene_restart_client(struct scene *scene)
{
	scene->client = an_client_free(scene->client);
	const struct an_client_config config = {.sys = &scene->sys,
	                                        .data_directory = scene->journals,
	                                        .parallel_puts = 4,
	                                        .parallel_gets = 8,
	                                        .memory_max = scene->memory_max,
	                                        .random = &scene->network.random};
	ck_assert_int_eq(an_client_new(&config, &scene->network.table, &scene->client),
	                 AUTONOMI_OK);
}

void scene_open(struct scene *scene, uint8_t seed)
{
	*scene = (struct scene){.memory_max = 64 << 20, .sys = *an_sys_machine()};
	const char *base = getenv("TMPDIR");
	join(scene->folder, base != NULL ? base : "/tmp", "autonomi-client-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(scene->folder));
	join(scene->file, scene->folder, "holiday");
	join(scene->target, scene->folder, "back");
	join(scene->part, scene->folder, "back.part");
	join(scene->journals, scene->folder, "journals");
	network_open(&scene->network, 25, seed);
	scene_restart_client(scene);
}

void scene_open_small_pieces(struct scene *scene, uint8_t seed, size_t memory_max)
{
	scene_open(scene, seed);
	scene->network.profile.chunk_content_max = 1000;
	scene->network.profile.chunk_max = 1032;
	scene->memory_max = memory_max;
	scene_restart_client(scene);
}

static void empty_folder(const char *folder)
{
	DIR *directory = opendir(folder);
	if (directory == NULL)
		return;
	for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
		char path[512];
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		unlink(path);
	}
	closedir(directory);
}

void scene_close(struct scene *scene)
{
	outcome_release(&scene->outcome);
	scene->client = an_client_free(scene->client);
	network_close(&scene->network);
	empty_folder(scene->journals);
	rmdir(scene->journals);
	empty_folder(scene->folder);
	ck_assert_int_eq(rmdir(scene->folder), 0);
}

void scene_note_source(struct scene *scene)
{
	const struct an_client_result *result = &scene->outcome.result;
	const struct an_span bytes = scene->outcome.content != NULL
	                                     ? result->bytes
	                                     : an_span(result->address, sizeof(result->address));
	ck_assert_uint_le(bytes.size, sizeof(scene->source));
	memcpy(scene->source, bytes.data, bytes.size);
	scene->source_size = bytes.size;
}

struct an_span scene_source(const struct scene *scene)
{
	return an_span(scene->source, scene->source_size);
}

void scene_write_file(struct scene *scene, size_t size, uint8_t seed)
{
	struct an_random random;
	const uint8_t bytes[AN_RANDOM_SEED_SIZE] = {seed, 1};
	an_random_init(&random, bytes);
	uint8_t *content = malloc(size + 1);
	ck_assert_ptr_nonnull(content);
	an_random_fill(&random, content, size);
	unlink(scene->file);
	FILE *file = fopen(scene->file, "wb");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(content, 1, size, file), size);
	ck_assert_int_eq(fclose(file), 0);
	free(content);
}

void scene_begin_upload(struct scene *scene)
{
	outcome_release(&scene->outcome);
	ck_assert_int_eq(an_client_upload(scene->client, scene->file, true, outcome_progress,
	                                  outcome_done, &scene->outcome, &scene->outcome.id),
	                 AUTONOMI_OK);
}

an_status scene_run(struct scene *scene)
{
	ck_assert_uint_eq(scene->outcome.calls, 0);
	return network_finish(&scene->network, scene->client, &scene->outcome);
}

an_status scene_upload(struct scene *scene, bool is_public)
{
	outcome_release(&scene->outcome);
	const an_status status = an_client_upload(scene->client, scene->file, is_public,
	                                          outcome_progress, outcome_done, &scene->outcome,
	                                          &scene->outcome.id);
	return status == AUTONOMI_OK ? scene_run(scene) : status;
}

void scene_begin_download(struct scene *scene, struct an_span source)
{
	outcome_release(&scene->outcome);
	ck_assert_int_eq(an_client_download(scene->client, source, scene->target, false,
	                                    outcome_progress, outcome_done, &scene->outcome,
	                                    &scene->outcome.id),
	                 AUTONOMI_OK);
}

an_status scene_download(struct scene *scene, struct an_span source)
{
	outcome_release(&scene->outcome);
	const an_status status = an_client_download(scene->client, source, scene->target, false,
	                                            outcome_progress, outcome_done, &scene->outcome,
	                                            &scene->outcome.id);
	return status == AUTONOMI_OK ? scene_run(scene) : status;
}

bool scene_exists(const char *path)
{
	struct stat info;
	return stat(path, &info) == 0;
}

void scene_assert_target_is_file(const struct scene *scene)
{
	FILE *a = fopen(scene->file, "rb"), *b = fopen(scene->target, "rb");
	ck_assert_ptr_nonnull(a);
	ck_assert_ptr_nonnull(b);
	static uint8_t from_a[65536], from_b[65536];
	size_t size;
	do {
		size = fread(from_a, 1, sizeof(from_a), a);
		ck_assert_uint_eq(fread(from_b, 1, sizeof(from_b), b), size);
		ck_assert_mem_eq(from_a, from_b, size);
	} while (size > 0);
	fclose(a);
	fclose(b);
}

size_t scene_count_journals(const struct scene *scene)
{
	DIR *directory = opendir(scene->journals);
	if (directory == NULL)
		return 0;
	size_t count = 0;
	for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
		count += entry->d_name[0] != '.';
	closedir(directory);
	return count;
}

#ifdef AN_FAULT_INJECTION
void scene_fail_after(struct scene *scene, uint64_t allocations)
{
	scene->network.failing = true;
	scene->network.fail_at = an_memory_allocations() + allocations;
	an_memory_fail_after(allocations);
}

bool scene_ran_out(const struct scene *scene)
{
	return an_memory_allocations() > scene->network.fail_at;
}

void scene_succeed_again(struct scene *scene)
{
	scene->network.failing = false;
	an_memory_fail_after(UINT64_MAX);
}
#endif
