/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/quote_fields.h"

enum { NANOS_PER_SECOND = 1000000000 };

static const char *const metrics_names[] = {
	"data_type",        "data_size",       "close_records_stored",
	"records_per_type", "max_records",     "received_payment_count",
	"live_time",        "network_density", "network_size",
};
const struct an_fields an_metrics_fields = {
	.names = metrics_names,
	.count = sizeof(metrics_names) / sizeof(metrics_names[0]),
	.optional = 1u << AN_METRICS_NETWORK_DENSITY | 1u << AN_METRICS_NETWORK_SIZE,
};

static const char *const quote_names[] = {"content",         "timestamp", "quoting_metrics",
                                          "rewards_address", "pub_key",   "signature"};
const struct an_fields an_quote_fields = AN_FIELDS(quote_names);

static const char *const time_names[] = {"secs_since_epoch", "nanos_since_epoch"};
const struct an_fields an_quote_time_fields = {
	.names = time_names,
	.count = sizeof(time_names) / sizeof(time_names[0]),
	.closed = true,
	.named = true,
};

static const char *const candidate_names[] = {"pub_key", "quoting_metrics", "reward_address",
                                              "merkle_payment_timestamp", "signature"};
const struct an_fields an_candidate_fields = AN_FIELDS(candidate_names);

void an_quote_set_time(struct an_reader *reader, uint64_t secs, uint32_t nanos,
                       struct an_quote *quote)
{
	const uint64_t carried = nanos / NANOS_PER_SECOND;
	if (secs > (uint64_t)INT64_MAX - carried) {
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
		return;
	}
	quote->timestamp_secs = secs + carried;
	quote->timestamp_nanos = nanos % NANOS_PER_SECOND;
}
