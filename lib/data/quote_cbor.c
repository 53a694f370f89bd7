/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quotes and candidates in messages (semantics 3.3 for the fields, 3.4 for their form). */
#include <string.h>

#include "data/quote.h"
#include "wire/cbor.h"

enum { NANOS_PER_SECOND = 1000000000 };

/* ---- Bytes as integers, of any length up to ours. */

static void read_bytes(struct an_reader *reader, struct an_quote_bytes *bytes)
{
	struct an_cbor_run run = an_cbor_read_list(reader);
	bytes->size = 0;
	while (an_cbor_next(reader, &run)) {
		if (bytes->size == sizeof(bytes->bytes)) {
			an_reader_fail(reader, AUTONOMI_E_TOO_LARGE);
			return;
		}
		bytes->bytes[bytes->size++] = (uint8_t)an_cbor_read_uint(reader, UINT8_MAX);
	}
}

static void write_bytes(struct an_buffer *out, const char *name, const struct an_quote_bytes *bytes)
{
	an_cbor_write_name(out, name);
	an_cbor_write_integers(out, an_span(bytes->bytes, bytes->size));
}

static void write_uint(struct an_buffer *out, const char *name, uint64_t value)
{
	an_cbor_write_name(out, name);
	an_cbor_write_uint(out, value);
}

static void read_address(struct an_reader *reader, uint8_t address[AN_REWARDS_ADDRESS_SIZE])
{
	const struct an_span bytes = an_cbor_read_bytes(reader);
	if (bytes.size == AN_REWARDS_ADDRESS_SIZE)
		memcpy(address, bytes.data, bytes.size);
	else
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
}

/* ---- Metrics. */

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
	"live_time",        "network_density", "network_size"};
static const struct an_fields metrics_fields = {
	.names = metrics_names,
	.count = 9,
	.optional = 1u << NETWORK_DENSITY | 1u << NETWORK_SIZE,
};

static void read_record_types(struct an_reader *reader, struct an_quoting_metrics *metrics)
{
	struct an_cbor_run run = an_cbor_read_list(reader);
	while (an_cbor_next(reader, &run)) {
		if (metrics->record_type_count == AN_QUOTE_RECORD_TYPES_MAX) {
			an_reader_fail(reader, AUTONOMI_E_TOO_LARGE);
			return;
		}
		const size_t i = metrics->record_type_count++;
		an_cbor_read_tuple(reader, 2);
		metrics->records_per_type[i].type = (uint32_t)an_cbor_read_uint(reader, UINT32_MAX);
		metrics->records_per_type[i].count = (uint32_t)an_cbor_read_uint(reader,
		                                                                 UINT32_MAX);
	}
}

static void read_optional_metric(struct an_reader *reader, int field,
                                 struct an_quoting_metrics *metrics)
{
	if (an_cbor_read_null(reader))
		return;
	if (field == NETWORK_DENSITY) {
		metrics->has_network_density = true;
		an_cbor_read_fixed(reader, metrics->network_density, AN_NETWORK_DENSITY_SIZE);
	} else {
		metrics->has_network_size = true;
		metrics->network_size = an_cbor_read_uint(reader, UINT64_MAX);
	}
}

void an_quoting_metrics_read_cbor(struct an_reader *reader, struct an_quoting_metrics *ret_metrics)
{
	*ret_metrics = (struct an_quoting_metrics){0};
	uint64_t *const numbers[] = {
		[DATA_SIZE] = &ret_metrics->data_size,
		[CLOSE_RECORDS] = &ret_metrics->close_records_stored,
		[MAX_RECORDS] = &ret_metrics->max_records,
		[PAYMENT_COUNT] = &ret_metrics->received_payment_count,
		[LIVE_TIME] = &ret_metrics->live_time,
	};
	struct an_cbor_run run = an_cbor_read_struct(reader);
	int field;
	while ((field = an_cbor_next_field(reader, &run, &metrics_fields)) != AN_FIELD_END) {
		if (field == DATA_TYPE)
			ret_metrics->data_type = (uint32_t)an_cbor_read_uint(reader, UINT32_MAX);
		else if (field == RECORDS_PER_TYPE)
			read_record_types(reader, ret_metrics);
		else if (field >= NETWORK_DENSITY)
			read_optional_metric(reader, field, ret_metrics);
		else
			*numbers[field] = an_cbor_read_uint(reader, UINT64_MAX);
	}
}

