/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/cbor.h"

#include <string.h>

#include "base/assert.h"
#include "wire/utf8.h"

/* The low five bits of a head (RFC 8949, 3). */
enum { ADDITIONAL_MASK = 31, ADDITIONAL_8 = 24, ADDITIONAL_64 = 27, ADDITIONAL_INDEFINITE = 31 };
enum { SIMPLE_FALSE = 0xf4, SIMPLE_TRUE = 0xf5, SIMPLE_NULL = 0xf6, SIMPLE_UNDEFINED = 0xf7 };
enum { BREAK = 0xff };

struct head {
	enum an_cbor_major major;
	bool indefinite;
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

static struct head read_head(struct an_reader *reader)
{
	const uint8_t first = an_reader_byte(reader);
	const unsigned additional = first & ADDITIONAL_MASK;
	struct head head = {.major = (enum an_cbor_major)(first >> 5), .argument = additional};
	if (additional == ADDITIONAL_INDEFINITE)
		head.indefinite = true;
	else if (additional > ADDITIONAL_64)
		refuse(reader);
	else if (additional >= ADDITIONAL_8)
		head.argument = an_reader_big_endian(reader,
		                                     (size_t)1 << (additional - ADDITIONAL_8));
	return head;
}

/* A head of this type and definite length. */
static uint64_t read_argument(struct an_reader *reader, enum an_cbor_major major)
{
	const struct head head = read_head(reader);
	if (head.major != major || head.indefinite)
		refuse(reader);
	return an_reader_ok(reader) ? head.argument : 0;
}

int an_cbor_peek(const struct an_reader *reader)
{
	const int next = an_reader_peek(reader);
	return next < 0 ? next : next >> 5;
}

uint64_t an_cbor_read_uint(struct an_reader *reader, uint64_t max)
{
	const uint64_t value = read_argument(reader, AN_CBOR_UINT);
	if (value <= max)
		return value;
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

/* Reads the pieces up to the break. They are not longer than what is left, so they fit. */
static void read_pieces(struct an_reader *reader, struct an_buffer *scratch)
{
	while (an_reader_ok(reader) && an_reader_peek(reader) != BREAK) {
		an_cbor_charge(reader, 1);
		const struct an_span piece = an_reader_take(reader,
		                                            read_argument(reader, AN_CBOR_TEXT));
		if (!is_utf8(reader, piece))
			refuse(reader);
		if (scratch != NULL && an_buffer_append(scratch, piece) != AUTONOMI_OK)
			an_reader_fail(reader, scratch->failed);
	}
	(void)an_reader_byte(reader);
}

static struct an_span join_pieces(struct an_reader *reader, struct an_buffer *scratch)
{
	if (scratch != NULL && !an_reader_reserve(reader, scratch))
		return an_span(NULL, 0);
	const size_t start = scratch != NULL ? scratch->size : 0;
	read_pieces(reader, scratch);
	if (scratch == NULL || !an_reader_ok(reader))
		return an_span(NULL, 0);
	return an_span(scratch->data + start, scratch->size - start);
}

struct an_span an_cbor_read_text(struct an_reader *reader, struct an_buffer *scratch)
{
	const struct head head = read_head(reader);
	if (head.major != AN_CBOR_TEXT) {
		refuse(reader);
		return an_span(NULL, 0);
	}
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
	an_cbor_read_tuple(reader, 0);
}

void an_cbor_read_fixed(struct an_reader *reader, uint8_t *bytes, size_t size)
{
	an_cbor_read_tuple(reader, size);
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)an_cbor_read_uint(reader, UINT8_MAX);
}

/* ---- Skipping. Open containers are counted on a fixed stack: what a peer nests costs no memory. */

struct skip {
	size_t depth;
	uint64_t left[AN_CBOR_DEPTH_MAX];
	bool indefinite[AN_CBOR_DEPTH_MAX];
};

static void open_container(struct an_reader *reader, struct skip *skip, const struct head *head)
{
	const bool is_map = head->major == AN_CBOR_MAP;
	/* Each item has at least one byte, so a larger count can only end in a failure. */
	if (skip->depth == AN_CBOR_DEPTH_MAX ||
	    (!head->indefinite && head->argument > an_reader_left(reader))) {
		refuse(reader);
		return;
	}
	skip->left[skip->depth] = is_map ? head->argument * 2 : head->argument;
	skip->indefinite[skip->depth] = head->indefinite;
	skip->depth++;
}

static void skip_string(struct an_reader *reader, const struct head *head)
{
	if (!head->indefinite) {
		(void)an_reader_take(reader, head->argument);
		return;
	}
	while (an_reader_ok(reader) && an_reader_peek(reader) != BREAK) {
		an_cbor_charge(reader, 1);
		(void)an_reader_take(reader, read_argument(reader, head->major));
	}
	(void)an_reader_byte(reader);
}

static void skip_head(struct an_reader *reader, struct skip *skip)
{
	const struct head head = read_head(reader);
	if (!an_reader_ok(reader))
		return;
	switch (head.major) {
	case AN_CBOR_BYTES:
	case AN_CBOR_TEXT:
		skip_string(reader, &head);
		return;
	case AN_CBOR_ARRAY:
	case AN_CBOR_MAP:
		open_container(reader, skip, &head);
		return;
	case AN_CBOR_TAG:
	case AN_CBOR_UINT:
	case AN_CBOR_NEGATIVE:
	case AN_CBOR_SIMPLE:
		/* A tag is refused by the real codec; a bare break belongs to nothing. */
		if (head.major == AN_CBOR_TAG || head.indefinite)
			refuse(reader);
		return;
	}
}

/* Leaves the containers whose last item was read. */
static void close_containers(struct an_reader *reader, struct skip *skip)
{
	while (skip->depth > 0) {
		const size_t top = skip->depth - 1;
		if (skip->indefinite[top]) {
			if (an_reader_peek(reader) != BREAK)
				return;
			(void)an_reader_byte(reader);
		} else if (skip->left[top] > 0) {
			skip->left[top]--;
			return;
		}
		skip->depth--;
	}
}

void an_cbor_skip(struct an_reader *reader)
{
	struct skip skip = {.depth = 0};
	do {
		an_cbor_charge(reader, 1);
		skip_head(reader, &skip);
		close_containers(reader, &skip);
	} while (skip.depth > 0 && an_reader_ok(reader));
}

/* ---- Lists, structs, variants. */

static struct an_cbor_run begin(struct an_reader *reader, enum an_cbor_major major)
{
	const struct head head = read_head(reader);
	if (head.major != major)
		refuse(reader);
	else if (!head.indefinite && head.argument > an_reader_left(reader))
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

/* A name in pieces or in one. Longer ones than any of ours are cut: they match nothing. */
static size_t read_name(struct an_reader *reader, char name[AN_CBOR_NAME_MAX])
{
	uint8_t memory[AN_CBOR_NAME_MAX];
	struct head head = read_head(reader);
	size_t size = 0;
	if (head.major != AN_CBOR_TEXT)
		refuse(reader);
	const bool pieces = head.indefinite;
	while (an_reader_ok(reader) && !(pieces && an_reader_peek(reader) == BREAK)) {
		an_cbor_charge(reader, pieces);
		const uint64_t length = pieces ? read_argument(reader, AN_CBOR_TEXT)
		                               : head.argument;
		const struct an_span piece = an_reader_take(reader, length);
		if (!is_utf8(reader, piece))
			refuse(reader);
		for (size_t i = 0; i < piece.size && size < sizeof(memory); i++)
			memory[size++] = piece.data[i];
		if (!pieces)
			break;
	}
	if (pieces)
		(void)an_reader_byte(reader);
	memcpy(name, memory, size);
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

int an_cbor_read_variant(struct an_reader *reader, const struct an_fields *variants,
                         bool *ret_has_data)
{
	*ret_has_data = an_cbor_peek(reader) == AN_CBOR_MAP;
	if (*ret_has_data && read_argument(reader, AN_CBOR_MAP) != 1)
		refuse(reader);
	char name[AN_CBOR_NAME_MAX];
	const size_t size = read_name(reader, name);
	return an_reader_ok(reader) ? find_name(variants, name, size) : AN_VARIANT_NONE;
}
