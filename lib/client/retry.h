/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Autonomi's retry strategies (semantics 7.2): how often a client tries an operation on a record as
 * a whole, and how long it waits before it tries again.
 *
 * Pure.
 */
#ifndef AN_CLIENT_RETRY_H
#define AN_CLIENT_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "base/time.h"

enum an_retry_strategy {
	AN_RETRY_NONE,
	AN_RETRY_ONCE,
	AN_RETRY_QUICK,
	AN_RETRY_BALANCED,
	AN_RETRY_PERSISTENT,
	AN_RETRY_COUNTED, /* as often as its number says */
};

struct an_retry {
	enum an_retry_strategy strategy;
	uint32_t count; /* of AN_RETRY_COUNTED, at least 1 */
};

/* "None", "Once", "Quick", "Balanced", "Persistent", or "N(3)". False where `text` is none. */
bool an_retry_read(struct an_retry *ret_retry, struct an_span text);

/* Attempts in all, the first included. */
uint32_t an_retry_attempts(const struct an_retry *retry);

/* From the end of attempt number `attempt` (1 is the first) to the next one: 2 s, twice as long each
 * time, at most 8 s. */
an_time_us an_retry_wait(uint32_t attempt);

#endif
