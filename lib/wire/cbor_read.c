/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/cbor.h"

#include <string.h>

#include "base/assert.h"
#include "wire/utf8.h"

/* The low five bits of a head (RFC 8949, 3). */
enum { ADDITIONAL_MASK = 31, ADDITIONAL_8 = 24, ADDITIONAL_16 = 25 };
enum { ADDITIONAL_64 = 27, ADDITIONAL_INDEFINITE = 31 };
enum { SIMPLE_FALSE = 0xf4, SIMPLE_TRUE = 0xf5, SIMPLE_NULL = 0xf6, SIMPLE_UNDEFINED = 0xf7 };
enum { MAP_OF_ONE = AN_CBOR_MAP << 5 | 1, EMPTY_ARRAY = AN_CBOR_ARRAY << 5 };
enum { BREAK = 0xff };

struct head {
	bool indefinite;
	size_t width; /* bytes of the argument behind the first one */
	uint64_t argument;
};

static void refuse(struct an_reader *reader)
{
	an_reader_fail(reader, AUTONOMI_E_CORRUPT);
}

void an_cbor_charge(struct an_reader *reader, size_t items)
{
	reader->passed += items;
	if (reader->passed > AN_CBOR_SKIP_ITEMS_MAX)
		refuse(reader);
}

/* The real codec clears the bits of the type that it wants and looks at the rest: the head of a type
 * whose bits are among these counts too, an integer as the head of anything (semantics 3.4). */
static struct head read_head(struct an_reader *reader, enum an_cbor_major major)
{
	const unsigned bits = (unsigned)major << 5;
	const unsigned first = an_reader_byte(reader);
	const unsigned additional = first & ~bits;
	struct head head = {.argument = additional};
	if (first == (bits | ADDITIONAL_INDEFINITE)) {
		head.indefinite = true;
	} else if (additional > ADDITIONAL_64) {
		refuse(reader);
	} else if (additional >= ADDITIONAL_8) {
		head.width = (size_t)1 << (additional - ADDITIONAL_8);
		head.argument = an_reader_big_endian(reader, head.width);
	}
	return head;
}

/* A head of this type and definite length. */
static uint64_t read_argument(struct an_reader *reader, enum an_cbor_major major)
{
	const struct head head = read_head(reader, major);
	if (head.indefinite)
		refuse(reader);
	return an_reader_ok(reader) ? head.argument : 0;
}

/* A head that could hold more than the integer's type is refused, whatever it holds. */
uint64_t an_cbor_read_uint(struct an_reader *reader, uint64_t max)
{
	const struct head head = read_head(reader, AN_CBOR_UINT);
	const bool is_wide = head.width > sizeof(uint32_t) ? max <= UINT32_MAX
	                                                   : head.width > 1 && max <= UINT8_MAX;
	if (!head.indefinite && !is_wide && head.argument <= max)
		return head.argument;
	refuse(reader);
	return 0;
}

bool an_cbor_read_bool(struct an_reader *reader)
{
	const uint8_t byte = an_reader_byte(reader);
	if (byte != SIMPLE_FALSE && byte != SIMPLE_TRUE)
		refuse(reader);
	return byte == SIMPLE_TRUE;
}

struct an_span an_cbor_read_bytes(struct an_reader *reader)
{
	return an_reader_take(reader, read_argument(reader, AN_CBOR_BYTES));
}

static bool is_utf8(struct an_reader *reader, struct an_span text)
{
	an_cbor_charge(reader, text.size / AN_CBOR_TEXT_STEP);
	return an_reader_ok(reader) && an_utf8_valid(text);
}

/* Takes the next of the pieces that stand before the break; false at the break. The break stays for
 * whoever reads next, as with the real codec, where pieces may begin pieces, too. */
static bool next_piece(struct an_reader *reader, struct an_span *ret_piece)
{
	struct head head = {.indefinite = true};
	while (head.indefinite) {
		if (!an_reader_ok(reader) || an_reader_peek(reader) == BREAK)
			return false;
		an_cbor_charge(reader, 1);
		head = read_head(reader, AN_CBOR_TEXT);
	}
	*ret_piece = an_reader_take(reader, head.argument);
	return an_reader_ok(reader);
}

/* They are not longer than what is left, so they fit. */
static void read_pieces(struct an_reader *reader, struct an_buffer *scratch)
{
	struct an_span piece;
	while (next_piece(reader, &piece)) {
		if (scratch == NULL && !is_utf8(reader, piece))
			refuse(reader);
		if (scratch != NULL && an_buffer_append(scratch, piece) != AUTONOMI_OK)
			an_reader_fail(reader, scratch->failed);
	}
}

