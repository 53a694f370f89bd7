/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "api/data_handle.h"
#include "base/memory.h"
#include "wire/reader.h"

an_status an_api_give_quote(const struct an_quote *value, an_status status,
                            struct autonomi_quote **ret_quote)
{
	if (status != AUTONOMI_OK)
		return status;
	struct autonomi_quote *quote = an_malloc(sizeof(*quote));
	if (quote == NULL)
		return AUTONOMI_E_NO_MEMORY;
	quote->value = *value;
	*ret_quote = quote;
	return AUTONOMI_OK;
}

autonomi_status autonomi_quote_new(const uint8_t *content, uint64_t timestamp_secs,
                                   uint32_t timestamp_nanos, const uint8_t *rewards_address,
                                   autonomi_quote **ret_quote)
{
	struct an_guard guard;
	struct an_quote value = {.timestamp_secs = timestamp_secs,
	                         .timestamp_nanos = timestamp_nanos};
	if (content == NULL || rewards_address == NULL || ret_quote == NULL)
		return AUTONOMI_E_INVALID;
	memcpy(value.content, content, sizeof(value.content));
	memcpy(value.rewards_address, rewards_address, sizeof(value.rewards_address));
	an_guard_begin(&guard);
	return an_guard_leave(&guard, an_api_give_quote(&value, AUTONOMI_OK, ret_quote));
}

