/* SPDX-License-Identifier: GPL-3.0-or-later */
/* autonomi analyze: what lies at an address (semantics 7.11). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autonomi/command.h"

enum {
	HEX_MAX = 2 * AUTONOMI_ADDRESS_MAX + 1,
	FOUND_MAX = 64, /* addresses that one command looks at */
};

/* What was found at one address: what is printed of it. */
struct finding {
	const char *kind;
	char details[512]; /* for people */
	char members[512]; /* the same as members of a JSON object */
};

/* Addresses still to look at: a queue, so that what is near the beginning comes first. */
struct analysis {
	struct program *program;
	struct place {
		uint32_t type; /* AUTONOMI_ADDRESS_CHUNK, or any type of an owner */
		uint8_t address[AUTONOMI_ADDRESS_MAX];
		size_t size;
	} places[FOUND_MAX];
	size_t count;
	size_t found;
};

static size_t address_size(uint32_t type)
{
	return type == AUTONOMI_ADDRESS_CHUNK ? AUTONOMI_NAME_SIZE : AUTONOMI_PUBLIC_KEY_SIZE;
}

static void look_at_later(struct analysis *analysis, uint32_t type, const uint8_t *address)
{
	const size_t size = address_size(type);
	for (size_t i = 0; i < analysis->count; i++) {
		const struct place *known = &analysis->places[i];
		if (known->size == size && memcmp(known->address, address, size) == 0)
			return;
	}
	if (analysis->count == FOUND_MAX)
		return;
	struct place *place = &analysis->places[analysis->count++];
	place->type = type;
	place->size = size;
	memcpy(place->address, address, size);
}

/* The completion of what was submitted, owned by the caller; NULL with a status where there is none. */
static autonomi_event *fetch(struct analysis *analysis, autonomi_status submitted, autonomi_op op,
                             autonomi_status *ret_status)
{
	autonomi_event *event = NULL;
	*ret_status = submitted;
	if (submitted != AUTONOMI_OK)
		return NULL;
	if (!follow(analysis->program, op, "Looking", &event)) {
		*ret_status = AUTONOMI_E_INTERNAL;
		return NULL;
	}
	*ret_status = autonomi_event_status(event);
	return event;
}

/* ---- What the bytes are. */

static bool describe_map(const uint8_t *bytes, size_t size, struct finding *finding)
{
	autonomi_data_map *map = NULL;
	if (autonomi_data_map_decode(AUTONOMI_DATA_MAP_ROOT, bytes, size, &map) != AUTONOMI_OK)
		return false;
	const size_t chunks = autonomi_data_map_count(map);
	const uint64_t depth = autonomi_data_map_depth(map), whole = autonomi_data_map_size(map);
	finding->kind = "data_map";
	snprintf(finding->details, sizeof(finding->details),
	         "a data map of %zu chunks, %" PRIu64 " levels above that of the data, for %" PRIu64
	         " bytes",
	         chunks, depth, whole);
	snprintf(finding->members, sizeof(finding->members),
	         ",\"chunks\":%zu,\"depth\":%" PRIu64 ",\"data_bytes\":%" PRIu64, chunks, depth,
	         whole);
	autonomi_data_map_free(map);
	return true;
}

static void describe_chunk(const uint8_t *bytes, size_t size, struct finding *finding)
{
	if (describe_map(bytes, size, finding))
		return;
	finding->kind = "chunk";
	snprintf(finding->details, sizeof(finding->details), "a chunk of %zu bytes", size);
	snprintf(finding->members, sizeof(finding->members), ",\"bytes\":%zu", size);
}

static bool describe_pointer(struct analysis *analysis, const uint8_t *value, size_t size,
                             struct finding *finding)
{
	autonomi_pointer *pointer = NULL;
	autonomi_pointer_view view;
	char target[HEX_MAX];
	if (autonomi_pointer_decode(value, size, &pointer) != AUTONOMI_OK)
		return false;
	autonomi_pointer_get_view(pointer, &view, sizeof(view));
	autonomi_hex_encode(view.target, view.target_size, target, sizeof(target));
	finding->kind = "pointer";
	snprintf(finding->details, sizeof(finding->details), "a pointer to %s %s, counter %" PRIu64,
	         target_type_name(view.target_type), target, view.counter);
	snprintf(finding->members, sizeof(finding->members),
	         ",\"target_type\":\"%s\",\"target\":\"%s\",\"counter\":%" PRIu64,
	         target_type_name(view.target_type), target, view.counter);
	look_at_later(analysis, view.target_type, view.target);
	autonomi_pointer_free(pointer);
	return true;
}

