/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quotes and candidates in MessagePack (semantics 3.3). */
#include <string.h>

#include "data/payment.h"
#include "wire/msgpack.h"

enum {
	DATA_TYPE,
	DATA_SIZE,
	CLOSE_RECORDS,
	RECORDS_PER_TYPE,
	MAX_RECORDS,
	PAYMENT_COUNT,
	LIVE_TIME,
	NETWORK_DENSITY,
	NETWORK_SIZE,
};
static const char *const metrics_names[] = {
	"data_type",        "data_size",       "close_records_stored",
	"records_per_type", "max_records",     "received_payment_count",
	"live_time",        "network_density", "network_size",
};
static const struct an_fields metrics_fields = {
	.names = metrics_names,
	.count = 9,
	.optional = 1u << NETWORK_DENSITY | 1u << NETWORK_SIZE,
};

enum { CONTENT, TIMESTAMP, METRICS, REWARDS_ADDRESS, PUB_KEY, SIGNATURE };
static const char *const quote_names[] = {"content",         "timestamp", "quoting_metrics",
                                          "rewards_address", "pub_key",   "signature"};
static const struct an_fields quote_fields = AN_FIELDS(quote_names);

enum { SECS, NANOS };
static const char *const time_names[] = {"secs_since_epoch", "nanos_since_epoch"};
static const struct an_fields time_fields = AN_FIELDS(time_names);
enum { NANOS_PER_SECOND = 1000000000 };

enum { C_PUB_KEY, C_METRICS, C_REWARD_ADDRESS, C_TIMESTAMP, C_SIGNATURE };
static const char *const candidate_names[] = {"pub_key", "quoting_metrics", "reward_address",
                                              "merkle_payment_timestamp", "signature"};
static const struct an_fields candidate_fields = AN_FIELDS(candidate_names);

void an_quote_bytes_read(struct an_reader *reader, struct an_quote_bytes *ret_bytes)
{
	ret_bytes->size = 0;
	const uint32_t count = an_msgpack_read_array(reader);
	if (an_reader_ok(reader) && count > sizeof(ret_bytes->bytes))
		an_reader_fail(reader, AUTONOMI_E_TOO_LARGE);
	for (uint32_t i = 0; i < count && an_reader_ok(reader); i++)
		ret_bytes->bytes[ret_bytes->size++] = (uint8_t)an_msgpack_read_uint(reader,
		                                                                    UINT8_MAX);
}

void an_quote_bytes_write(struct an_buffer *out, const struct an_quote_bytes *bytes)
{
	an_msgpack_write_integers(out, an_span(bytes->bytes, bytes->size));
}

static void read_rewards_address(struct an_reader *reader, uint8_t address[AN_REWARDS_ADDRESS_SIZE])
{
	an_msgpack_read_fixed(reader, address, AN_REWARDS_ADDRESS_SIZE);
}

/* ---- Metrics. */

static void read_types(struct an_reader *reader, struct an_quoting_metrics *metrics)
{
	const uint32_t count = an_msgpack_read_array(reader);
	if (an_reader_ok(reader) && count > AN_QUOTE_RECORD_TYPES_MAX)
		an_reader_fail(reader, AUTONOMI_E_TOO_LARGE);
	for (uint32_t i = 0; i < count && an_reader_ok(reader); i++) {
		an_msgpack_read_tuple(reader, 2);
		metrics->records_per_type[i].type = (uint32_t)an_msgpack_read_uint(reader,
		                                                                   UINT32_MAX);
		metrics->records_per_type[i].count = (uint32_t)an_msgpack_read_uint(reader,
		                                                                    UINT32_MAX);
		metrics->record_type_count = i + 1;
	}
}

static void read_density(struct an_reader *reader, struct an_quoting_metrics *metrics)
{
	metrics->has_network_density = !an_msgpack_read_nil(reader);
	if (metrics->has_network_density)
		an_msgpack_read_fixed(reader, metrics->network_density, AN_NETWORK_DENSITY_SIZE);
}

