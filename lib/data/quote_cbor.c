/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quotes and candidates in messages (semantics 3.3 for the fields, 3.4 for their form). */
#include <string.h>

#include "data/quote_fields.h"
#include "wire/cbor.h"

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
	if (field == AN_METRICS_NETWORK_DENSITY) {
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
		[AN_METRICS_DATA_SIZE] = &ret_metrics->data_size,
		[AN_METRICS_CLOSE_RECORDS] = &ret_metrics->close_records_stored,
		[AN_METRICS_MAX_RECORDS] = &ret_metrics->max_records,
		[AN_METRICS_PAYMENT_COUNT] = &ret_metrics->received_payment_count,
		[AN_METRICS_LIVE_TIME] = &ret_metrics->live_time,
	};
	struct an_cbor_run run = an_cbor_read_struct(reader);
	int field;
	while ((field = an_cbor_next_field(reader, &run, &an_metrics_fields)) != AN_FIELD_END) {
		if (field == AN_METRICS_DATA_TYPE)
			ret_metrics->data_type = (uint32_t)an_cbor_read_uint(reader, UINT32_MAX);
		else if (field == AN_METRICS_RECORDS_PER_TYPE)
			read_record_types(reader, ret_metrics);
		else if (field >= AN_METRICS_NETWORK_DENSITY)
			read_optional_metric(reader, field, ret_metrics);
		else
			*numbers[field] = an_cbor_read_uint(reader, UINT64_MAX);
	}
}

void an_quoting_metrics_write_cbor(struct an_buffer *out, const struct an_quoting_metrics *metrics)
{
	an_cbor_write_map(out, an_metrics_fields.count);
	write_uint(out, an_metrics_fields.names[AN_METRICS_DATA_TYPE], metrics->data_type);
	write_uint(out, an_metrics_fields.names[AN_METRICS_DATA_SIZE], metrics->data_size);
	write_uint(out, an_metrics_fields.names[AN_METRICS_CLOSE_RECORDS],
	           metrics->close_records_stored);
	an_cbor_write_name(out, an_metrics_fields.names[AN_METRICS_RECORDS_PER_TYPE]);
	an_cbor_write_array(out, metrics->record_type_count);
	for (size_t i = 0; i < metrics->record_type_count; i++) {
		an_cbor_write_array(out, 2);
		an_cbor_write_uint(out, metrics->records_per_type[i].type);
		an_cbor_write_uint(out, metrics->records_per_type[i].count);
	}
	write_uint(out, an_metrics_fields.names[AN_METRICS_MAX_RECORDS], metrics->max_records);
	write_uint(out, an_metrics_fields.names[AN_METRICS_PAYMENT_COUNT],
	           metrics->received_payment_count);
	write_uint(out, an_metrics_fields.names[AN_METRICS_LIVE_TIME], metrics->live_time);
	an_cbor_write_name(out, an_metrics_fields.names[AN_METRICS_NETWORK_DENSITY]);
	if (metrics->has_network_density)
		an_cbor_write_integers(out,
		                       an_span(metrics->network_density, AN_NETWORK_DENSITY_SIZE));
	else
		an_cbor_write_null(out);
	an_cbor_write_name(out, an_metrics_fields.names[AN_METRICS_NETWORK_SIZE]);
	if (metrics->has_network_size)
		an_cbor_write_uint(out, metrics->network_size);
	else
		an_cbor_write_null(out);
}

/* ---- Quotes. */

static void read_time(struct an_reader *reader, struct an_quote *quote)
{
	struct an_cbor_run run = an_cbor_read_struct(reader);
	uint64_t parts[2] = {0, 0};
	int field;
	while ((field = an_cbor_next_field(reader, &run, &an_quote_time_fields)) != AN_FIELD_END)
		parts[field] = an_cbor_read_uint(reader, field == AN_QUOTE_TIME_SECS ? UINT64_MAX
		                                                                     : UINT32_MAX);
	an_quote_set_time(reader, parts[AN_QUOTE_TIME_SECS], (uint32_t)parts[AN_QUOTE_TIME_NANOS],
	                  quote);
}

