/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/list.h"
#include "base/memory.h"

struct queued_line {
	struct an_list link;
	struct an_log_line line;
};

struct an_logger {
	pthread_mutex_t lock; /* guards what follows */
	struct an_list lines;
	size_t size;
	size_t lost;
	_Atomic int level;
};

struct an_logger *an_logger_new(int level)
{
	struct an_logger *logger = an_calloc(1, sizeof(*logger));
	if (logger == NULL)
		return NULL;
	if (pthread_mutex_init(&logger->lock, NULL) != 0)
		return an_free(logger);
	an_list_init(&logger->lines);
	logger->level = level;
	return logger;
}

struct an_logger *an_logger_free(struct an_logger *logger)
{
	if (logger == NULL)
		return NULL;
	for (struct an_list *link; (link = an_list_take(&logger->lines)) != NULL;)
		an_free(an_container_of(link, struct queued_line, link));
	pthread_mutex_destroy(&logger->lock);
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

static void enqueue(struct an_logger *logger, struct queued_line *line)
{
	pthread_mutex_lock(&logger->lock);
	if (line != NULL && logger->size < AN_LOG_QUEUE_MAX) {
		an_list_append(&logger->lines, &line->link);
		logger->size++;
		line = NULL;
	} else {
		logger->lost++;
	}
	pthread_mutex_unlock(&logger->lock);
	an_free(line);
}

void an_log(struct an_logger *logger, enum an_log_level level, const char *module,
            const char *format, ...)
{
	if (!an_log_wanted(logger, level))
		return;
	struct queued_line *line = an_calloc(1, sizeof(*line));
	if (line != NULL) {
		line->line.level = level;
		line->line.module = module;
		va_list arguments;
		va_start(arguments, format);
		vsnprintf(line->line.text, sizeof(line->line.text), format, arguments);
		va_end(arguments);
	}
	enqueue(logger, line);
}

bool an_logger_next(struct an_logger *logger, struct an_log_line *ret_line)
{
	pthread_mutex_lock(&logger->lock);
	struct an_list *link = an_list_take(&logger->lines);
	const size_t lost = link == NULL ? logger->lost : 0;
	if (link != NULL)
		logger->size--;
	else
		logger->lost = 0;
	pthread_mutex_unlock(&logger->lock);

	if (link != NULL) {
		struct queued_line *line = an_container_of(link, struct queued_line, link);
		*ret_line = line->line;
		an_free(line);
		return true;
	}
	if (lost == 0)
		return false;
	*ret_line = (struct an_log_line){.level = AN_LOG_WARNING, .module = "base"};
	snprintf(ret_line->text, sizeof(ret_line->text), "%zu log lines were dropped", lost);
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
