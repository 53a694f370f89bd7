/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes and texts from outside as a host hands them to the public functions: the first byte chooses
 * pointers, graph entries, scratchpads, archives, addresses in bytes, or texts of addresses. What was
 * understood is written and understood as the same.
 */
#include <autonomi/data.h>

#include "round_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ENTRIES_MAX = 16, TEXT_MAX = 1024, FORMS = 2, KINDS = 2, TYPES = 6 };

static struct an_span span_of(const autonomi_bytes *bytes)
{
	size_t size;
	const uint8_t *data = autonomi_bytes_data(bytes, &size);
	return an_span(data, size);
}

/* Both are given back. */
static void must_equal(autonomi_bytes *first, autonomi_bytes *last)
{
	must(an_span_equal(span_of(first), span_of(last)));
	autonomi_bytes_free(first);
	autonomi_bytes_free(last);
}

static void check_pointer(struct an_span value)
{
	autonomi_pointer *pointer, *again;
	autonomi_bytes *first, *last;
	if (autonomi_pointer_decode(value.data, value.size, &pointer) != AUTONOMI_OK)
		return;
	must(autonomi_pointer_encode(pointer, &first) == AUTONOMI_OK);
	const struct an_span written = span_of(first);
	must(autonomi_pointer_decode(written.data, written.size, &again) == AUTONOMI_OK);
	must(autonomi_pointer_encode(again, &last) == AUTONOMI_OK);
	must(autonomi_pointer_verify(pointer) == autonomi_pointer_verify(again));
	must_equal(first, last);
	autonomi_pointer_free(again);
	autonomi_pointer_free(pointer);
}

static void check_scratchpad(struct an_span value)
{
	autonomi_scratchpad *scratchpad, *again;
	autonomi_bytes *first, *last;
	if (autonomi_scratchpad_decode(value.data, value.size, &scratchpad) != AUTONOMI_OK)
		return;
	must(autonomi_scratchpad_encode(scratchpad, &first) == AUTONOMI_OK);
	const struct an_span written = span_of(first);
	must(autonomi_scratchpad_decode(written.data, written.size, &again) == AUTONOMI_OK);
	must(autonomi_scratchpad_encode(again, &last) == AUTONOMI_OK);
	must(autonomi_scratchpad_verify(scratchpad) == autonomi_scratchpad_verify(again));
	must_equal(first, last);
	autonomi_scratchpad_free(again);
	autonomi_scratchpad_free(scratchpad);
}

static void free_entries(autonomi_graph_entry **entries, size_t count)
{
	for (size_t i = 0; i < count; i++)
		autonomi_graph_entry_free(entries[i]);
}

static void check_graph(struct an_span value)
{
	autonomi_graph_entry *entries[ENTRIES_MAX], *again[ENTRIES_MAX];
	autonomi_bytes *first, *last;
	size_t count, count_again;
	if (autonomi_graph_entry_decode(value.data, value.size, entries, ENTRIES_MAX, &count) !=
	    AUTONOMI_OK)
		return;
	const autonomi_status status = autonomi_graph_entry_encode(
		(const autonomi_graph_entry *const *)entries, count, &first);
	must(status == AUTONOMI_OK || status == AUTONOMI_E_INVALID);
	if (status == AUTONOMI_OK) {
		const struct an_span written = span_of(first);
		must(autonomi_graph_entry_decode(written.data, written.size, again, ENTRIES_MAX,
		                                 &count_again) == AUTONOMI_OK);
		must(autonomi_graph_entry_encode((const autonomi_graph_entry *const *)again,
		                                 count_again, &last) == AUTONOMI_OK);
		must_equal(first, last);
		free_entries(again, count_again);
	}
	free_entries(entries, count);
}