static void read_quote_field(struct an_reader *reader, int field, struct an_quote *quote)
{
	switch (field) {
	case AN_QUOTE_CONTENT:
		an_cbor_read_fixed(reader, quote->content, sizeof(quote->content));
		return;
	case AN_QUOTE_TIME:
		read_time(reader, quote);
		return;
	case AN_QUOTE_METRICS:
		an_quoting_metrics_read_cbor(reader, &quote->metrics);
		return;
	case AN_QUOTE_REWARDS_ADDRESS:
		read_address(reader, quote->rewards_address);
		return;
	case AN_QUOTE_KEY:
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
	while ((field = an_cbor_next_field(reader, &run, &an_quote_fields)) != AN_FIELD_END)
		read_quote_field(reader, field, ret_quote);
}

void an_quote_write_cbor(struct an_buffer *out, const struct an_quote *quote)
{
	an_cbor_write_map(out, an_quote_fields.count);
	an_cbor_write_name(out, an_quote_fields.names[AN_QUOTE_CONTENT]);
	an_cbor_write_integers(out, an_span(quote->content, sizeof(quote->content)));
	an_cbor_write_name(out, an_quote_fields.names[AN_QUOTE_TIME]);
	an_cbor_write_map(out, an_quote_time_fields.count);
	write_uint(out, an_quote_time_fields.names[AN_QUOTE_TIME_SECS], quote->timestamp_secs);
	write_uint(out, an_quote_time_fields.names[AN_QUOTE_TIME_NANOS], quote->timestamp_nanos);
	an_cbor_write_name(out, an_quote_fields.names[AN_QUOTE_METRICS]);
	an_quoting_metrics_write_cbor(out, &quote->metrics);
	an_cbor_write_name(out, an_quote_fields.names[AN_QUOTE_REWARDS_ADDRESS]);
	an_cbor_write_bytes(out, an_span(quote->rewards_address, AN_REWARDS_ADDRESS_SIZE));
	write_bytes(out, an_quote_fields.names[AN_QUOTE_KEY], &quote->public_key);
	write_bytes(out, an_quote_fields.names[AN_QUOTE_SIGNATURE], &quote->signature);
}

/* ---- Candidates. */

void an_merkle_candidate_read_cbor(struct an_reader *reader,
                                   struct an_merkle_candidate *ret_candidate)
{
	*ret_candidate = (struct an_merkle_candidate){0};
	struct an_cbor_run run = an_cbor_read_struct(reader);
	int field;
	while ((field = an_cbor_next_field(reader, &run, &an_candidate_fields)) != AN_FIELD_END) {
		if (field == AN_CANDIDATE_METRICS)
			an_quoting_metrics_read_cbor(reader, &ret_candidate->metrics);
		else if (field == AN_CANDIDATE_REWARD_ADDRESS)
			read_address(reader, ret_candidate->reward_address);
		else if (field == AN_CANDIDATE_TIME)
			ret_candidate->merkle_payment_timestamp = an_cbor_read_uint(reader,
			                                                            UINT64_MAX);
		else
			read_bytes(reader, field == AN_CANDIDATE_KEY ? &ret_candidate->public_key
			                                             : &ret_candidate->signature);
	}
}

void an_merkle_candidate_write_cbor(struct an_buffer *out,
                                    const struct an_merkle_candidate *candidate)
{
	an_cbor_write_map(out, an_candidate_fields.count);
	write_bytes(out, an_candidate_fields.names[AN_CANDIDATE_KEY], &candidate->public_key);
	an_cbor_write_name(out, an_candidate_fields.names[AN_CANDIDATE_METRICS]);
	an_quoting_metrics_write_cbor(out, &candidate->metrics);
	an_cbor_write_name(out, an_candidate_fields.names[AN_CANDIDATE_REWARD_ADDRESS]);
	an_cbor_write_bytes(out, an_span(candidate->reward_address, AN_REWARDS_ADDRESS_SIZE));
	write_uint(out, an_candidate_fields.names[AN_CANDIDATE_TIME],
	           candidate->merkle_payment_timestamp);
	write_bytes(out, an_candidate_fields.names[AN_CANDIDATE_SIGNATURE], &candidate->signature);
}
