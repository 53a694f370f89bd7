/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Log lines on their way to the host. A line is formatted where it arises, when its level is wanted,
 * and kept in a bounded queue until pump hands it over: no host code runs in the depth of a call,
 * and none on a worker. When the queue is full, lines are counted instead of kept.
 *
 * Threading: an_log from the pump and from workers; everything else on the pump.
 */
#ifndef AN_BASE_LOG_H
#define AN_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "base/time.h"

enum an_log_level {
	AN_LOG_ERROR = 1, /* something was lost or stopped */
	AN_LOG_WARNING,   /* something failed that is expected to work */
	AN_LOG_INFO,      /* what an operator wants to know: started, joined, stopped */
	AN_LOG_DEBUG,     /* one line per request */
	AN_LOG_TRACE,     /* one line per datagram */
};

enum { AN_LOG_LINE_MAX = 512, AN_LOG_QUEUE_MAX = 1024 };

struct an_logger;

struct an_log_line {
	enum an_log_level level;
	const char *module; /* static text, the folder name under lib/ */
	char text[AN_LOG_LINE_MAX];
};

/* A logger that keeps lines up to `level`; 0 keeps none. NULL without memory. */
struct an_logger *an_logger_new(int level);
struct an_logger *an_logger_free(struct an_logger *logger);
void an_logger_set_level(struct an_logger *logger, int level);

/* Whether a line of this level would be kept: spares the work of preparing its arguments. */
bool an_log_wanted(const struct an_logger *logger, enum an_log_level level);

/* Adds a line. `logger` may be NULL. A longer text is cut. */
void an_log(struct an_logger *logger, enum an_log_level level, const char *module,
            const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Takes the oldest line; false where there is none. Lines that were lost to a full queue are
 * reported as one line of their own. */
bool an_logger_next(struct an_logger *logger, struct an_log_line *ret_line);

/* Admits a repeating line at most once per `interval`: for lines on retry paths. */
struct an_log_rate {
	an_time_us next;
	unsigned suppressed; /* since the last admitted one */
};
bool an_log_rate_admit(struct an_log_rate *rate, an_time_us now, an_time_us interval);

#endif
