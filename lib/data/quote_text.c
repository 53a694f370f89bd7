/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypt/keccak.h"
#include "data/address_text.h"
#include "data/amount.h"
#include "data/payment.h"

_Static_assert((int)AN_NETWORK_DENSITY_SIZE == (int)AN_AMOUNT_SIZE, "a density is such a number");

static void append_field(struct an_buffer *text, const char *name, uint64_t number)
{
	an_text_append(text, name);
	an_text_append(text, ": ");
	an_text_append_number(text, number);
	an_text_append(text, ", ");
}

static void append_types(struct an_buffer *text, const struct an_quoting_metrics *metrics)
{
	an_text_append(text, "records_per_type [");
	for (size_t i = 0; i < metrics->record_type_count; i++) {
		an_text_append(text, i > 0 ? ", (" : "(");
		an_text_append_number(text, metrics->records_per_type[i].type);
		an_text_append(text, ", ");
		an_text_append_number(text, metrics->records_per_type[i].count);
		an_text_append(text, ")");
	}
	an_text_append(text, "], ");
}

static void append_density(struct an_buffer *text, const struct an_quoting_metrics *metrics)
{
	struct an_amount density;
	char decimal[AN_AMOUNT_DECIMAL_MAX];
	an_text_append(text, "network_density: ");
	if (!metrics->has_network_density) {
		an_text_append(text, "None, ");
		return;
	}
	memcpy(density.bytes, metrics->network_density, sizeof(density.bytes));
	(void)an_amount_decimal(&density, decimal);
	an_text_append(text, "Some(");
	an_text_append(text, decimal);
	an_text_append(text, "), ");
}

void an_quoting_metrics_debug(const struct an_quoting_metrics *metrics, struct an_buffer *text)
{
	an_text_append(text, "QuotingMetrics { ");
	append_field(text, "data_type", metrics->data_type);
	append_field(text, "data_size", metrics->data_size);
	append_field(text, "close_records_stored", metrics->close_records_stored);
	append_types(text, metrics);
	append_field(text, "max_records", metrics->max_records);
	append_field(text, "received_payment_count", metrics->received_payment_count);
	append_field(text, "live_time", metrics->live_time);
	append_density(text, metrics);
	an_text_append(text, "network_size: ");
	an_text_append(text, metrics->has_network_size ? "Some(" : "None");
	if (metrics->has_network_size)
		an_text_append_number(text, metrics->network_size);
	an_text_append(text, metrics->has_network_size ? ") }" : " }");
}

/* A letter is a capital where the same digit of the hash of the small text is 8 or more. */
void an_rewards_address_display(const uint8_t address[AN_REWARDS_ADDRESS_SIZE],
                                struct an_buffer *text)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t small[2 * AN_REWARDS_ADDRESS_SIZE];
	uint8_t hash[AN_WORD_SIZE];
	for (size_t i = 0; i < sizeof(small); i++)
		small[i] = (uint8_t)digits[address[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
	an_keccak_256(an_span(small, sizeof(small)), hash);
	an_text_append(text, "0x");
	for (size_t i = 0; i < sizeof(small); i++) {
		const bool capital = small[i] >= 'a' &&
		                     (hash[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15) >= 8;
		(void)an_buffer_append_byte(text,
		                            capital ? (uint8_t)(small[i] - ('a' - 'A')) : small[i]);
	}
}