void an_quoting_metrics_write_cbor(struct an_buffer *out, const struct an_quoting_metrics *metrics)
{
	an_cbor_write_map(out, metrics_fields.count);
	write_uint(out, metrics_names[DATA_TYPE], metrics->data_type);
	write_uint(out, metrics_names[DATA_SIZE], metrics->data_size);
	write_uint(out, metrics_names[CLOSE_RECORDS], metrics->close_records_stored);
	an_cbor_write_name(out, metrics_names[RECORDS_PER_TYPE]);
	an_cbor_write_array(out, metrics->record_type_count);
	for (size_t i = 0; i < metrics->record_type_count; i++) {
		an_cbor_write_array(out, 2);
		an_cbor_write_uint(out, metrics->records_per_type[i].type);
		an_cbor_write_uint(out, metrics->records_per_type[i].count);
	}
	write_uint(out, metrics_names[MAX_RECORDS], metrics->max_records);
	write_uint(out, metrics_names[PAYMENT_COUNT], metrics->received_payment_count);
	write_uint(out, metrics_names[LIVE_TIME], metrics->live_time);
	an_cbor_write_name(out, metrics_names[NETWORK_DENSITY]);
	if (metrics->has_network_density)
		an_cbor_write_integers(out,
		                       an_span(metrics->network_density, AN_NETWORK_DENSITY_SIZE));
	else
		an_cbor_write_null(out);
	an_cbor_write_name(out, metrics_names[NETWORK_SIZE]);
	if (metrics->has_network_size)
		an_cbor_write_uint(out, metrics->network_size);
	else
		an_cbor_write_null(out);
}

/* ---- Quotes. */

static const char *const time_names[] = {"secs_since_epoch", "nanos_since_epoch"};
static const struct an_fields time_fields = {.names = time_names, .count = 2, .closed = true};

/* Rust's SystemTime: whole seconds among the nanoseconds are carried over, and what 64 signed bits
 * of seconds do not hold is none. */
static void read_time(struct an_reader *reader, struct an_quote *quote)
{
	struct an_cbor_run run = an_cbor_read_struct(reader);
	uint64_t parts[2] = {0, 0};
	int field;
	while ((field = an_cbor_next_field(reader, &run, &time_fields)) != AN_FIELD_END)
		parts[field] = an_cbor_read_uint(reader, field == 0 ? UINT64_MAX : UINT32_MAX);
	const uint64_t carried = parts[1] / NANOS_PER_SECOND;
	if (parts[0] > (uint64_t)INT64_MAX - carried) {
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
		return;
	}
	quote->timestamp_secs = parts[0] + carried;
	quote->timestamp_nanos = (uint32_t)(parts[1] % NANOS_PER_SECOND);
}

enum { QUOTE_CONTENT, QUOTE_TIME, QUOTE_METRICS, QUOTE_ADDRESS, QUOTE_KEY, QUOTE_SIGNATURE };
static const char *const quote_names[] = {"content",         "timestamp", "quoting_metrics",
                                          "rewards_address", "pub_key",   "signature"};
static const struct an_fields quote_fields = AN_FIELDS(quote_names);