static void check_archive(struct an_span bytes, uint32_t kind)
{
	autonomi_archive *archive, *again;
	autonomi_bytes *first, *last;
	autonomi_archive_view view;
	if (autonomi_archive_decode(kind, bytes.data, bytes.size, &archive) != AUTONOMI_OK)
		return;
	for (size_t i = 0; i < autonomi_archive_count(archive); i++)
		must(autonomi_archive_at(archive, i, &view, sizeof(view)) == AUTONOMI_OK);
	must(autonomi_archive_encode(archive, &first) == AUTONOMI_OK);
	const struct an_span written = span_of(first);
	must(autonomi_archive_decode(kind, written.data, written.size, &again) == AUTONOMI_OK);
	must(autonomi_archive_encode(again, &last) == AUTONOMI_OK);
	must_equal(first, last);
	must(autonomi_archive_merge(again, archive) == AUTONOMI_OK);
	autonomi_archive_free(again);
	autonomi_archive_free(archive);
}

static void check_address(struct an_span encoded, uint32_t form)
{
	uint8_t bytes[AUTONOMI_ADDRESS_MAX], again[AUTONOMI_ADDRESS_MAX];
	uint32_t type, type_again;
	size_t size, size_again;
	autonomi_bytes *written, *shown;
	if (autonomi_address_decode(form, encoded.data, encoded.size, &type, bytes, &size) !=
	    AUTONOMI_OK)
		return;
	must(autonomi_address_encode(form, type, bytes, size, &written) == AUTONOMI_OK);
	must(autonomi_address_decode(form, span_of(written).data, span_of(written).size,
	                             &type_again, again, &size_again) == AUTONOMI_OK);
	must(type == type_again && an_span_equal(an_span(bytes, size), an_span(again, size_again)));
	must(autonomi_address_display(type, bytes, size, 1, &shown) == AUTONOMI_OK);
	must(strlen(autonomi_bytes_text(shown)) == span_of(shown).size);
	autonomi_bytes_free(shown);
	autonomi_bytes_free(written);
}

static void check_address_text(const char *text, uint32_t type)
{
	uint8_t bytes[AUTONOMI_ADDRESS_MAX], again[AUTONOMI_ADDRESS_MAX];
	size_t size, size_again;
	char written[TEXT_MAX], error[TEXT_MAX] = "";
	if (autonomi_address_from_text(type, text, bytes, &size, error, sizeof(error)) !=
	    AUTONOMI_OK)
		return;
	must(autonomi_address_to_text(type, bytes, size, written, sizeof(written)) == AUTONOMI_OK);
	must(autonomi_address_from_text(type, written, again, &size_again, NULL, 0) == AUTONOMI_OK);
	must(an_span_equal(an_span(bytes, size), an_span(again, size_again)));
}

static void check_multiaddr_text(const char *text)
{
	uint8_t bytes[AUTONOMI_MULTIADDR_MAX], again[AUTONOMI_MULTIADDR_MAX];
	size_t size, size_again;
	char written[AUTONOMI_MULTIADDR_TEXT_MAX];
	if (autonomi_multiaddr_from_text(text, bytes, &size) != AUTONOMI_OK ||
	    autonomi_multiaddr_to_text(bytes, size, written, sizeof(written)) != AUTONOMI_OK)
		return;
	must(autonomi_multiaddr_from_text(written, again, &size_again) == AUTONOMI_OK);
	must(an_span_equal(an_span(bytes, size), an_span(again, size_again)));
}

static void check_text(struct an_span input, uint8_t choice)
{
	char text[TEXT_MAX];
	uint8_t bytes[TEXT_MAX];
	size_t size;
	if (input.size >= sizeof(text))
		return;
	memcpy(text, input.size > 0 ? input.data : (const uint8_t *)"", input.size);
	text[input.size] = '\0';
	if (choice < TYPES)
		check_address_text(text, choice);
	else if (choice == TYPES)
		check_multiaddr_text(text);
	else if (autonomi_hex_decode(text, bytes, sizeof(bytes), &size) == AUTONOMI_OK)
		must(2 * size == strlen(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	const struct an_span input = an_span(data + 1, size - 1);
	const uint8_t choice = data[0] >> 3;
	switch (data[0] & 7) {
	case 0:
		check_pointer(input);
		break;
	case 1:
		check_graph(input);
		break;
	case 2:
		check_scratchpad(input);
		break;
	case 3:
		check_archive(input, choice % (KINDS + 1));
		break;
	case 4:
		check_address(input, choice % (FORMS + 1));
		break;
	default:
		check_text(input, choice % (TYPES + 2));
		break;
	}
	return 0;
}
