/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/msgpack.h"

#include <string.h>

#include "base/assert.h"
#include "wire/utf8.h"

/* What the first byte of a value says (MessagePack specification, "Formats"). */
struct form {
	enum an_msgpack_kind kind;
	uint8_t digits;   /* bytes of the number that follows: value, size or count */
	bool is_signed;   /* of an integer */
	uint8_t extra;    /* bytes of content beyond the size: the type of an extension */
	uint32_t inlined; /* value, size or count where digits is 0 */
};

enum { FIXED_INTEGER_MAX = 0x7f, NEGATIVE_FIXED = 0xe0 };

/* The bytes 0xc0 to 0xdf. */
static const struct form forms[32] = {
	[0x00] = {.kind = AN_MSGPACK_NIL},
	[0x02] = {.kind = AN_MSGPACK_BOOL, .inlined = 0},
	[0x03] = {.kind = AN_MSGPACK_BOOL, .inlined = 1},
	[0x04] = {.kind = AN_MSGPACK_BIN, .digits = 1},
	[0x05] = {.kind = AN_MSGPACK_BIN, .digits = 2},
	[0x06] = {.kind = AN_MSGPACK_BIN, .digits = 4},
	[0x07] = {.kind = AN_MSGPACK_EXTENSION, .digits = 1, .extra = 1},
	[0x08] = {.kind = AN_MSGPACK_EXTENSION, .digits = 2, .extra = 1},
	[0x09] = {.kind = AN_MSGPACK_EXTENSION, .digits = 4, .extra = 1},
	[0x0a] = {.kind = AN_MSGPACK_FLOAT, .digits = 4},
	[0x0b] = {.kind = AN_MSGPACK_FLOAT, .digits = 8},
	[0x0c] = {.kind = AN_MSGPACK_INTEGER, .digits = 1},
	[0x0d] = {.kind = AN_MSGPACK_INTEGER, .digits = 2},
	[0x0e] = {.kind = AN_MSGPACK_INTEGER, .digits = 4},
	[0x0f] = {.kind = AN_MSGPACK_INTEGER, .digits = 8},
	[0x10] = {.kind = AN_MSGPACK_INTEGER, .digits = 1, .is_signed = true},
	[0x11] = {.kind = AN_MSGPACK_INTEGER, .digits = 2, .is_signed = true},
	[0x12] = {.kind = AN_MSGPACK_INTEGER, .digits = 4, .is_signed = true},
	[0x13] = {.kind = AN_MSGPACK_INTEGER, .digits = 8, .is_signed = true},
	[0x14] = {.kind = AN_MSGPACK_EXTENSION, .inlined = 1, .extra = 1},
	[0x15] = {.kind = AN_MSGPACK_EXTENSION, .inlined = 2, .extra = 1},
	[0x16] = {.kind = AN_MSGPACK_EXTENSION, .inlined = 4, .extra = 1},
	[0x17] = {.kind = AN_MSGPACK_EXTENSION, .inlined = 8, .extra = 1},
	[0x18] = {.kind = AN_MSGPACK_EXTENSION, .inlined = 16, .extra = 1},
	[0x19] = {.kind = AN_MSGPACK_TEXT, .digits = 1},
	[0x1a] = {.kind = AN_MSGPACK_TEXT, .digits = 2},
	[0x1b] = {.kind = AN_MSGPACK_TEXT, .digits = 4},
	[0x1c] = {.kind = AN_MSGPACK_ARRAY, .digits = 2},
	[0x1d] = {.kind = AN_MSGPACK_ARRAY, .digits = 4},
	[0x1e] = {.kind = AN_MSGPACK_MAP, .digits = 2},
	[0x1f] = {.kind = AN_MSGPACK_MAP, .digits = 4},
};

