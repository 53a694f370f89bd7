/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as an amount of money: the first byte chooses text, MessagePack or CBOR, or two numbers that
 * are added. What was understood is shown and encoded, and understood as the same.
 */
#include "data/amount.h"
#include "round_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

DEFINE_ROUND_TRIP(read_msgpack, struct an_amount, an_amount_read_msgpack, an_amount_write_msgpack,
                  an_amount_read_cbor, an_amount_write_cbor)
DEFINE_ROUND_TRIP(read_cbor, struct an_amount, an_amount_read_cbor, an_amount_write_cbor,
                  an_amount_read_msgpack, an_amount_write_msgpack)

static void check_text(struct an_span text)
{
	struct an_amount amount, again;
	struct an_buffer shown;
	const enum an_amount_fault fault = an_amount_parse(&amount, text);
	must((fault == AN_AMOUNT_GOOD) == (an_amount_fault_text(fault)[0] == '\0'));
	if (fault != AN_AMOUNT_GOOD)
		return;
	an_buffer_init(&shown, ROUND_TRIP_MAX);
	an_amount_display(&amount, &shown);
	must(an_amount_parse(&again, an_buffer_span(&shown)) == AN_AMOUNT_GOOD);
	must(an_amount_compare(&amount, &again) == 0);
	an_buffer_done(&shown);
}

static void check_number(struct an_span input, bool cbor)
{
	struct an_amount amount;
	char decimal[AN_AMOUNT_DECIMAL_MAX];
	uint8_t bytes[AN_AMOUNT_SIZE];
	if (!(cbor ? read_cbor(input, &amount) : read_msgpack(input, &amount)))
		return;
	must(an_amount_decimal(&amount, decimal) == strlen(decimal));
	an_amount_to_bytes(&amount, bytes);
	must(bytes[0] == amount.bytes[AN_AMOUNT_SIZE - 1]);
}

static void check_sum(struct an_span input)
{
	struct an_amount a, b, sum, back;
	if (input.size < 2 * (size_t)AN_AMOUNT_SIZE)
		return;
	memcpy(a.bytes, input.data, AN_AMOUNT_SIZE);
	memcpy(b.bytes, input.data + AN_AMOUNT_SIZE, AN_AMOUNT_SIZE);
	must((an_amount_compare(&a, &b) < 0) == (an_amount_compare(&b, &a) > 0));
	must(an_amount_subtract(&back, &a, &b) == (an_amount_compare(&a, &b) >= 0));
	if (!an_amount_add(&sum, &a, &b))
		return;
	must(an_amount_subtract(&back, &sum, &b) && an_amount_compare(&back, &a) == 0);
	must(an_amount_compare(&sum, &a) >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	const struct an_span input = an_span(data + 1, size - 1);
	if ((data[0] & 2) == 0)
		check_number(input, (data[0] & 1) != 0);
	else if ((data[0] & 1) == 0)
		check_text(input);
	else
		check_sum(input);
	return 0;
}