static struct an_span join_pieces(struct an_reader *reader, struct an_buffer *scratch)
{
	if (scratch != NULL && !an_reader_reserve(reader, scratch))
		return an_span(NULL, 0);
	const size_t start = scratch != NULL ? scratch->size : 0;
	read_pieces(reader, scratch);
	if (scratch == NULL || !an_reader_ok(reader))
		return an_span(NULL, 0);
	const struct an_span text = an_span(scratch->data + start, scratch->size - start);
	if (!is_utf8(reader, text))
		refuse(reader);
	return text;
}

struct an_span an_cbor_read_text(struct an_reader *reader, struct an_buffer *scratch)
{
	const struct head head = read_head(reader, AN_CBOR_TEXT);
	if (head.indefinite)
		return join_pieces(reader, scratch);
	const struct an_span text = an_reader_take(reader, head.argument);
	if (!is_utf8(reader, text))
		refuse(reader);
	return an_reader_ok(reader) ? text : an_span(NULL, 0);
}

bool an_cbor_read_null(struct an_reader *reader)
{
	const int next = an_reader_peek(reader);
	if (next != SIMPLE_NULL && next != SIMPLE_UNDEFINED)
		return false;
	(void)an_reader_byte(reader);
	return true;
}

void an_cbor_read_tuple(struct an_reader *reader, uint64_t count)
{
	if (read_argument(reader, AN_CBOR_ARRAY) != count)
		refuse(reader);
}

void an_cbor_read_unit(struct an_reader *reader)
{
	if (an_reader_byte(reader) != EMPTY_ARRAY)
		refuse(reader);
}

void an_cbor_read_fixed(struct an_reader *reader, uint8_t *bytes, size_t size)
{
	an_cbor_read_tuple(reader, size);
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)an_cbor_read_uint(reader, UINT8_MAX);
}

/* ---- Skipping. What is open is counted on a fixed stack: what a peer nests costs no memory. A tag
 * is open until its value was read, and pieces may be anything, as with the real codec. */

struct skip {
	size_t depth;
	uint64_t left[AN_CBOR_DEPTH_MAX];
	bool indefinite[AN_CBOR_DEPTH_MAX];
	bool is_map[AN_CBOR_DEPTH_MAX]; /* left of an indefinite one: whether a value is due */
};

static void open_items(struct an_reader *reader, struct skip *skip, const struct head *head,
                       bool is_map)
{
	/* Each item has at least one byte, so a larger count can only end in a failure. */
	if (skip->depth == AN_CBOR_DEPTH_MAX ||
	    (!head->indefinite && head->argument > an_reader_left(reader))) {
		refuse(reader);
		return;
	}
	const uint64_t items = is_map ? head->argument * 2 : head->argument;
	skip->left[skip->depth] = head->indefinite ? 0 : items;
	skip->indefinite[skip->depth] = head->indefinite;
	skip->is_map[skip->depth] = is_map;
	skip->depth++;
}

/* Booleans, null, undefined, and floats of each size: no other simple value. */
static bool is_simple(unsigned additional)
{
	return (additional >= (SIMPLE_FALSE & ADDITIONAL_MASK) &&
	        additional <= (SIMPLE_UNDEFINED & ADDITIONAL_MASK)) ||
	       (additional >= ADDITIONAL_16 && additional <= ADDITIONAL_64);
}

static void skip_head(struct an_reader *reader, struct skip *skip)
{
	const int next = an_reader_peek(reader);
	const enum an_cbor_major major = (enum an_cbor_major)((unsigned)next >> 5 & 7);
	struct head head = read_head(reader, major);
	if (!an_reader_ok(reader))
		return;
	switch (major) {
	case AN_CBOR_BYTES:
	case AN_CBOR_TEXT:
		if (head.indefinite)
			open_items(reader, skip, &head, false);
		else
			(void)an_reader_take(reader, head.argument);
		return;
	case AN_CBOR_ARRAY:
	case AN_CBOR_MAP:
		open_items(reader, skip, &head, major == AN_CBOR_MAP);
		return;
	case AN_CBOR_TAG:
		if (head.indefinite)
			refuse(reader);
		head.argument = 1;
		open_items(reader, skip, &head, false);
		return;
	case AN_CBOR_UINT:
	case AN_CBOR_NEGATIVE:
		if (head.indefinite)
			refuse(reader);
		return;
	case AN_CBOR_SIMPLE:
		if (!is_simple((unsigned)next & ADDITIONAL_MASK))
			refuse(reader);
		return;
	}
}

/* Whether an item of the innermost that is open comes next; takes the break of one without count. */
static bool has_item(struct an_reader *reader, struct skip *skip)
{
	uint64_t *left = &skip->left[skip->depth - 1];
	if (!skip->indefinite[skip->depth - 1]) {
		*left -= *left > 0;
		return true;
	}
	const bool is_value = *left == 1;
	*left = skip->is_map[skip->depth - 1] && !is_value;
	if (is_value || an_reader_peek(reader) != BREAK)
		return true;
	(void)an_reader_byte(reader);
	return false;
}

