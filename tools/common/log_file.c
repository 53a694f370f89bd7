/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/log_file.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "common/json.h"
#include "common/settings.h"

enum { FILE_BYTES_MAX = 20 * 1024 * 1024, FILES_DEFAULT = 10, TIME_TEXT_MAX = 40 };

static bool open_path(struct log_file *log)
{
	log->stream = fopen(log->path, "ae");
	if (log->stream == NULL) {
		complain("the log file %s cannot be written: %s", log->path, strerror(errno));
		return false;
	}
	setvbuf(log->stream, NULL, _IOLBF, 0);
	const long size = ftell(log->stream);
	log->size = size > 0 ? (uint64_t)size : 0;
	return true;
}

bool log_file_open(struct log_file *log, const char *destination, const char *name)
{
	const bool json = log->json;
	*log = (struct log_file){.files_max = FILES_DEFAULT, .json = json};
	if (strcmp(destination, "stdout") == 0 || strcmp(destination, "stderr") == 0) {
		log->stream = strcmp(destination, "stdout") == 0 ? stdout : stderr;
		return true;
	}
	if (!make_directories(destination))
		return false;
	snprintf(log->path, sizeof(log->path), "%s/%s.log", destination, name);
	return open_path(log);
}

void log_file_close(struct log_file *log)
{
	if (log->stream != NULL && log->path[0] != '\0')
		fclose(log->stream);
	log->stream = NULL;
}

/* NAME.log becomes NAME.log.1, that NAME.log.2, and so on; the last one goes. */
static void turn_over(struct log_file *log)
{
	char from[sizeof(log->path) + 16];
	char to[sizeof(from)];
	fclose(log->stream);
	for (unsigned i = log->files_max; i > 0; i--) {
		snprintf(to, sizeof(to), "%s.%u", log->path, i);
		if (i > 1)
			snprintf(from, sizeof(from), "%s.%u", log->path, i - 1);
		else
			snprintf(from, sizeof(from), "%s", log->path);
		rename(from, to);
	}
	open_path(log);
}

static void write_time(char text[TIME_TEXT_MAX])
{
	struct timespec now;
	struct tm parts;
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &parts);
	const size_t size = strftime(text, TIME_TEXT_MAX, "%Y-%m-%dT%H:%M:%S", &parts);
	snprintf(text + size, TIME_TEXT_MAX - size, ".%06ldZ", now.tv_nsec / 1000);
}

void log_file_write(void *context, int32_t level, const char *module, const char *text)
{
	static const char *const levels[] = {"NONE", "ERROR", "WARN", "INFO", "DEBUG", "TRACE"};
	struct log_file *log = context;
	if (log->stream == NULL || level < 0 || level > AUTONOMI_LOG_TRACE)
		return;
	char time_text[TIME_TEXT_MAX];
	write_time(time_text);
	if (log->json) {
		fprintf(log->stream, "{\"timestamp\":\"%s\",\"level\":\"%s\",\"target\":\"%s\",",
		        time_text, levels[level], module);
		fprintf(log->stream, "\"message\":");
		json_text(log->stream, text);
		fprintf(log->stream, "}\n");
	} else {
		fprintf(log->stream, "%s %-5s [%s] %s\n", time_text, levels[level], module, text);
	}
	log->size += strlen(text) + TIME_TEXT_MAX;
	if (log->path[0] != '\0' && log->size > FILE_BYTES_MAX)
		turn_over(log);
}
