/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kad/cache_json.h"

void an_kad_json_init(struct an_kad_json *json, struct an_span text)
{
	*json = (struct an_kad_json){.rest = text};
}

static bool fail(struct an_kad_json *json)
{
	json->failed = true;
	json->rest.size = 0;
	return false;
}

static void advance(struct an_kad_json *json, size_t count)
{
	json->rest.data += count;
	json->rest.size -= count;
}

/* The next byte without taking it; -1 at the end. */
static int peek(const struct an_kad_json *json)
{
	return json->rest.size > 0 ? json->rest.data[0] : -1;
}

static bool is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static int peek_token(struct an_kad_json *json)
{
	while (is_blank(peek(json)))
		advance(json, 1);
	return peek(json);
}

static bool take(struct an_kad_json *json, char c)
{
	if (peek_token(json) != c)
		return fail(json);
	advance(json, 1);
	return true;
}

bool an_kad_json_open(struct an_kad_json *json, char open)
{
	json->after_value = false;
	return take(json, open);
}

bool an_kad_json_more(struct an_kad_json *json, char close)
{
	if (json->failed)
		return false;
	if (peek_token(json) == close) {
		advance(json, 1);
		json->after_value = true;
		return false;
	}
	if (json->after_value && !take(json, ','))
		return false;
	json->after_value = false;
	/* A comma in front of the end is one too many. */
	return peek_token(json) != close || fail(json);
}