static void read_network_size(struct an_reader *reader, struct an_quoting_metrics *metrics)
{
	metrics->has_network_size = !an_msgpack_read_nil(reader);
	if (metrics->has_network_size)
		metrics->network_size = an_msgpack_read_uint(reader, UINT64_MAX);
}

static void read_metrics_field(struct an_reader *reader, int field,
                               struct an_quoting_metrics *metrics)
{
	switch (field) {
	case DATA_TYPE:
		metrics->data_type = (uint32_t)an_msgpack_read_uint(reader, UINT32_MAX);
		break;
	case DATA_SIZE:
		metrics->data_size = an_msgpack_read_uint(reader, UINT64_MAX);
		break;
	case CLOSE_RECORDS:
		metrics->close_records_stored = an_msgpack_read_uint(reader, UINT64_MAX);
		break;
	case RECORDS_PER_TYPE:
		read_types(reader, metrics);
		break;
	case MAX_RECORDS:
		metrics->max_records = an_msgpack_read_uint(reader, UINT64_MAX);
		break;
	case PAYMENT_COUNT:
		metrics->received_payment_count = an_msgpack_read_uint(reader, UINT64_MAX);
		break;
	case LIVE_TIME:
		metrics->live_time = an_msgpack_read_uint(reader, UINT64_MAX);
		break;
	case NETWORK_DENSITY:
		read_density(reader, metrics);
		break;
	default:
		read_network_size(reader, metrics);
		break;
	}
}

void an_quoting_metrics_read_msgpack(struct an_reader *reader,
                                     struct an_quoting_metrics *ret_metrics)
{
	*ret_metrics = (struct an_quoting_metrics){0};
	struct an_msgpack_run run = an_msgpack_read_struct(reader, &metrics_fields);
	/* Absent values may be left out of a map, not of an array. */
	if (!run.as_map && run.left != metrics_fields.count)
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
	int field;
	while ((field = an_msgpack_next_field(reader, &run, &metrics_fields)) != AN_FIELD_END)
		read_metrics_field(reader, field, ret_metrics);
}

void an_quoting_metrics_write_msgpack(struct an_buffer *out,
                                      const struct an_quoting_metrics *metrics)
{
	an_msgpack_write_array(out, (uint32_t)metrics_fields.count);
	an_msgpack_write_uint(out, metrics->data_type);
	an_msgpack_write_uint(out, metrics->data_size);
	an_msgpack_write_uint(out, metrics->close_records_stored);
	an_msgpack_write_array(out, (uint32_t)metrics->record_type_count);
	for (size_t i = 0; i < metrics->record_type_count; i++) {
		an_msgpack_write_array(out, 2);
		an_msgpack_write_uint(out, metrics->records_per_type[i].type);
		an_msgpack_write_uint(out, metrics->records_per_type[i].count);
	}
	an_msgpack_write_uint(out, metrics->max_records);
	an_msgpack_write_uint(out, metrics->received_payment_count);
	an_msgpack_write_uint(out, metrics->live_time);
	if (metrics->has_network_density)
		an_msgpack_write_integers(out, an_span(metrics->network_density,
		                                       AN_NETWORK_DENSITY_SIZE));
	else
		an_msgpack_write_nil(out);
	if (metrics->has_network_size)
		an_msgpack_write_uint(out, metrics->network_size);
	else
		an_msgpack_write_nil(out);
}

/* ---- Quotes. */

static void read_time(struct an_reader *reader, struct an_quote *quote)
{
	struct an_msgpack_run run = an_msgpack_read_struct(reader, &time_fields);
	uint64_t nanos = 0;
	int field;
	while ((field = an_msgpack_next_field(reader, &run, &time_fields)) != AN_FIELD_END) {
		if (field == SECS)
			quote->timestamp_secs = an_msgpack_read_uint(reader, UINT64_MAX);
		else
			nanos = an_msgpack_read_uint(reader, UINT32_MAX);
	}
	/* More nanoseconds than a second has are carried, as Rust's reader does; its clock has 63 bits. */
	const uint64_t carried = nanos / NANOS_PER_SECOND;
	if (an_reader_ok(reader) && quote->timestamp_secs > (uint64_t)INT64_MAX - carried)
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
	quote->timestamp_secs += carried;
	quote->timestamp_nanos = (uint32_t)(nanos % NANOS_PER_SECOND);
}