static struct form form_of(uint8_t first)
{
	if (first <= FIXED_INTEGER_MAX)
		return (struct form){.kind = AN_MSGPACK_INTEGER, .inlined = first};
	if (first >= NEGATIVE_FIXED)
		return (struct form){.kind = AN_MSGPACK_INTEGER,
		                     .inlined = UINT32_MAX,
		                     .is_signed = true};
	if (first >= 0xc0)
		return forms[first - 0xc0];
	if (first >= 0xa0)
		return (struct form){.kind = AN_MSGPACK_TEXT, .inlined = first & 0x1f};
	if (first >= 0x90)
		return (struct form){.kind = AN_MSGPACK_ARRAY, .inlined = first & 0x0f};
	return (struct form){.kind = AN_MSGPACK_MAP, .inlined = first & 0x0f};
}

static void refuse(struct an_reader *reader)
{
	an_reader_fail(reader, AUTONOMI_E_CORRUPT);
}

static struct form read_form(struct an_reader *reader, uint64_t *ret_number)
{
	const struct form form = form_of(an_reader_byte(reader));
	if (form.kind == AN_MSGPACK_NONE)
		refuse(reader);
	*ret_number = form.digits == 0 ? form.inlined : an_reader_big_endian(reader, form.digits);
	return form;
}

/* The number behind a first byte of this kind. */
static uint64_t read_number(struct an_reader *reader, enum an_msgpack_kind kind)
{
	uint64_t number = 0;
	if (read_form(reader, &number).kind != kind)
		refuse(reader);
	return an_reader_ok(reader) ? number : 0;
}

enum an_msgpack_kind an_msgpack_peek(const struct an_reader *reader)
{
	const int next = an_reader_peek(reader);
	return next < 0 ? AN_MSGPACK_NONE : form_of((uint8_t)next).kind;
}

static bool is_negative(struct form form, uint64_t number)
{
	if (!form.is_signed)
		return false;
	return form.digits == 0 || number >> (8 * form.digits - 1) != 0;
}

uint64_t an_msgpack_read_uint(struct an_reader *reader, uint64_t max)
{
	uint64_t number = 0;
	const struct form form = read_form(reader, &number);
	if (form.kind != AN_MSGPACK_INTEGER || is_negative(form, number) || number > max)
		refuse(reader);
	return an_reader_ok(reader) ? number : 0;
}

bool an_msgpack_read_bool(struct an_reader *reader)
{
	return read_number(reader, AN_MSGPACK_BOOL) == 1;
}

bool an_msgpack_read_nil(struct an_reader *reader)
{
	if (an_msgpack_peek(reader) != AN_MSGPACK_NIL)
		return false;
	(void)an_reader_byte(reader);
	return true;
}

static struct an_span take_text(struct an_reader *reader)
{
	return an_reader_take(reader, read_number(reader, AN_MSGPACK_TEXT));
}

struct an_span an_msgpack_read_bin(struct an_reader *reader)
{
	return an_reader_take(reader, read_number(reader, AN_MSGPACK_BIN));
}

struct an_span an_msgpack_read_text(struct an_reader *reader)
{
	const struct an_span text = an_msgpack_peek(reader) == AN_MSGPACK_BIN
	                                    ? an_msgpack_read_bin(reader)
	                                    : take_text(reader);
	if (an_reader_ok(reader) && !an_utf8_valid(text))
		refuse(reader);
	return an_reader_ok(reader) ? text : an_span(NULL, 0);
}

void an_msgpack_read_raw(struct an_reader *reader, uint8_t *bytes, size_t size)
{
	const bool is_bin = an_msgpack_peek(reader) == AN_MSGPACK_BIN;
	const struct an_span raw = is_bin ? an_msgpack_read_bin(reader) : take_text(reader);
	memset(bytes, 0, size);
	if (raw.size != size || (!is_bin && an_utf8_valid(raw)))
		refuse(reader);
	else if (an_reader_ok(reader) && size > 0)
		memcpy(bytes, raw.data, size);
}

