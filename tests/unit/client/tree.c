/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree.h"

#include <check.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void tree_run(const char *format, ...)
{
	char command[2 * TREE_PATH_MAX];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(command, sizeof(command), format, arguments);
	va_end(arguments);
	ck_assert_msg(system(command) == 0, "%s", command);
}

void tree_open(struct tree *tree, uint8_t seed)
{
	scene_open_small_pieces(&tree->scene, seed, 20000);
	snprintf(tree->path, sizeof(tree->path), "%s/tree", tree->scene.folder);
	snprintf(tree->out, sizeof(tree->out), "%s/out", tree->scene.folder);
	ck_assert_int_eq(mkdir(tree->path, 0700), 0);
}

void tree_close(struct tree *tree)
{
	tree_run("rm -rf %s %s %s/elsewhere", tree->path, tree->out, tree->scene.folder);
	scene_close(&tree->scene);
}

void tree_add(struct tree *tree, const char *name, size_t size, uint8_t seed)
{
	char path[2 * TREE_PATH_MAX];
	snprintf(path, sizeof(path), "%s/%s", tree->path, name);
	for (char *slash = path + strlen(tree->path) + 1; (slash = strchr(slash, '/')) != NULL;
	     slash++) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	FILE *file = fopen(path, "wb");
	ck_assert_ptr_nonnull(file);
	for (size_t i = 0; i < size; i++)
		fputc((int)(uint8_t)(seed + i * 7 + i / 200), file);
	ck_assert_int_eq(fclose(file), 0);
}

void tree_fill(struct tree *tree)
{
	tree_add(tree, "a.txt", 3, 1);
	tree_add(tree, "b", 5000, 2);
	tree_add(tree, "b.more", 1000, 3);
	tree_add(tree, "deep/er/and deeper/file", 2999, 4);
	tree_add(tree, "deep/empty-not", 17, 5);
	tree_add(tree, "\xc3\xa4\xc3\xb6.bin", 30000, 6);
	tree_add(tree, ".hidden", 100, 7);
	tree_add(tree, "same", 5000, 2);
}

void tree_begin_upload(struct tree *tree, struct an_client_directory_put put)
{
	struct outcome *outcome = &tree->scene.outcome;
	put.path = put.path != NULL ? put.path : tree->path;
	outcome_release(outcome);
	ck_assert_int_eq(an_client_directory_upload(tree->scene.client, &put, outcome_progress,
	                                            outcome_done, outcome, &outcome->id),
	                 AUTONOMI_OK);
}

an_status tree_upload(struct tree *tree, struct an_client_directory_put put)
{
	tree_begin_upload(tree, put);
	const an_status status = scene_run(&tree->scene);
	if (status == AUTONOMI_OK && put.has_archive)
		scene_note_source(&tree->scene);
	return status;
}

void tree_begin_download(struct tree *tree, bool replace)
{
	struct outcome *outcome = &tree->scene.outcome;
	outcome_release(outcome);
	ck_assert_int_eq(an_client_directory_download(tree->scene.client,
	                                              scene_source(&tree->scene), tree->out,
	                                              replace, outcome_progress, outcome_done,
	                                              outcome, &outcome->id),
	                 AUTONOMI_OK);
}

an_status tree_download(struct tree *tree, bool replace)
{
	tree_begin_download(tree, replace);
	return scene_run(&tree->scene);
}

void tree_put(struct tree *tree, struct an_span data, bool is_public)
{
	struct outcome *outcome = &tree->scene.outcome;
	struct an_blob *blob = an_blob_copy(data);
	ck_assert_ptr_nonnull(blob);
	outcome_release(outcome);
	ck_assert_int_eq(an_client_data_put(tree->scene.client, blob, is_public, NULL, outcome_done,
	                                    outcome, &outcome->id),
	                 AUTONOMI_OK);
	an_blob_unref(blob);
	ck_assert_int_eq(scene_run(&tree->scene), AUTONOMI_OK);
	scene_note_source(&tree->scene);
}

void tree_put_archive(struct tree *tree, const struct an_archive *archive)
{
	struct an_buffer bytes;
	an_buffer_init(&bytes, SIZE_MAX);
	ck_assert_int_eq(an_archive_encode(archive, &bytes), AUTONOMI_OK);
	tree_put(tree, an_buffer_span(&bytes), archive->kind == AN_ARCHIVE_PUBLIC);
	an_buffer_done(&bytes);
}

void tree_store_content(struct tree *tree, const char *text, uint8_t ret_address[32])
{
	tree_put(tree, an_span_text(text), true);
	memcpy(ret_address, tree->scene.source, 32);
}

bool tree_came_back(const struct tree *tree)
{
	char command[4 * TREE_PATH_MAX];
	snprintf(command, sizeof(command), "diff -r %s %s/tree >&2 && [ $(ls -A %s | wc -l) = 1 ]",
	         tree->path, tree->out, tree->out);
	return system(command) == 0;
}

size_t tree_count(const char *path)
{
	char command[2 * TREE_PATH_MAX];
	snprintf(command, sizeof(command), "find %s 2>/dev/null | wc -l", path);
	FILE *pipe = popen(command, "r");
	ck_assert_ptr_nonnull(pipe);
	size_t count = 0;
	ck_assert_int_eq(fscanf(pipe, "%zu", &count), 1);
	pclose(pipe);
	return count;
}

bool tree_holds(const char *directory, const char *name, const char *text)
{
	char path[2 * TREE_PATH_MAX], content[64] = "";
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	FILE *file = fopen(path, "rb");
	if (file == NULL)
		return false;
	const size_t size = fread(content, 1, sizeof(content) - 1, file);
	fclose(file);
	return size == strlen(text) && strcmp(content, text) == 0;
}
