/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ident/endpoint_text.h"

enum {
	IP4_SIZE = 4,
	IP6_SIZE = 16,
	GROUPS = 8,       /* of an IPv6 address */
	GROUP_DIGITS = 4, /* at most */
	PORT_MAX = 65535,
};

/* A decimal number without leading zeros, at most `max`. */
static bool read_decimal(unsigned *ret_number, struct an_span text, unsigned max)
{
	unsigned number = 0;
	if (text.size == 0 || (text.size > 1 && text.data[0] == '0'))
		return false;
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		number = number * 10 + (text.data[i] - (unsigned)'0');
		if (number > max)
			return false;
	}
	*ret_number = number;
	return true;
}

/* The bytes before the next `separator`, or all; what follows them stays in `text`, separator
 * included. */
static struct an_span take_until(struct an_span *text, char separator)
{
	size_t size = 0;
	while (size < text->size && text->data[size] != (uint8_t)separator)
		size++;
	const struct an_span taken = an_span(text->data, size);
	*text = an_span(text->data + size, text->size - size);
	return taken;
}

static bool take_character(struct an_span *text, char character)
{
	if (text->size == 0 || text->data[0] != (uint8_t)character)
		return false;
	*text = an_span(text->data + 1, text->size - 1);
	return true;
}

bool an_ip4_read(uint8_t ret_address[4], struct an_span text)
{
	uint8_t address[IP4_SIZE];
	for (size_t i = 0; i < IP4_SIZE; i++) {
		unsigned number;
		if ((i > 0 && !take_character(&text, '.')) ||
		    !read_decimal(&number, take_until(&text, '.'), UINT8_MAX))
			return false;
		address[i] = (uint8_t)number;
	}
	if (text.size > 0)
		return false;
	memcpy(ret_address, address, sizeof(address));
	return true;
}

static int hex_value(uint8_t character)
{
	if (character >= '0' && character <= '9')
		return character - '0';
	if (character >= 'a' && character <= 'f')
		return character - 'a' + 10;
	if (character >= 'A' && character <= 'F')
		return character - 'A' + 10;
	return -1;
}

static bool read_group(uint8_t *to, struct an_span text)
{
	unsigned number = 0;
	if (text.size == 0 || text.size > GROUP_DIGITS)
		return false;
	for (size_t i = 0; i < text.size; i++) {
		const int value = hex_value(text.data[i]);
		if (value < 0)
			return false;
		number = number << 4 | (unsigned)value;
	}
	to[0] = (uint8_t)(number >> 8);
	to[1] = (uint8_t)number;
	return true;
}

/* Groups up to the end of `text` or to "::", at most `limit`; the last two may be an IPv4 address. */
static bool read_groups(struct an_span *text, uint8_t *to, size_t limit, size_t *ret_count)
{
	size_t count = 0;
	while (text->size > 0 && text->data[0] != ':') {
		if (count == limit)
			return false;
		if (count + 2 <= limit && an_ip4_read(to + 2 * count, *text)) {
			*text = an_span(text->data + text->size, 0);
			count += 2;
			break;
		}
		if (!read_group(to + 2 * count, take_until(text, ':')))
			return false;
		count++;
		const bool gap = text->size >= 2 && text->data[1] == ':';
		if (gap || text->size == 0)
			break;
		/* A single colon, behind which a group must stand. */
		if (!take_character(text, ':') || text->size == 0)
			return false;
	}
	*ret_count = count;
	return true;
}

bool an_ip6_read(uint8_t ret_address[16], struct an_span text)
{
	uint8_t address[IP6_SIZE] = {0}, tail[IP6_SIZE];
	size_t head_count, tail_count = 0;
	if (!read_groups(&text, address, GROUPS, &head_count))
		return false;
	if (head_count < GROUPS) {
		/* "::" stands for one group of zeros or more. */
		if (!take_character(&text, ':') || !take_character(&text, ':') ||
		    !read_groups(&text, tail, GROUPS - 1 - head_count, &tail_count))
			return false;
		memcpy(address + IP6_SIZE - 2 * tail_count, tail, 2 * tail_count);
	}
	if (text.size > 0)
		return false;
	memcpy(ret_address, address, sizeof(address));
	return true;
}

bool an_port_read(uint16_t *ret_port, struct an_span text)
{
	unsigned number;
	if (!read_decimal(&number, text, PORT_MAX))
		return false;
	*ret_port = (uint16_t)number;
	return true;
}

