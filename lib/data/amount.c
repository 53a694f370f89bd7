/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/amount.h"

#include "wire/cbor.h"
#include "wire/msgpack.h"

enum { DECIMAL = 10, NO_DIGIT = 255 };

struct an_amount an_amount_of(uint64_t number)
{
	struct an_amount amount = {{0}};
	for (size_t i = AN_AMOUNT_SIZE; number > 0; number >>= 8)
		amount.bytes[--i] = (uint8_t)number;
	return amount;
}

int an_amount_compare(const struct an_amount *a, const struct an_amount *b)
{
	return memcmp(a->bytes, b->bytes, AN_AMOUNT_SIZE);
}

bool an_amount_add(struct an_amount *ret_sum, const struct an_amount *a, const struct an_amount *b)
{
	struct an_amount sum;
	unsigned carry = 0;
	for (size_t i = AN_AMOUNT_SIZE; i-- > 0;) {
		carry += (unsigned)a->bytes[i] + b->bytes[i];
		sum.bytes[i] = (uint8_t)carry;
		carry >>= 8;
	}
	if (carry == 0)
		*ret_sum = sum;
	return carry == 0;
}

bool an_amount_subtract(struct an_amount *ret_difference, const struct an_amount *a,
                        const struct an_amount *b)
{
	struct an_amount difference;
	unsigned borrow = 0;
	if (an_amount_compare(a, b) < 0)
		return false;
	for (size_t i = AN_AMOUNT_SIZE; i-- > 0;) {
		const unsigned part = 256u + a->bytes[i] - b->bytes[i] - borrow;
		difference.bytes[i] = (uint8_t)part;
		borrow = part < 256;
	}
	*ret_difference = difference;
	return true;
}

/* amount * factor + digit. False where there is no room. */
static bool append_digit(struct an_amount *amount, unsigned factor, unsigned digit)
{
	unsigned carry = digit;
	for (size_t i = AN_AMOUNT_SIZE; i-- > 0;) {
		carry += amount->bytes[i] * factor;
		amount->bytes[i] = (uint8_t)carry;
		carry >>= 8;
	}
	return carry == 0;
}

/* Divides by ten and returns the rest. */
static unsigned take_digit(struct an_amount *amount)
{
	unsigned rest = 0;
	for (size_t i = 0; i < AN_AMOUNT_SIZE; i++) {
		rest = rest << 8 | amount->bytes[i];
		amount->bytes[i] = (uint8_t)(rest / DECIMAL);
		rest %= DECIMAL;
	}
	return rest;
}

static bool is_zero(const struct an_amount *amount)
{
	static const struct an_amount zero;
	return an_amount_compare(amount, &zero) == 0;
}

/* ---- Text. */

/* At least `digits_min` digits. */
static size_t write_decimal(struct an_amount amount, size_t digits_min,
                            char text[AN_AMOUNT_DECIMAL_MAX])
{
	char reversed[AN_AMOUNT_DECIMAL_MAX];
	size_t size = 0;
	while (size < digits_min || !is_zero(&amount))
		reversed[size++] = (char)('0' + take_digit(&amount));
	for (size_t i = 0; i < size; i++)
		text[i] = reversed[size - 1 - i];
	text[size] = '\0';
	return size;
}

size_t an_amount_decimal(const struct an_amount *amount, char text[AN_AMOUNT_DECIMAL_MAX])
{
	return write_decimal(*amount, 1, text);
}

void an_amount_display(const struct an_amount *amount, struct an_buffer *text)
{
	char digits[AN_AMOUNT_DECIMAL_MAX];
	const size_t size = write_decimal(*amount, AN_AMOUNT_DIGITS + 1, digits);
	const size_t whole = size - AN_AMOUNT_DIGITS;
	(void)an_buffer_append(text, an_span(digits, whole));
	(void)an_buffer_append_byte(text, '.');
	(void)an_buffer_append(text, an_span(digits + whole, AN_AMOUNT_DIGITS));
}

static unsigned digit_of(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - (unsigned)'0';
	if (c >= 'a' && c <= 'z')
		return c - (unsigned)'a' + DECIMAL;
	return c >= 'A' && c <= 'Z' ? c - (unsigned)'A' + DECIMAL : NO_DIGIT;
}

