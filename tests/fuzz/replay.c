/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a fuzz target stands on where no fuzzer drives it: hands every file of a folder, or of those
 * named, to the target, and prints one TAP line. The files that a search found are regression tests.
 *
 *   fuzz_TARGET [FOLDER|FILE]...
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PATH_SIZE = 4096 };

static unsigned files;

static void fail(const char *path, const char *why)
{
	printf("not ok 1 - %s: %s\n1..1\n", path, why);
	exit(EXIT_FAILURE);
}

/* The name goes out before the target runs: if it dies, it is the last line. A copy of exactly the
 * input's size lets the sanitizer see a read beyond its end. */
static void replay_file(const char *path, size_t size)
{
	uint8_t *bytes = malloc(size > 0 ? size : 1);
	FILE *file = fopen(path, "rb");
	if (bytes == NULL || file == NULL || fread(bytes, 1, size, file) != size)
		fail(path, "could not be read");
	fclose(file);
	printf("# %s\n", strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path);
	fflush(stdout);
	LLVMFuzzerTestOneInput(bytes, size);
	free(bytes);
	files++;
}

static void replay(const char *path);

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void replay_folder(const char *folder)
{
	struct dirent **entries;
	const int count = scandir(folder, &entries, is_visible, alphasort);
	if (count < 0)
		fail(folder, strerror(errno));
	for (int i = 0; i < count; i++) {
		char path[PATH_SIZE];
		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		replay(path);
		free(entries[i]);
	}
	free(entries);
}

static void replay(const char *path)
{
	struct stat status;
	if (stat(path, &status) != 0)
		fail(path, strerror(errno));
	if (S_ISDIR(status.st_mode))
		replay_folder(path);
	else
		replay_file(path, (size_t)status.st_size);
}

int main(int count, char **arguments)
{
	for (int i = 1; i < count; i++)
		replay(arguments[i]);
	if (files == 0)
		fail("corpus", "there is no input");
	printf("ok 1 - %u inputs of the corpus do no harm\n1..1\n", files);
	return EXIT_SUCCESS;
}