static void read_quote_field(struct an_reader *reader, int field, struct an_quote *quote)
{
	switch (field) {
	case CONTENT:
		an_msgpack_read_fixed(reader, quote->content, sizeof(quote->content));
		break;
	case TIMESTAMP:
		read_time(reader, quote);
		break;
	case METRICS:
		an_quoting_metrics_read_msgpack(reader, &quote->metrics);
		break;
	case REWARDS_ADDRESS:
		read_rewards_address(reader, quote->rewards_address);
		break;
	case PUB_KEY:
		an_quote_bytes_read(reader, &quote->public_key);
		break;
	default:
		an_quote_bytes_read(reader, &quote->signature);
		break;
	}
}

void an_quote_read_msgpack(struct an_reader *reader, struct an_quote *ret_quote)
{
	*ret_quote = (struct an_quote){0};
	struct an_msgpack_run run = an_msgpack_read_struct(reader, &quote_fields);
	int field;
	while ((field = an_msgpack_next_field(reader, &run, &quote_fields)) != AN_FIELD_END)
		read_quote_field(reader, field, ret_quote);
}

void an_quote_write_msgpack(struct an_buffer *out, const struct an_quote *quote)
{
	an_msgpack_write_array(out, (uint32_t)quote_fields.count);
	an_msgpack_write_integers(out, an_span(quote->content, sizeof(quote->content)));
	an_msgpack_write_array(out, (uint32_t)time_fields.count);
	an_msgpack_write_uint(out, quote->timestamp_secs);
	an_msgpack_write_uint(out, quote->timestamp_nanos);
	an_quoting_metrics_write_msgpack(out, &quote->metrics);
	an_msgpack_write_bin(out, an_span(quote->rewards_address, AN_REWARDS_ADDRESS_SIZE));
	an_quote_bytes_write(out, &quote->public_key);
	an_quote_bytes_write(out, &quote->signature);
}

/* ---- Candidates. */

static void read_candidate_field(struct an_reader *reader, int field,
                                 struct an_merkle_candidate *candidate)
{
	switch (field) {
	case C_PUB_KEY:
		an_quote_bytes_read(reader, &candidate->public_key);
		break;
	case C_METRICS:
		an_quoting_metrics_read_msgpack(reader, &candidate->metrics);
		break;
	case C_REWARD_ADDRESS:
		read_rewards_address(reader, candidate->reward_address);
		break;
	case C_TIMESTAMP:
		candidate->merkle_payment_timestamp = an_msgpack_read_uint(reader, UINT64_MAX);
		break;
	default:
		an_quote_bytes_read(reader, &candidate->signature);
		break;
	}
}

void an_merkle_candidate_read_msgpack(struct an_reader *reader,
                                      struct an_merkle_candidate *ret_candidate)
{
	*ret_candidate = (struct an_merkle_candidate){0};
	struct an_msgpack_run run = an_msgpack_read_struct(reader, &candidate_fields);
	int field;
	while ((field = an_msgpack_next_field(reader, &run, &candidate_fields)) != AN_FIELD_END)
		read_candidate_field(reader, field, ret_candidate);
}

void an_merkle_candidate_write_msgpack(struct an_buffer *out,
                                       const struct an_merkle_candidate *candidate)
{
	an_msgpack_write_array(out, (uint32_t)candidate_fields.count);
	an_quote_bytes_write(out, &candidate->public_key);
	an_quoting_metrics_write_msgpack(out, &candidate->metrics);
	an_msgpack_write_bin(out, an_span(candidate->reward_address, AN_REWARDS_ADDRESS_SIZE));
	an_msgpack_write_uint(out, candidate->merkle_payment_timestamp);
	an_quote_bytes_write(out, &candidate->signature);
}