static void look_at_descendants_later(struct analysis *analysis, const autonomi_graph_entry *entry)
{
	autonomi_graph_entry_view view;
	autonomi_graph_entry_get_view(entry, &view, sizeof(view));
	for (size_t i = 0; i < view.descendant_count; i++)
		look_at_later(analysis, AUTONOMI_ADDRESS_GRAPH_ENTRY,
		              view.descendants + i * AUTONOMI_GRAPH_DESCENDANT_SIZE);
}

static bool describe_graph(struct analysis *analysis, const uint8_t *value, size_t size,
                           struct finding *finding)
{
	autonomi_graph_entry *entries[FORKS_MAX];
	autonomi_graph_entry_view view;
	size_t count = 0;
	char content[HEX_MAX];
	if (autonomi_graph_entry_decode(value, size, entries, FORKS_MAX, &count) != AUTONOMI_OK ||
	    count == 0)
		return false;
	autonomi_graph_entry_get_view(entries[0], &view, sizeof(view));
	autonomi_hex_encode(view.content, AUTONOMI_GRAPH_CONTENT_SIZE, content, sizeof(content));
	finding->kind = "graph_entry";
	snprintf(finding->details, sizeof(finding->details),
	         "%zu graph entries; of the first %zu parents, %zu descendants, content %s", count,
	         view.parent_count, view.descendant_count, content);
	snprintf(finding->members, sizeof(finding->members),
	         ",\"entries\":%zu,\"parents\":%zu,\"descendants\":%zu,\"content\":\"%s\"", count,
	         view.parent_count, view.descendant_count, content);
	for (size_t i = 0; i < count; i++) {
		look_at_descendants_later(analysis, entries[i]);
		autonomi_graph_entry_free(entries[i]);
	}
	return true;
}

static bool describe_scratchpad(const uint8_t *value, size_t size, struct finding *finding)
{
	autonomi_scratchpad *scratchpad = NULL;
	autonomi_scratchpad_view view;
	if (autonomi_scratchpad_decode(value, size, &scratchpad) != AUTONOMI_OK)
		return false;
	autonomi_scratchpad_get_view(scratchpad, &view, sizeof(view));
	finding->kind = "scratchpad";
	snprintf(finding->details, sizeof(finding->details),
	         "a scratchpad of %zu encrypted bytes, data encoding %" PRIu64 ", counter %" PRIu64,
	         view.encrypted_data_size, view.data_encoding, view.counter);
	snprintf(finding->members, sizeof(finding->members),
	         ",\"bytes\":%zu,\"data_encoding\":%" PRIu64 ",\"counter\":%" PRIu64,
	         view.encrypted_data_size, view.data_encoding, view.counter);
	autonomi_scratchpad_free(scratchpad);
	return true;
}

/* ---- What lies at an address. */

static autonomi_status look_at_chunk(struct analysis *analysis, const struct place *place,
                                     struct finding *finding)
{
	autonomi_op op = 0;
	autonomi_status status = autonomi_chunk_get(analysis->program->node, place->address, 0,
	                                            &op);
	autonomi_event *event = fetch(analysis, status, op, &status);
	if (status >= 0) {
		size_t size = 0;
		const uint8_t *bytes = autonomi_event_data(event, &size);
		describe_chunk(bytes, size, finding);
	}
	autonomi_event_free(event);
	return status;
}

