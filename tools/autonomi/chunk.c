/* SPDX-License-Identifier: GPL-3.0-or-later */
/* autonomi chunk put, autonomi chunk get. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "autonomi/command.h"

static bool is_dash(const char *path)
{
	return strcmp(path, "-") == 0;
}

static bool cannot(const char *what, const char *path, const char *stream, int error)
{
	complain("%s%s cannot be %s: %s", is_dash(path) ? "" : "the file ",
	         is_dash(path) ? stream : path, what, strerror(error));
	return false;
}

/* Reads all of a file or of stdin; at most one byte more than a chunk, so that too much shows. */
static bool read_content(const char *path, uint8_t *content, size_t *ret_size)
{
	FILE *file = is_dash(path) ? stdin : fopen(path, "re");
	if (file == NULL)
		return cannot("read", path, "stdin", errno);
	*ret_size = fread(content, 1, AUTONOMI_CHUNK_MAX + 1, file);
	const bool done = ferror(file) == 0;
	if (!done)
		cannot("read", path, "stdin", errno);
	if (file != stdin)
		fclose(file);
	return done;
}

static void print_put(struct program *program, const autonomi_event *event, const void *context)
{
	(void)context;
	const char *address = autonomi_event_text(event);
	if (program->json)
		printf("{\"address\":\"%s\",\"copies\":%" PRIu64 "}\n", address,
		       autonomi_event_count(event));
	else
		printf("At address: %s\nCopies: %" PRIu64 "\n", address,
		       autonomi_event_count(event));
}

static int put(struct program *program, const uint8_t *content, size_t size)
{
	if (size > AUTONOMI_CHUNK_MAX)
		return refused(program, AUTONOMI_E_TOO_LARGE,
		               "a chunk holds at most 4194336 bytes; use file upload");
	autonomi_op op = 0;
	const autonomi_status status = autonomi_chunk_put(program->node, content, size, 0, &op);
	if (status != AUTONOMI_OK)
		return refused(program, status, "the chunk cannot be stored");
	return finish(program, status, op, "Storing the chunk", print_put, NULL, NULL);
}

int run_chunk_put(struct program *program)
{
	uint8_t *content = malloc(AUTONOMI_CHUNK_MAX + 1);
	size_t size = 0;
	int code = EXIT_LOCAL;
	if (content == NULL)
		code = refused(program, AUTONOMI_E_NO_MEMORY, "the chunk cannot be read");
	else if (read_content(program->arguments[0], content, &size))
		code = put(program, content, size);
	free(content);
	return code;
}

static int write_content(const char *path, const uint8_t *content, size_t size)
{
	FILE *file = is_dash(path) ? stdout : fopen(path, "we");
	bool done = file != NULL && fwrite(content, 1, size, file) == size && fflush(file) == 0;
	int error = errno;
	if (file != NULL && file != stdout && fclose(file) != 0 && done) {
		done = false;
		error = errno;
	}
	if (!done)
		cannot("written", path, "stdout", error);
	return done ? EXIT_DONE : EXIT_LOCAL;
}

/* A file of the user's with something in it. What is none, such as a pipe or a device, and what a script
 * has just made to get a name, is there to be written to. */
static bool is_in_the_way(const struct program *program, const char *path)
{
	struct stat info;
	return !program->replace && !is_dash(path) && stat(path, &info) == 0 &&
	       S_ISREG(info.st_mode) && info.st_size > 0;
}

int run_chunk_get(struct program *program)
{
	uint8_t address[AUTONOMI_ADDRESS_SIZE];
	if (read_hexadecimal(program->arguments[0], address, sizeof(address)) != sizeof(address)) {
		complain("\"%.80s\" is no address: 64 hexadecimal digits are needed",
		         program->arguments[0]);
		return EXIT_USAGE;
	}
	const char *path = program->argument_count > 1 ? program->arguments[1] : "-";
	if (is_in_the_way(program, path)) {
		complain("the file %s exists already; choose another name, or give --replace",
		         path);
		return EXIT_LOCAL;
	}
	autonomi_op op = 0;
	const autonomi_status status = autonomi_chunk_get(program->node, address, 0, &op);
	if (status != AUTONOMI_OK)
		return refused(program, status, "the chunk cannot be fetched");
	int code = EXIT_DONE;
	autonomi_event *event = completion(program, op, "Fetching the chunk", &code);
	if (event == NULL)
		return code;
	size_t size = 0;
	const uint8_t *content = autonomi_event_data(event, &size);
	code = write_content(path, content, size);
	if (code == EXIT_DONE && program->json && !is_dash(path))
		printf("{\"bytes\":%zu}\n", size);
	autonomi_event_free(event);
	return code;
}