autonomi_status autonomi_quote_decode(uint32_t form, const uint8_t *bytes, size_t size,
                                      autonomi_quote **ret_quote)
{
	struct an_guard guard;
	struct an_quote value;
	if (!an_api_is_form(form) || bytes == NULL || ret_quote == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	struct an_reader reader = an_reader(an_span(bytes, size));
	(form == AUTONOMI_FORM_CBOR ? an_quote_read_cbor : an_quote_read_msgpack)(&reader, &value);
	const an_status status = an_api_read_whole(&reader);
	return an_guard_leave(&guard, an_api_give_quote(&value, status, ret_quote));
}

autonomi_quote *autonomi_quote_free(autonomi_quote *quote)
{
	return an_free(quote);
}

autonomi_status autonomi_quote_encode(const autonomi_quote *quote, uint32_t form,
                                      autonomi_bytes **ret_bytes)
{
	struct an_guard guard;
	struct an_buffer out;
	if (quote == NULL || !an_api_is_form(form) || ret_bytes == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	an_buffer_init(&out, AN_API_BYTES_MAX);
	(form == AUTONOMI_FORM_CBOR ? an_quote_write_cbor : an_quote_write_msgpack)(&out,
	                                                                            &quote->value);
	return an_guard_leave(&guard, an_api_take_bytes(&out, out.failed, ret_bytes));
}

autonomi_status autonomi_quote_get_view(const autonomi_quote *quote, autonomi_quote_view *view,
                                        size_t view_size)
{
	if (quote == NULL || view == NULL)
		return AUTONOMI_E_INVALID;
	const struct an_quote *value = &quote->value;
	const struct an_quoting_metrics *metrics = &value->metrics;
	const autonomi_quote_view full = {
		.content = value->content,
		.rewards_address = value->rewards_address,
		.public_key = value->public_key.bytes,
		.signature = value->signature.bytes,
		.network_density = metrics->has_network_density ? metrics->network_density : NULL,
		.public_key_size = value->public_key.size,
		.signature_size = value->signature.size,
		.timestamp_secs = value->timestamp_secs,
		.timestamp_nanos = value->timestamp_nanos,
		.record_types = (uint32_t)metrics->record_type_count,
	};
	an_api_fill_view(view, view_size, &full, sizeof(full));
	return AUTONOMI_OK;
}

/* ---- Numbers. */

static uint64_t *number_of(struct an_quoting_metrics *metrics, uint32_t metric)
{
	switch (metric) {
	case AUTONOMI_METRIC_DATA_SIZE:
		return &metrics->data_size;
	case AUTONOMI_METRIC_CLOSE_RECORDS_STORED:
		return &metrics->close_records_stored;
	case AUTONOMI_METRIC_MAX_RECORDS:
		return &metrics->max_records;
	case AUTONOMI_METRIC_RECEIVED_PAYMENTS:
		return &metrics->received_payment_count;
	case AUTONOMI_METRIC_LIVE_TIME:
		return &metrics->live_time;
	case AUTONOMI_METRIC_NETWORK_SIZE:
		return &metrics->network_size;
	default:
		return NULL;
	}
}

autonomi_status autonomi_quote_metric(const autonomi_quote *quote, uint32_t metric,
                                      uint64_t *ret_value)
{
	if (quote == NULL || metric > AUTONOMI_METRIC_NETWORK_SIZE || ret_value == NULL)
		return AUTONOMI_E_INVALID;
	struct an_quoting_metrics metrics = quote->value.metrics;
	if (metric == AUTONOMI_METRIC_NETWORK_SIZE && !metrics.has_network_size)
		return AUTONOMI_E_NOT_FOUND;
	const uint64_t *number = number_of(&metrics, metric);
	*ret_value = number != NULL ? *number : metrics.data_type;
	return AUTONOMI_OK;
}

autonomi_status autonomi_quote_set_metric(autonomi_quote *quote, uint32_t metric, uint64_t value)
{
	if (quote == NULL || metric > AUTONOMI_METRIC_NETWORK_SIZE ||
	    (metric == AUTONOMI_METRIC_DATA_TYPE && value > UINT32_MAX))
		return AUTONOMI_E_INVALID;
	struct an_quoting_metrics *metrics = &quote->value.metrics;
	if (metric == AUTONOMI_METRIC_DATA_TYPE)
		metrics->data_type = (uint32_t)value;
	else
		*number_of(metrics, metric) = value;
	if (metric == AUTONOMI_METRIC_NETWORK_SIZE)
		metrics->has_network_size = true;
	return AUTONOMI_OK;
}

autonomi_status autonomi_quote_record_type(const autonomi_quote *quote, size_t index,
                                           uint32_t *ret_type, uint32_t *ret_count)
{
	if (quote == NULL || index >= quote->value.metrics.record_type_count || ret_type == NULL ||
	    ret_count == NULL)
		return AUTONOMI_E_INVALID;
	*ret_type = quote->value.metrics.records_per_type[index].type;
	*ret_count = quote->value.metrics.records_per_type[index].count;
	return AUTONOMI_OK;
}

autonomi_status autonomi_quote_add_record_type(autonomi_quote *quote, uint32_t type, uint32_t count)
{
	if (quote == NULL)
		return AUTONOMI_E_INVALID;
	struct an_quoting_metrics *metrics = &quote->value.metrics;
	if (metrics->record_type_count == AN_QUOTE_RECORD_TYPES_MAX)
		return AUTONOMI_E_TOO_LARGE;
	metrics->records_per_type[metrics->record_type_count].type = type;
	metrics->records_per_type[metrics->record_type_count++].count = count;
	return AUTONOMI_OK;
}

autonomi_status autonomi_quote_set_network_density(autonomi_quote *quote, const uint8_t *density)
{
	if (quote == NULL)
		return AUTONOMI_E_INVALID;
	struct an_quoting_metrics *metrics = &quote->value.metrics;
	metrics->has_network_density = density != NULL;
	if (density != NULL)
		memcpy(metrics->network_density, density, sizeof(metrics->network_density));
	return AUTONOMI_OK;
}

/* ---- Signatures. */

static an_status sign(struct an_quote *quote, const uint8_t *secret)
{
	struct an_key_pair pair;
	an_status status = an_key_pair_from_secret(&pair, secret);
	if (status == AUTONOMI_OK)
		status = an_quote_sign(quote, &pair);
	an_key_pair_done(&pair);
	return status;
}

autonomi_status autonomi_quote_sign(autonomi_quote *quote, const uint8_t *identity_secret)
{
	struct an_guard guard;
	if (quote == NULL || identity_secret == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, sign(&quote->value, identity_secret));
}

autonomi_status autonomi_quote_verify(const autonomi_quote *quote, const uint8_t *id,
                                      size_t id_size)
{
	struct an_guard guard;
	struct an_peer_id claimed;
	if (quote == NULL || id == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	const bool good = an_peer_id_from_bytes(&claimed, an_span(id, id_size)) == AUTONOMI_OK &&
	                  an_quote_verify(&quote->value, &claimed);
	return an_guard_leave(&guard, good ? AUTONOMI_OK : AUTONOMI_E_CORRUPT);
}

autonomi_status autonomi_quote_peer_id(const autonomi_quote *quote, uint8_t *ret_id,
                                       size_t *ret_size)
{
	struct an_guard guard;
	struct an_peer_id id;
	if (quote == NULL || ret_id == NULL || ret_size == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	const bool known = an_quote_peer(&quote->value, &id);
	if (known) {
		memcpy(ret_id, id.bytes, id.size);
		*ret_size = id.size;
	}
	return an_guard_leave(&guard, known ? AUTONOMI_OK : AUTONOMI_E_CORRUPT);
}

autonomi_status autonomi_quote_hash(const autonomi_quote *quote, uint8_t *ret_hash)
{
	if (quote == NULL || ret_hash == NULL)
		return AUTONOMI_E_INVALID;
	an_quote_hash(&quote->value, ret_hash);
	return AUTONOMI_OK;
}

autonomi_status autonomi_quote_signed_bytes(const autonomi_quote *quote, autonomi_bytes **ret_bytes)
{
	struct an_guard guard;
	struct an_buffer out;
	uint8_t space[AN_QUOTE_SIGNED_MAX];
	if (quote == NULL || ret_bytes == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	an_buffer_init(&out, AN_API_BYTES_MAX);
	const an_status status = an_buffer_append(&out,
	                                          an_quote_signed_bytes(&quote->value, space));
	return an_guard_leave(&guard, an_api_take_bytes(&out, status, ret_bytes));
}

autonomi_status autonomi_quote_is_newer(const autonomi_quote *quote, const autonomi_quote *than)
{
	if (quote == NULL || than == NULL)
		return AUTONOMI_E_INVALID;
	return an_quote_is_newer(&quote->value, &than->value);
}

autonomi_status autonomi_quote_check_history(const autonomi_quote *quote,
                                             const autonomi_quote *other, uint64_t unix_now)
{
	if (quote == NULL || other == NULL)
		return AUTONOMI_E_INVALID;
	return an_quote_history_valid(&quote->value, &other->value, unix_now) ? AUTONOMI_OK
	                                                                      : AUTONOMI_E_CORRUPT;
}