/* An owner has one record, whose kind its address does not tell (semantics 2.3). */
static autonomi_status look_at_owner(struct analysis *analysis, const struct place *place,
                                     struct finding *finding)
{
	uint8_t key[AUTONOMI_ADDRESS_MAX];
	size_t key_size = 0;
	autonomi_op op = 0;
	autonomi_status status = autonomi_address_record_key(AUTONOMI_ADDRESS_POINTER,
	                                                     place->address, place->size, key,
	                                                     &key_size);
	if (status == AUTONOMI_OK)
		status = autonomi_record_get(analysis->program->node, AUTONOMI_ADDRESS_RECORD_KEY,
		                             key, key_size, 0, &op);
	autonomi_event *event = fetch(analysis, status, op, &status);
	size_t size = 0;
	const uint8_t *value = event != NULL ? autonomi_event_data(event, &size) : NULL;
	if (size > 0 && !describe_pointer(analysis, value, size, finding) &&
	    !describe_graph(analysis, value, size, finding))
		(void)describe_scratchpad(value, size, finding);
	autonomi_event_free(event);
	if (finding->kind != NULL)
		return AUTONOMI_OK;
	return status < 0 ? status : AUTONOMI_E_CORRUPT;
}

static void print_finding(struct analysis *analysis, const char *address,
                          const struct finding *finding)
{
	if (analysis->program->json)
		printf("%s{\"address\":\"%s\",\"kind\":\"%s\"%s}",
		       analysis->found > 0 ? "," : "{\"found\":[", address, finding->kind,
		       finding->members);
	else
		printf("%s: %s\n", address, finding->details);
	analysis->found++;
}

static autonomi_status look_at(struct analysis *analysis, const struct place *place)
{
	struct finding finding = {0};
	char address[HEX_MAX];
	autonomi_status status = place->type == AUTONOMI_ADDRESS_CHUNK
	                                 ? look_at_chunk(analysis, place, &finding)
	                                 : look_at_owner(analysis, place, &finding);
	if (status < 0 && analysis->found == 0)
		return status;
	/* What a record names need not be there, and the rest is worth knowing. */
	if (status < 0) {
		finding = (struct finding){.kind = autonomi_status_name(status)};
		snprintf(finding.details, sizeof(finding.details), "%s",
		         autonomi_status_message(status));
	}
	autonomi_hex_encode(place->address, place->size, address, sizeof(address));
	print_finding(analysis, address, &finding);
	return status == AUTONOMI_E_CANCELLED ? status : AUTONOMI_OK;
}

static int look(struct analysis *analysis)
{
	const size_t most = analysis->program->recursive ? FOUND_MAX : 1;
	autonomi_status status = AUTONOMI_OK;
	for (size_t i = 0; i < analysis->count && i < most && status >= 0; i++) {
		const struct place place = analysis->places[i];
		status = look_at(analysis, &place);
	}
	if (status >= 0)
		return EXIT_DONE;
	return analysis->found > 0
	               ? exit_code_of(status)
	               : refused(analysis->program, status, "nothing can be said of the address");
}

static bool begins_at(struct analysis *analysis, const char *text)
{
	uint8_t address[AUTONOMI_ADDRESS_MAX];
	const size_t size = read_hexadecimal(text, address, sizeof(address));
	if (size == AUTONOMI_NAME_SIZE)
		look_at_later(analysis, AUTONOMI_ADDRESS_CHUNK, address);
	else if (size == AUTONOMI_PUBLIC_KEY_SIZE)
		look_at_later(analysis, AUTONOMI_ADDRESS_POINTER, address);
	return analysis->count > 0;
}

/* A private data map holds all that is to be said of it. */
static bool is_map(struct analysis *analysis, const char *text)
{
	struct finding finding = {0};
	uint8_t *bytes = malloc(DATA_MAP_TEXT_MAX / 2);
	const size_t size = bytes != NULL ? read_hexadecimal(text, bytes, DATA_MAP_TEXT_MAX / 2)
	                                  : 0;
	const bool found = size > 0 && describe_map(bytes, size, &finding);
	if (found)
		print_finding(analysis, "", &finding);
	free(bytes);
	return found;
}

int run_analyze(struct program *program)
{
	struct analysis analysis = {.program = program};
	const char *text = program->arguments[0];
	int code = EXIT_DONE;
	if (begins_at(&analysis, text)) {
		code = look(&analysis);
	} else if (!is_map(&analysis, text)) {
		complain("\"%.80s\" is neither an address (64 hexadecimal digits of a chunk, 96 of "
		         "an owner) nor a data map",
		         text);
		code = EXIT_USAGE;
	}
	if (program->json && analysis.found > 0) {
		puts("]}");
		program->reported = true;
	}
	return code;
}