static bool read_host(uint8_t address[IP6_SIZE], struct an_span *text)
{
	if (take_character(text, '[')) {
		const struct an_span host = take_until(text, ']');
		return an_ip6_read(address, host) && take_character(text, ']');
	}
	uint8_t ip4[IP4_SIZE];
	if (!an_ip4_read(ip4, take_until(text, ':')))
		return false;
	const struct an_endpoint mapped = an_endpoint_ip4(ip4[0], ip4[1], ip4[2], ip4[3], 0);
	memcpy(address, mapped.address, IP6_SIZE);
	return true;
}

an_status an_endpoint_read(struct an_endpoint *ret_endpoint, struct an_span text)
{
	struct an_endpoint endpoint = {0};
	if (!read_host(endpoint.address, &text) || !take_character(&text, ':') ||
	    !an_port_read(&endpoint.port, text))
		return AUTONOMI_E_ADDRESS;
	*ret_endpoint = endpoint;
	return AUTONOMI_OK;
}

static char *write_character(char *to, char character)
{
	*to = character;
	return to + 1;
}

static char *write_decimal(char *to, unsigned number)
{
	char digits[5];
	size_t start = sizeof(digits);
	do {
		digits[--start] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	memcpy(to, digits + start, sizeof(digits) - start);
	return to + sizeof(digits) - start;
}

static char *write_group(char *to, unsigned number)
{
	bool started = false;
	for (int shift = 12; shift >= 0; shift -= 4) {
		const unsigned digit = number >> shift & 0xf;
		started = started || digit != 0 || shift == 0;
		if (started)
			to = write_character(to, "0123456789abcdef"[digit]);
	}
	return to;
}

static char *write_ip4(char *to, const uint8_t address[IP4_SIZE])
{
	for (size_t i = 0; i < IP4_SIZE; i++) {
		if (i > 0)
			to = write_character(to, '.');
		to = write_decimal(to, address[i]);
	}
	return to;
}

static unsigned group_at(const uint8_t address[IP6_SIZE], size_t i)
{
	return (unsigned)address[2 * i] << 8 | address[2 * i + 1];
}

/* The longest run of two or more zero groups, the first of equals (RFC 5952, 4.2). */
static void find_gap(const uint8_t address[IP6_SIZE], size_t *ret_start, size_t *ret_size)
{
	*ret_start = GROUPS;
	*ret_size = 1;
	size_t run = 0;
	for (size_t i = 0; i < GROUPS; i++) {
		run = group_at(address, i) == 0 ? run + 1 : 0;
		if (run > *ret_size) {
			*ret_size = run;
			*ret_start = i + 1 - run;
		}
	}
}

static char *write_groups(char *to, const uint8_t address[IP6_SIZE])
{
	size_t gap_start, gap_size;
	find_gap(address, &gap_start, &gap_size);
	for (size_t i = 0; i < GROUPS; i++) {
		if (i == gap_start) {
			to = write_character(write_character(to, ':'), ':');
			i += gap_size - 1;
			continue;
		}
		if (i > 0 && i != gap_start + gap_size)
			to = write_character(to, ':');
		to = write_group(to, group_at(address, i));
	}
	return to;
}

void an_ip6_write(const uint8_t address[16], char text[AN_ADDRESS_TEXT_MAX])
{
	static const char mapped[] = "::ffff:";
	struct an_endpoint endpoint = {0};
	memcpy(endpoint.address, address, IP6_SIZE);
	if (an_endpoint_is_ip4(&endpoint)) {
		memcpy(text, mapped, sizeof(mapped) - 1);
		*write_ip4(text + sizeof(mapped) - 1, address + IP6_SIZE - IP4_SIZE) = '\0';
		return;
	}
	*write_groups(text, address) = '\0';
}

void an_endpoint_write_address(const struct an_endpoint *endpoint, char text[AN_ADDRESS_TEXT_MAX])
{
	if (an_endpoint_is_ip4(endpoint))
		*write_ip4(text, endpoint->address + IP6_SIZE - IP4_SIZE) = '\0';
	else
		*write_groups(text, endpoint->address) = '\0';
}

void an_endpoint_write(const struct an_endpoint *endpoint, char text[AN_ENDPOINT_TEXT_MAX])
{
	const bool ip4 = an_endpoint_is_ip4(endpoint);
	char address[AN_ADDRESS_TEXT_MAX];
	an_endpoint_write_address(endpoint, address);
	const size_t size = strlen(address);
	char *to = text;
	if (!ip4)
		to = write_character(to, '[');
	memcpy(to, address, size);
	to += size;
	if (!ip4)
		to = write_character(to, ']');
	*write_decimal(write_character(to, ':'), endpoint->port) = '\0';
}