/* Leaves what has no more items. */
static void close_items(struct an_reader *reader, struct skip *skip)
{
	while (skip->depth > 0) {
		const size_t top = skip->depth - 1;
		if ((skip->indefinite[top] || skip->left[top] > 0) && has_item(reader, skip))
			return;
		skip->depth--;
	}
}

void an_cbor_skip(struct an_reader *reader)
{
	struct skip skip = {.depth = 0};
	do {
		an_cbor_charge(reader, 1);
		skip_head(reader, &skip);
		close_items(reader, &skip);
	} while (skip.depth > 0 && an_reader_ok(reader));
}

/* ---- Lists, structs, variants. */

static struct an_cbor_run begin(struct an_reader *reader, enum an_cbor_major major)
{
	const struct head head = read_head(reader, major);
	if (!head.indefinite && head.argument > an_reader_left(reader))
		refuse(reader);
	return (struct an_cbor_run){
		.left = head.indefinite || !an_reader_ok(reader) ? 0 : head.argument,
		.indefinite = head.indefinite,
	};
}

struct an_cbor_run an_cbor_read_list(struct an_reader *reader)
{
	return begin(reader, AN_CBOR_ARRAY);
}

bool an_cbor_next(struct an_reader *reader, struct an_cbor_run *run)
{
	if (!an_reader_ok(reader))
		return false;
	if (run->indefinite) {
		if (an_reader_peek(reader) != BREAK)
			return true;
		(void)an_reader_byte(reader);
		run->indefinite = false;
		run->left = 0;
		return false;
	}
	if (run->left == 0)
		return false;
	run->left--;
	return true;
}

struct an_cbor_run an_cbor_read_struct(struct an_reader *reader)
{
	return begin(reader, AN_CBOR_MAP);
}

static size_t add_to_name(char name[AN_CBOR_NAME_MAX], size_t size, struct an_span piece)
{
	const size_t room = AN_CBOR_NAME_MAX - size;
	const size_t taken = piece.size < room ? piece.size : room;
	if (taken > 0)
		memcpy(name + size, piece.data, taken);
	return size + taken;
}

/* A name in pieces or in one. Longer ones than any of ours are cut: they match nothing. */
static size_t read_name(struct an_reader *reader, char name[AN_CBOR_NAME_MAX])
{
	const struct head head = read_head(reader, AN_CBOR_TEXT);
	struct an_span piece = an_span(NULL, 0);
	size_t size = 0;
	if (!head.indefinite) {
		piece = an_reader_take(reader, head.argument);
		if (!is_utf8(reader, piece))
			refuse(reader);
		return add_to_name(name, 0, piece);
	}
	while (next_piece(reader, &piece)) {
		if (!is_utf8(reader, piece))
			refuse(reader);
		size = add_to_name(name, size, piece);
	}
	return size;
}

static int find_name(const struct an_fields *fields, const char *name, size_t size)
{
	for (size_t i = 0; i < fields->count; i++)
		if (strlen(fields->names[i]) == size && memcmp(fields->names[i], name, size) == 0)
			return (int)i;
	return -1;
}

static int finish_struct(struct an_reader *reader, const struct an_cbor_run *run,
                         const struct an_fields *fields)
{
	const uint64_t all = ((uint64_t)1 << fields->count) - 1;
	if (((run->seen | fields->optional) & all) != all)
		refuse(reader);
	return AN_FIELD_END;
}

int an_cbor_next_field(struct an_reader *reader, struct an_cbor_run *run,
                       const struct an_fields *fields)
{
	an_assert(fields->count <= AN_FIELDS_MAX);
	while (an_cbor_next(reader, run)) {
		char name[AN_CBOR_NAME_MAX];
		const size_t size = read_name(reader, name);
		if (!an_reader_ok(reader))
			return AN_FIELD_END;
		const int field = find_name(fields, name, size);
		if (field < 0) {
			if (fields->closed)
				refuse(reader);
			an_cbor_skip(reader);
			continue;
		}
		if ((run->seen & (uint32_t)1 << field) != 0)
			refuse(reader);
		run->seen |= (uint32_t)1 << field;
		return an_reader_ok(reader) ? field : AN_FIELD_END;
	}
	return finish_struct(reader, run, fields);
}

/* The name of a variant with data may stand alone: the data is what comes next, as behind a map. */
int an_cbor_read_variant(struct an_reader *reader, const struct an_fields *variants)
{
	const int next = an_reader_peek(reader);
	char name[AN_CBOR_NAME_MAX];
	if (next == MAP_OF_ONE)
		(void)an_reader_byte(reader);
	else if (next < 0 || next >> 5 != AN_CBOR_TEXT)
		refuse(reader);
	const size_t size = read_name(reader, name);
	return an_reader_ok(reader) ? find_name(variants, name, size) : AN_VARIANT_NONE;
}