/* Takes a prefix off the text that says in what base it is written. */
static unsigned take_base(struct an_span *text)
{
	static const struct {
		uint8_t letter;
		unsigned base;
	} prefixes[] = {{'x', 16}, {'o', 8}, {'b', 2}};
	if (text->size < 2 || text->data[0] != '0')
		return DECIMAL;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if ((text->data[1] | 0x20) != prefixes[i].letter)
			continue;
		*text = an_span(text->data + 2, text->size - 2);
		return prefixes[i].base;
	}
	return DECIMAL;
}

static bool parse_number(struct an_amount *ret_number, struct an_span text)
{
	const unsigned base = take_base(&text);
	*ret_number = (struct an_amount){{0}};
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] == '_')
			continue;
		const unsigned digit = digit_of(text.data[i]);
		if (digit >= base || !append_digit(ret_number, base, digit))
			return false;
	}
	return true;
}

/* number * 10^digits: there is room for it. */
static void shift_digits(struct an_amount *number, size_t digits)
{
	for (; digits > 0; digits--)
		(void)append_digit(number, DECIMAL, 0);
}

static struct an_span without_zeros(struct an_span text)
{
	while (text.size > 0 && text.data[text.size - 1] == '0')
		text.size--;
	return text;
}

enum an_amount_fault an_amount_parse(struct an_amount *ret_amount, struct an_span text)
{
	const struct an_amount most = an_amount_of(UINT64_MAX);
	size_t point = 0;
	while (point < text.size && text.data[point] != '.')
		point++;
	const size_t behind = point < text.size ? point + 1 : point;
	const struct an_span fraction = behind < text.size
	                                        ? without_zeros(an_span(text.data + behind,
	                                                                text.size - behind))
	                                        : an_span(NULL, 0);

	struct an_amount units, remainder;
	if (!parse_number(&units, an_span(text.data, point)))
		return AN_AMOUNT_UNITS;
	if (an_amount_compare(&units, &most) > 0)
		return AN_AMOUNT_TOO_LARGE;
	if (!parse_number(&remainder, fraction))
		return AN_AMOUNT_REMAINDER;
	if (fraction.size > AN_AMOUNT_DIGITS)
		return AN_AMOUNT_PRECISION;
	shift_digits(&units, AN_AMOUNT_DIGITS);
	shift_digits(&remainder, AN_AMOUNT_DIGITS - fraction.size);
	(void)an_amount_add(ret_amount, &units, &remainder);
	return AN_AMOUNT_GOOD;
}

const char *an_amount_fault_text(enum an_amount_fault fault)
{
	static const char *const texts[] = {
		[AN_AMOUNT_GOOD] = "",
		[AN_AMOUNT_UNITS] = "Failed to parse: Can't parse token units",
		[AN_AMOUNT_TOO_LARGE] = "The token amount would exceed the maximum value",
		[AN_AMOUNT_REMAINDER] = "Failed to parse: Can't parse token remainder",
		[AN_AMOUNT_PRECISION] = "Lost precision on the number of coins during parsing.",
	};
	return texts[fault];
}

/* ---- Bytes. */

void an_amount_read_msgpack(struct an_reader *reader, struct an_amount *ret_amount)
{
	an_msgpack_read_raw(reader, ret_amount->bytes, AN_AMOUNT_SIZE);
}

void an_amount_write_msgpack(struct an_buffer *out, const struct an_amount *amount)
{
	an_msgpack_write_bin(out, an_span(amount->bytes, AN_AMOUNT_SIZE));
}

void an_amount_read_cbor(struct an_reader *reader, struct an_amount *ret_amount)
{
	const struct an_span bytes = an_cbor_read_bytes(reader);
	*ret_amount = (struct an_amount){{0}};
	if (bytes.size == AN_AMOUNT_SIZE)
		memcpy(ret_amount->bytes, bytes.data, AN_AMOUNT_SIZE);
	else
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
}

void an_amount_write_cbor(struct an_buffer *out, const struct an_amount *amount)
{
	an_cbor_write_bytes(out, an_span(amount->bytes, AN_AMOUNT_SIZE));
}

void an_amount_to_bytes(const struct an_amount *amount, uint8_t ret_bytes[AN_AMOUNT_SIZE])
{
	for (size_t i = 0; i < AN_AMOUNT_SIZE; i++)
		ret_bytes[i] = amount->bytes[AN_AMOUNT_SIZE - 1 - i];
}