struct an_span an_msgpack_read_bin_canonical(struct an_reader *reader)
{
	const size_t start = reader->position;
	const uint64_t size = read_number(reader, AN_MSGPACK_BIN);
	uint8_t head[AN_MSGPACK_BIN_HEAD_MAX];
	if (reader->position - start != an_msgpack_bin_head((uint32_t)size, head))
		refuse(reader);
	return an_reader_take(reader, size);
}

static struct an_span gather(struct an_reader *reader, struct an_buffer *scratch)
{
	const uint32_t count = an_msgpack_read_array(reader);
	if (!an_reader_ok(reader))
		return an_span(NULL, 0);
	if (!an_reader_reserve(reader, scratch))
		return an_span(NULL, 0);
	uint8_t *bytes = an_buffer_extend(scratch, count);
	if (bytes == NULL && count > 0) {
		an_reader_fail(reader, scratch->failed);
		return an_span(NULL, 0);
	}
	for (uint32_t i = 0; i < count && an_reader_ok(reader); i++)
		bytes[i] = (uint8_t)an_msgpack_read_uint(reader, UINT8_MAX);
	return an_reader_ok(reader) ? an_span(bytes, count) : an_span(NULL, 0);
}

struct an_span an_msgpack_read_bytes(struct an_reader *reader, struct an_buffer *scratch)
{
	switch (an_msgpack_peek(reader)) {
	case AN_MSGPACK_BIN:
		return an_msgpack_read_bin(reader);
	case AN_MSGPACK_TEXT:
		return take_text(reader);
	case AN_MSGPACK_ARRAY:
		return gather(reader, scratch);
	default:
		refuse(reader);
		return an_span(NULL, 0);
	}
}

void an_msgpack_read_fixed(struct an_reader *reader, uint8_t *bytes, size_t size)
{
	memset(bytes, 0, size);
	if (an_msgpack_peek(reader) == AN_MSGPACK_BIN) {
		const struct an_span bin = an_msgpack_read_bin(reader);
		if (bin.size != size)
			refuse(reader);
		else if (size > 0)
			memcpy(bytes, bin.data, size);
		return;
	}
	an_msgpack_read_tuple(reader, (uint32_t)size);
	for (size_t i = 0; i < size && an_reader_ok(reader); i++)
		bytes[i] = (uint8_t)an_msgpack_read_uint(reader, UINT8_MAX);
}

/* rmp-serde takes a bin for a list of integers: an empty one is an empty list of anything. */
uint32_t an_msgpack_read_array(struct an_reader *reader)
{
	if (an_msgpack_peek(reader) == AN_MSGPACK_BIN) {
		if (read_number(reader, AN_MSGPACK_BIN) != 0)
			refuse(reader);
		return 0;
	}
	const uint64_t count = read_number(reader, AN_MSGPACK_ARRAY);
	if (count > an_reader_left(reader))
		refuse(reader);
	return an_reader_ok(reader) ? (uint32_t)count : 0;
}

uint32_t an_msgpack_read_map(struct an_reader *reader)
{
	const uint64_t count = read_number(reader, AN_MSGPACK_MAP);
	if (count > an_reader_left(reader) / 2)
		refuse(reader);
	return an_reader_ok(reader) ? (uint32_t)count : 0;
}

void an_msgpack_read_tuple(struct an_reader *reader, uint32_t count)
{
	if (read_number(reader, AN_MSGPACK_ARRAY) != count)
		refuse(reader);
}

bool an_msgpack_read_packed(struct an_reader *reader, uint64_t *values, size_t count)
{
	if (an_msgpack_peek(reader) != AN_MSGPACK_BIN)
		return false;
	const struct an_span bin = an_msgpack_read_bin(reader);
	if (bin.size < count)
		refuse(reader);
	for (size_t i = 0; i < count && an_reader_ok(reader); i++)
		values[i] = bin.data[i];
	return true;
}

