/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a program's log lines go: nowhere, a stream, or a file that is turned over by size. */
#ifndef TOOLS_COMMON_LOG_FILE_H
#define TOOLS_COMMON_LOG_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct log_file {
	FILE *stream;    /* NULL: lines go nowhere */
	char path[4096]; /* "" for a stream that is not ours */
	uint64_t size;
	unsigned files_max; /* kept beside the current one */
	bool json;
};

/* `destination`: "stdout", "stderr", or the path of a folder, in which NAME.log is appended to. False
 * with a complaint where it cannot be opened. */
bool log_file_open(struct log_file *log, const char *destination, const char *name);
void log_file_close(struct log_file *log);

/* The log hook of <autonomi/config.h>; the context is the struct log_file. */
void log_file_write(void *context, int32_t level, const char *module, const char *text);

#endif