static void read_quote_field(struct an_reader *reader, int field, struct an_quote *quote)
{
	switch (field) {
	case QUOTE_CONTENT:
		an_cbor_read_fixed(reader, quote->content, sizeof(quote->content));
		return;
	case QUOTE_TIME:
		read_time(reader, quote);
		return;
	case QUOTE_METRICS:
		an_quoting_metrics_read_cbor(reader, &quote->metrics);
		return;
	case QUOTE_ADDRESS:
		read_address(reader, quote->rewards_address);
		return;
	case QUOTE_KEY:
		read_bytes(reader, &quote->public_key);
		return;
	default:
		read_bytes(reader, &quote->signature);
	}
}

void an_quote_read_cbor(struct an_reader *reader, struct an_quote *ret_quote)
{
	*ret_quote = (struct an_quote){0};
	struct an_cbor_run run = an_cbor_read_struct(reader);
	int field;
	while ((field = an_cbor_next_field(reader, &run, &quote_fields)) != AN_FIELD_END)
		read_quote_field(reader, field, ret_quote);
}

void an_quote_write_cbor(struct an_buffer *out, const struct an_quote *quote)
{
	an_cbor_write_map(out, quote_fields.count);
	an_cbor_write_name(out, quote_names[QUOTE_CONTENT]);
	an_cbor_write_integers(out, an_span(quote->content, sizeof(quote->content)));
	an_cbor_write_name(out, quote_names[QUOTE_TIME]);
	an_cbor_write_map(out, time_fields.count);
	write_uint(out, time_names[0], quote->timestamp_secs);
	write_uint(out, time_names[1], quote->timestamp_nanos);
	an_cbor_write_name(out, quote_names[QUOTE_METRICS]);
	an_quoting_metrics_write_cbor(out, &quote->metrics);
	an_cbor_write_name(out, quote_names[QUOTE_ADDRESS]);
	an_cbor_write_bytes(out, an_span(quote->rewards_address, AN_REWARDS_ADDRESS_SIZE));
	write_bytes(out, quote_names[QUOTE_KEY], &quote->public_key);
	write_bytes(out, quote_names[QUOTE_SIGNATURE], &quote->signature);
}

/* ---- Candidates. */

enum { NODE_KEY, NODE_METRICS, NODE_ADDRESS, NODE_TIME, NODE_SIGNATURE };
static const char *const node_names[] = {"pub_key", "quoting_metrics", "reward_address",
                                         "merkle_payment_timestamp", "signature"};
static const struct an_fields node_fields = AN_FIELDS(node_names);

void an_merkle_candidate_read_cbor(struct an_reader *reader,
                                   struct an_merkle_candidate *ret_candidate)
{
	*ret_candidate = (struct an_merkle_candidate){0};
	struct an_cbor_run run = an_cbor_read_struct(reader);
	int field;
	while ((field = an_cbor_next_field(reader, &run, &node_fields)) != AN_FIELD_END) {
		if (field == NODE_METRICS)
			an_quoting_metrics_read_cbor(reader, &ret_candidate->metrics);
		else if (field == NODE_ADDRESS)
			read_address(reader, ret_candidate->reward_address);
		else if (field == NODE_TIME)
			ret_candidate->merkle_payment_timestamp = an_cbor_read_uint(reader,
			                                                            UINT64_MAX);
		else
			read_bytes(reader, field == NODE_KEY ? &ret_candidate->public_key
			                                     : &ret_candidate->signature);
	}
}

void an_merkle_candidate_write_cbor(struct an_buffer *out,
                                    const struct an_merkle_candidate *candidate)
{
	an_cbor_write_map(out, node_fields.count);
	write_bytes(out, node_names[NODE_KEY], &candidate->public_key);
	an_cbor_write_name(out, node_names[NODE_METRICS]);
	an_quoting_metrics_write_cbor(out, &candidate->metrics);
	an_cbor_write_name(out, node_names[NODE_ADDRESS]);
	an_cbor_write_bytes(out, an_span(candidate->reward_address, AN_REWARDS_ADDRESS_SIZE));
	write_uint(out, node_names[NODE_TIME], candidate->merkle_payment_timestamp);
	write_bytes(out, node_names[NODE_SIGNATURE], &candidate->signature);
}
