/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/memory.h"

struct queued_line {
	struct queued_line *next;
	struct an_log_line line;
};

/* Lines arrive on a stack that any thread pushes to without a lock, so that a fork can never leave
 * one behind locked; the pump turns the stack around into `ready`. */
struct an_logger {
	_Atomic(struct queued_line *) arrived; /* newest first */
	struct queued_line *ready;             /* oldest first; pump only */
	_Atomic size_t size;                   /* lines in both */
	_Atomic size_t lost;
	_Atomic int level;
};

struct an_logger *an_logger_new(int level)
{
	struct an_logger *logger = an_calloc(1, sizeof(*logger));
	if (logger != NULL)
		logger->level = level;
	return logger;
}

struct an_logger *an_logger_free(struct an_logger *logger)
{
	if (logger == NULL)
		return NULL;
	for (struct an_log_line line; an_logger_next(logger, &line);)
		;
	return an_free(logger);
}

void an_logger_set_level(struct an_logger *logger, int level)
{
	logger->level = level;
}

bool an_log_wanted(const struct an_logger *logger, enum an_log_level level)
{
	return logger != NULL && (int)level <= logger->level;
}

static void push(struct an_logger *logger, struct queued_line *line)
{
	line->next = atomic_load(&logger->arrived);
	while (!atomic_compare_exchange_weak(&logger->arrived, &line->next, line))
		;
}

void an_log(struct an_logger *logger, enum an_log_level level, const char *module,
            const char *format, ...)
{
	if (!an_log_wanted(logger, level))
		return;
	struct queued_line *line = NULL;
	if (atomic_fetch_add(&logger->size, 1) < AN_LOG_QUEUE_MAX)
		line = an_malloc(sizeof(*line));
	if (line == NULL) {
		atomic_fetch_sub(&logger->size, 1);
		atomic_fetch_add(&logger->lost, 1);
		return;
	}
	line->line.level = level;
	line->line.module = module;
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(line->line.text, sizeof(line->line.text), format, arguments);
	va_end(arguments);
	push(logger, line);
}

static void turn_around(struct an_logger *logger)
{
	struct queued_line *line = atomic_exchange(&logger->arrived, NULL);
	while (line != NULL) {
		struct queued_line *next = line->next;
		line->next = logger->ready;
		logger->ready = line;
		line = next;
	}
}

static bool next_loss(struct an_logger *logger, struct an_log_line *ret_line)
{
	const size_t lost = atomic_exchange(&logger->lost, 0);
	if (lost == 0)
		return false;
	ret_line->level = AN_LOG_WARNING;
	ret_line->module = "base";
	snprintf(ret_line->text, sizeof(ret_line->text), "%zu log lines were dropped", lost);
	return true;
}

bool an_logger_next(struct an_logger *logger, struct an_log_line *ret_line)
{
	if (logger->ready == NULL)
		turn_around(logger);
	struct queued_line *line = logger->ready;
	if (line == NULL)
		return next_loss(logger, ret_line);
	logger->ready = line->next;
	*ret_line = line->line;
	an_free(line);
	atomic_fetch_sub(&logger->size, 1);
	return true;
}

bool an_log_rate_admit(struct an_log_rate *rate, an_time_us now, an_time_us interval)
{
	if (now < rate->next) {
		rate->suppressed++;
		return false;
	}
	rate->next = an_time_after(now, interval);
	rate->suppressed = 0;
	return true;
}
