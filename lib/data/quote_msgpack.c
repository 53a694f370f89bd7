/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quotes and candidates in MessagePack (semantics 3.3). */
#include <string.h>

#include "data/payment.h"
#include "data/quote_fields.h"
#include "wire/msgpack.h"

static void read_bin(struct an_reader *reader, struct an_quote_bytes *bytes)
{
	const struct an_span bin = an_msgpack_read_bin(reader);
	if (bin.size > sizeof(bytes->bytes))
		an_reader_fail(reader, AUTONOMI_E_TOO_LARGE);
	if (!an_reader_ok(reader) || bin.size == 0)
		return;
	memcpy(bytes->bytes, bin.data, bin.size);
	bytes->size = bin.size;
}

void an_quote_bytes_read(struct an_reader *reader, struct an_quote_bytes *ret_bytes)
{
	ret_bytes->size = 0;
	if (an_msgpack_peek(reader) == AN_MSGPACK_BIN) {
		read_bin(reader, ret_bytes);
		return;
	}
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
	if (an_msgpack_peek(reader) == AN_MSGPACK_ARRAY)
		an_msgpack_read_fixed(reader, address, AN_REWARDS_ADDRESS_SIZE);
	else
		an_msgpack_read_raw(reader, address, AN_REWARDS_ADDRESS_SIZE);
}

/* ---- Metrics. */

static void read_pair(struct an_reader *reader, uint64_t pair[2])
{
	if (an_msgpack_read_packed(reader, pair, 2))
		return;
	an_msgpack_read_tuple(reader, 2);
	for (size_t i = 0; i < 2; i++)
		pair[i] = an_msgpack_read_uint(reader, UINT32_MAX);
}

static void read_types(struct an_reader *reader, struct an_quoting_metrics *metrics)
{
	const uint32_t count = an_msgpack_read_array(reader);
	if (an_reader_ok(reader) && count > AN_QUOTE_RECORD_TYPES_MAX)
		an_reader_fail(reader, AUTONOMI_E_TOO_LARGE);
	for (uint32_t i = 0; i < count && an_reader_ok(reader); i++) {
		uint64_t pair[2] = {0, 0};
		read_pair(reader, pair);
		metrics->records_per_type[i].type = (uint32_t)pair[0];
		metrics->records_per_type[i].count = (uint32_t)pair[1];
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
	case AN_METRICS_DATA_TYPE:
		metrics->data_type = (uint32_t)an_msgpack_read_uint(reader, UINT32_MAX);
		break;
	case AN_METRICS_DATA_SIZE:
		metrics->data_size = an_msgpack_read_uint(reader, UINT64_MAX);
		break;
	case AN_METRICS_CLOSE_RECORDS:
		metrics->close_records_stored = an_msgpack_read_uint(reader, UINT64_MAX);
		break;
	case AN_METRICS_RECORDS_PER_TYPE:
		read_types(reader, metrics);
		break;
	case AN_METRICS_MAX_RECORDS:
		metrics->max_records = an_msgpack_read_uint(reader, UINT64_MAX);
		break;
	case AN_METRICS_PAYMENT_COUNT:
		metrics->received_payment_count = an_msgpack_read_uint(reader, UINT64_MAX);
		break;
	case AN_METRICS_LIVE_TIME:
		metrics->live_time = an_msgpack_read_uint(reader, UINT64_MAX);
		break;
	case AN_METRICS_NETWORK_DENSITY:
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
	struct an_msgpack_run run = an_msgpack_read_struct(reader, &an_metrics_fields);
	/* Absent values may be left out of a map, not of an array. */
	if (!run.as_map && run.left != an_metrics_fields.count)
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
	int field;
	while ((field = an_msgpack_next_field(reader, &run, &an_metrics_fields)) != AN_FIELD_END)
		read_metrics_field(reader, field, ret_metrics);
}

void an_quoting_metrics_write_msgpack(struct an_buffer *out,
                                      const struct an_quoting_metrics *metrics)
{
	an_msgpack_write_array(out, (uint32_t)an_metrics_fields.count);
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

static void read_time_fields(struct an_reader *reader, uint64_t parts[2])
{
	struct an_msgpack_run run = an_msgpack_read_struct(reader, &an_quote_time_fields);
	int field;
	while ((field = an_msgpack_next_field(reader, &run, &an_quote_time_fields)) != AN_FIELD_END)
		parts[field] = an_msgpack_read_uint(reader, field == AN_QUOTE_TIME_SECS
		                                                    ? UINT64_MAX
		                                                    : UINT32_MAX);
}

static void read_time(struct an_reader *reader, struct an_quote *quote)
{
	uint64_t parts[2] = {0, 0};
	if (!an_msgpack_read_packed(reader, parts, 2))
		read_time_fields(reader, parts);
	an_quote_set_time(reader, parts[AN_QUOTE_TIME_SECS], (uint32_t)parts[AN_QUOTE_TIME_NANOS],
	                  quote);
}

static void read_quote_field(struct an_reader *reader, int field, struct an_quote *quote)
{
	switch (field) {
	case AN_QUOTE_CONTENT:
		an_msgpack_read_fixed(reader, quote->content, sizeof(quote->content));
		break;
	case AN_QUOTE_TIME:
		read_time(reader, quote);
		break;
	case AN_QUOTE_METRICS:
		an_quoting_metrics_read_msgpack(reader, &quote->metrics);
		break;
	case AN_QUOTE_REWARDS_ADDRESS:
		read_rewards_address(reader, quote->rewards_address);
		break;
	case AN_QUOTE_KEY:
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
	struct an_msgpack_run run = an_msgpack_read_struct(reader, &an_quote_fields);
	int field;
	while ((field = an_msgpack_next_field(reader, &run, &an_quote_fields)) != AN_FIELD_END)
		read_quote_field(reader, field, ret_quote);
}

void an_quote_write_msgpack(struct an_buffer *out, const struct an_quote *quote)
{
	an_msgpack_write_array(out, (uint32_t)an_quote_fields.count);
	an_msgpack_write_integers(out, an_span(quote->content, sizeof(quote->content)));
	an_msgpack_write_array(out, (uint32_t)an_quote_time_fields.count);
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
	case AN_CANDIDATE_KEY:
		an_quote_bytes_read(reader, &candidate->public_key);
		break;
	case AN_CANDIDATE_METRICS:
		an_quoting_metrics_read_msgpack(reader, &candidate->metrics);
		break;
	case AN_CANDIDATE_REWARD_ADDRESS:
		read_rewards_address(reader, candidate->reward_address);
		break;
	case AN_CANDIDATE_TIME:
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
	struct an_msgpack_run run = an_msgpack_read_struct(reader, &an_candidate_fields);
	int field;
	while ((field = an_msgpack_next_field(reader, &run, &an_candidate_fields)) != AN_FIELD_END)
		read_candidate_field(reader, field, ret_candidate);
}

void an_merkle_candidate_write_msgpack(struct an_buffer *out,
                                       const struct an_merkle_candidate *candidate)
{
	an_msgpack_write_array(out, (uint32_t)an_candidate_fields.count);
	an_quote_bytes_write(out, &candidate->public_key);
	an_quoting_metrics_write_msgpack(out, &candidate->metrics);
	an_msgpack_write_bin(out, an_span(candidate->reward_address, AN_REWARDS_ADDRESS_SIZE));
	an_msgpack_write_uint(out, candidate->merkle_payment_timestamp);
	an_quote_bytes_write(out, &candidate->signature);
}