static int hex_of(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Four hexadecimal digits; -1 where they are none. */
static long take_unit(struct an_kad_json *json)
{
	long unit = 0;
	for (int i = 0; i < 4; i++) {
		const int digit = hex_of(peek(json));
		if (digit < 0)
			return -1;
		unit = unit * 16 + digit;
		advance(json, 1);
	}
	return unit;
}

/* The code point of an escape that began with `\u`; -1 where malformed (RFC 8259, section 7). */
static long take_code_point(struct an_kad_json *json)
{
	const long high = take_unit(json);
	if (high < 0xd800 || high > 0xdfff)
		return high;
	if (high > 0xdbff || json->rest.size < 2 || memcmp(json->rest.data, "\\u", 2) != 0)
		return -1;
	advance(json, 2);
	const long low = take_unit(json);
	if (low < 0xdc00 || low > 0xdfff)
		return -1;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

/* UTF-8 (RFC 3629); returns how many bytes. */
static size_t encode(long point, char out[4])
{
	if (point < 0x80) {
		out[0] = (char)point;
		return 1;
	}
	const size_t size = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
	static const unsigned heads[] = {0, 0, 0xc0, 0xe0, 0xf0};
	for (size_t i = size - 1; i > 0; i--, point >>= 6)
		out[i] = (char)(0x80 | (point & 0x3f));
	out[0] = (char)(heads[size] | (unsigned long)point);
	return size;
}

/* What a backslash and the byte after it stand for: 1 to 4 bytes; 0 where malformed. */
static size_t take_escape(struct an_kad_json *json, char out[4])
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	const int c = peek(json);
	if (c < 0)
		return 0;
	advance(json, 1);
	if (c == 'u') {
		const long point = take_code_point(json);
		return point >= 0 ? encode(point, out) : 0;
	}
	const char *name = c != 0 ? strchr(names, c) : NULL;
	if (name == NULL)
		return 0;
	out[0] = values[name - names];
	return 1;
}

/* One character of a string; 0 at its closing quote, -1 where malformed. */
static int take_character(struct an_kad_json *json, char out[4])
{
	const int c = peek(json);
	if (c < 0x20)
		return -1;
	advance(json, 1);
	if (c == '"')
		return 0;
	if (c == '\\') {
		const size_t size = take_escape(json, out);
		return size > 0 ? (int)size : -1;
	}
	out[0] = (char)c;
	return 1;
}

/* `ret_text` may be NULL: then the string may have any length. */
static bool take_string(struct an_kad_json *json, struct an_kad_json_text *ret_text)
{
	if (!take(json, '"'))
		return false;
	char character[4];
	size_t size = 0;
	int got;
	while ((got = take_character(json, character)) > 0) {
		if (ret_text == NULL)
			continue;
		if (size + (size_t)got > sizeof(ret_text->bytes))
			return fail(json);
		memcpy(ret_text->bytes + size, character, (size_t)got);
		size += (size_t)got;
	}
	if (got < 0)
		return fail(json);
	if (ret_text != NULL)
		ret_text->size = size;
	json->after_value = true;
	return true;
}

bool an_kad_json_name(struct an_kad_json *json, struct an_kad_json_text *ret_name)
{
	if (!take_string(json, ret_name) || !take(json, ':'))
		return false;
	json->after_value = false;
	return true;
}

bool an_kad_json_string(struct an_kad_json *json, struct an_kad_json_text *ret_text)
{
	return take_string(json, ret_text);
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool take_digits(struct an_kad_json *json)
{
	if (!is_digit(peek(json)))
		return fail(json);
	while (is_digit(peek(json)))
		advance(json, 1);
	return true;
}

bool an_kad_json_number(struct an_kad_json *json, uint64_t *ret_number)
{
	uint64_t number = 0;
	if (!is_digit(peek_token(json)))
		return fail(json);
	const bool zero = peek(json) == '0';
	size_t digits = 0;
	for (; is_digit(peek(json)); digits++) {
		const uint64_t digit = (uint64_t)(peek(json) - '0');
		if (number > (UINT64_MAX - digit) / 10)
			return fail(json);
		number = number * 10 + digit;
		advance(json, 1);
	}
	if (zero && digits > 1)
		return fail(json);
	*ret_number = number;
	json->after_value = true;
	return true;
}

static bool skip_number(struct an_kad_json *json)
{
	if (peek(json) == '-')
		advance(json, 1);
	const bool zero = peek(json) == '0';
	const size_t before = json->rest.size;
	if (!take_digits(json) || (zero && before - json->rest.size > 1))
		return fail(json);
	if (peek(json) == '.') {
		advance(json, 1);
		if (!take_digits(json))
			return false;
	}
	if (peek(json) != 'e' && peek(json) != 'E')
		return true;
	advance(json, 1);
	if (peek(json) == '+' || peek(json) == '-')
		advance(json, 1);
	return take_digits(json);
}

static bool skip_word(struct an_kad_json *json)
{
	static const char *const words[] = {"true", "false", "null"};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const size_t size = strlen(words[i]);
		if (json->rest.size < size || memcmp(json->rest.data, words[i], size) != 0)
			continue;
		advance(json, size);
		return true;
	}
	return fail(json);
}

static bool skip_scalar(struct an_kad_json *json)
{
	const int c = peek_token(json);
	if (c == '"')
		return take_string(json, NULL);
	const bool taken = c == '-' || is_digit(c) ? skip_number(json) : skip_word(json);
	json->after_value = true;
	return taken;
}

/* The name in front of an object's member. */
static bool skip_name(struct an_kad_json *json, char close)
{
	return close == ']' || (take_string(json, NULL) && take(json, ':'));
}

bool an_kad_json_skip(struct an_kad_json *json)
{
	char closes[AN_KAD_JSON_DEPTH_MAX]; /* of what is open, the innermost last */
	size_t depth = 0;
	do {
		const int c = peek_token(json);
		if (c == '{' || c == '[') {
			if (depth == AN_KAD_JSON_DEPTH_MAX)
				return fail(json);
			an_kad_json_open(json, (char)c);
			closes[depth++] = c == '{' ? '}' : ']';
		} else if (!skip_scalar(json)) {
			return false;
		}
		while (depth > 0 && !an_kad_json_more(json, closes[depth - 1])) {
			if (json->failed)
				return false;
			depth--;
		}
		if (depth > 0 && !skip_name(json, closes[depth - 1]))
			return false;
	} while (depth > 0);
	return !json->failed;
}

bool an_kad_json_end(struct an_kad_json *json)
{
	return !json->failed && peek_token(json) == -1;
}
