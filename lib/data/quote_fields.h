/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The fields of quotes and candidates, as both of their forms name them (semantics 3.3), and the rule
 * for their time.
 *
 * Constant tables and pure functions.
 */
#ifndef AN_DATA_QUOTE_FIELDS_H
#define AN_DATA_QUOTE_FIELDS_H

#include "data/quote.h"
#include "wire/fields.h"

enum {
	AN_METRICS_DATA_TYPE,
	AN_METRICS_DATA_SIZE,
	AN_METRICS_CLOSE_RECORDS,
	AN_METRICS_RECORDS_PER_TYPE,
	AN_METRICS_MAX_RECORDS,
	AN_METRICS_PAYMENT_COUNT,
	AN_METRICS_LIVE_TIME,
	AN_METRICS_NETWORK_DENSITY,
	AN_METRICS_NETWORK_SIZE,
};
extern const struct an_fields an_metrics_fields;

enum {
	AN_QUOTE_CONTENT,
	AN_QUOTE_TIME,
	AN_QUOTE_METRICS,
	AN_QUOTE_REWARDS_ADDRESS,
	AN_QUOTE_KEY,
	AN_QUOTE_SIGNATURE,
};
extern const struct an_fields an_quote_fields;

enum { AN_QUOTE_TIME_SECS, AN_QUOTE_TIME_NANOS };
extern const struct an_fields an_quote_time_fields;

enum {
	AN_CANDIDATE_KEY,
	AN_CANDIDATE_METRICS,
	AN_CANDIDATE_REWARD_ADDRESS,
	AN_CANDIDATE_TIME,
	AN_CANDIDATE_SIGNATURE,
};
extern const struct an_fields an_candidate_fields;

/* Sets the time as Rust's reader of SystemTime does: whole seconds among the nanoseconds are carried
 * over, and what 64 signed bits of seconds do not hold fails the reader. */
void an_quote_set_time(struct an_reader *reader, uint64_t secs, uint32_t nanos,
                       struct an_quote *quote);

#endif