/* MessagePack has no indefinite lengths, so the number of values still to come says it all. */
void an_msgpack_skip(struct an_reader *reader)
{
	uint64_t values = 1;
	size_t items = 0;
	while (values > 0 && an_reader_ok(reader)) {
		uint64_t number = 0;
		const struct form form = read_form(reader, &number);
		values--;
		if (++items > AN_MSGPACK_SKIP_ITEMS_MAX)
			refuse(reader);
		if (form.kind == AN_MSGPACK_ARRAY)
			values += number;
		else if (form.kind == AN_MSGPACK_MAP)
			values += 2 * number;
		else if (form.kind == AN_MSGPACK_TEXT || form.kind == AN_MSGPACK_BIN)
			(void)an_reader_take(reader, number);
		else if (form.kind == AN_MSGPACK_EXTENSION)
			(void)an_reader_take(reader, number + form.extra);
		if (values > an_reader_left(reader))
			refuse(reader);
	}
}

/* ---- Structs and enums. */

static int find_name(const struct an_fields *fields, struct an_span name)
{
	for (size_t i = 0; i < fields->count; i++)
		if (an_span_equal(an_span_text(fields->names[i]), name))
			return (int)i;
	return -1;
}

/* A number in a form for signed ones is no name, whatever it is, unlike a value. */
static int read_key_number(struct an_reader *reader, const struct an_fields *fields)
{
	uint64_t number = 0;
	if (read_form(reader, &number).is_signed)
		refuse(reader);
	return number < fields->count ? (int)number : -1;
}

/* A field or a variant by its name or its number; -1 where there is none such. */
static int read_key(struct an_reader *reader, const struct an_fields *fields)
{
	if (an_msgpack_peek(reader) == AN_MSGPACK_INTEGER)
		return fields->named ? -1 : read_key_number(reader, fields);
	const struct an_span name = an_msgpack_peek(reader) == AN_MSGPACK_BIN
	                                    ? an_msgpack_read_bin(reader)
	                                    : take_text(reader);
	return find_name(fields, name);
}

struct an_msgpack_run an_msgpack_read_struct(struct an_reader *reader,
                                             const struct an_fields *fields)
{
	an_assert(fields->count <= AN_FIELDS_MAX);
	struct an_msgpack_run run = {.as_map = an_msgpack_peek(reader) == AN_MSGPACK_MAP};
	run.left = run.as_map ? an_msgpack_read_map(reader) : an_msgpack_read_array(reader);
	if (!run.as_map && run.left > fields->count)
		refuse(reader);
	return run;
}

static int finish_struct(struct an_reader *reader, const struct an_msgpack_run *run,
                         const struct an_fields *fields)
{
	const uint64_t all = ((uint64_t)1 << fields->count) - 1;
	const uint32_t absent = run->as_map ? fields->optional : fields->defaults;
	if (((run->seen | absent) & all) != all)
		refuse(reader);
	return AN_FIELD_END;
}

static int take_field(struct an_reader *reader, struct an_msgpack_run *run, int field)
{
	if ((run->seen & (uint32_t)1 << field) != 0)
		refuse(reader);
	run->seen |= (uint32_t)1 << field;
	return an_reader_ok(reader) ? field : AN_FIELD_END;
}

int an_msgpack_next_field(struct an_reader *reader, struct an_msgpack_run *run,
                          const struct an_fields *fields)
{
	while (run->left > 0 && an_reader_ok(reader)) {
		run->left--;
		if (!run->as_map)
			return take_field(reader, run, run->next++);
		const int field = read_key(reader, fields);
		if (field >= 0)
			return take_field(reader, run, field);
		if (fields->closed)
			an_reader_fail(reader, AUTONOMI_E_CORRUPT);
		an_msgpack_skip(reader);
	}
	return finish_struct(reader, run, fields);
}

int an_msgpack_read_variant(struct an_reader *reader, const struct an_fields *variants,
                            bool *ret_has_data)
{
	*ret_has_data = an_msgpack_peek(reader) == AN_MSGPACK_MAP;
	if (*ret_has_data && read_number(reader, AN_MSGPACK_MAP) != 1)
		refuse(reader);
	const int variant = read_key(reader, variants);
	return an_reader_ok(reader) ? variant : AN_VARIANT_NONE;
}
