/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "api/data_handle.h"
#include "data/amount.h"

_Static_assert((int)AUTONOMI_WORD_SIZE == (int)AN_AMOUNT_SIZE, "a number of the chain");

static struct an_amount amount_of(const uint8_t *bytes)
{
	struct an_amount amount;
	memcpy(amount.bytes, bytes, sizeof(amount.bytes));
	return amount;
}

autonomi_status autonomi_amount_parse(const char *text, uint8_t *ret_amount, char *reterr,
                                      size_t reterr_size)
{
	struct an_amount amount;
	if (text == NULL || ret_amount == NULL)
		return AUTONOMI_E_INVALID;
	const enum an_amount_fault fault = an_amount_parse(&amount, an_span_text(text));
	const an_status status = fault == AN_AMOUNT_GOOD ? AUTONOMI_OK : AUTONOMI_E_CORRUPT;
	an_api_say(an_span_text(an_amount_fault_text(fault)), status, reterr, reterr_size);
	if (status == AUTONOMI_OK)
		memcpy(ret_amount, amount.bytes, sizeof(amount.bytes));
	return status;
}

autonomi_status autonomi_amount_display(const uint8_t *amount, autonomi_bytes **ret_text)
{
	struct an_guard guard;
	struct an_buffer text;
	if (amount == NULL || ret_text == NULL)
		return AUTONOMI_E_INVALID;
	const struct an_amount value = amount_of(amount);
	an_guard_begin(&guard);
	an_buffer_init(&text, AN_API_BYTES_MAX);
	an_amount_display(&value, &text);
	return an_guard_leave(&guard, an_api_take_bytes(&text, text.failed, ret_text));
}

typedef bool calculation(struct an_amount *ret_result, const struct an_amount *a,
                         const struct an_amount *b);

static an_status calculate(calculation *function, const uint8_t *amount, const uint8_t *other,
                           an_status otherwise, uint8_t *ret_result)
{
	struct an_amount result;
	if (amount == NULL || other == NULL || ret_result == NULL)
		return AUTONOMI_E_INVALID;
	const struct an_amount a = amount_of(amount), b = amount_of(other);
	if (!function(&result, &a, &b))
		return otherwise;
	memcpy(ret_result, result.bytes, sizeof(result.bytes));
	return AUTONOMI_OK;
}

autonomi_status autonomi_amount_add(const uint8_t *amount, const uint8_t *other, uint8_t *ret_sum)
{
	return calculate(an_amount_add, amount, other, AUTONOMI_E_TOO_LARGE, ret_sum);
}

autonomi_status autonomi_amount_subtract(const uint8_t *amount, const uint8_t *other,
                                         uint8_t *ret_difference)
{
	return calculate(an_amount_subtract, amount, other, AUTONOMI_E_TOO_SMALL, ret_difference);
}
