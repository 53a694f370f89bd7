/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pointers, graph entries and scratchpads through the public functions, against the real crates. */
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "unit/api/data_support.h"

enum { PUBLIC = AUTONOMI_PUBLIC_KEY_SIZE, DESCENDANT = AUTONOMI_GRAPH_DESCENDANT_SIZE };

static const uint8_t seed[AUTONOMI_SEED_SIZE] = {9};
static const uint8_t content[AUTONOMI_GRAPH_CONTENT_SIZE] = "content";
static uint8_t secret[AUTONOMI_SECRET_KEY_SIZE], owner[PUBLIC];
static uint8_t no_secret[AUTONOMI_SECRET_KEY_SIZE];

static void setup(void)
{
	memset(no_secret, 0xff, sizeof(no_secret));
	ck_assert_int_eq(autonomi_bls_secret_generate(seed, secret), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_bls_public_key(secret, owner), AUTONOMI_OK);
}

/* ---- Pointers. */

static void check_pointer(const json_t *vector)
{
	const json_t *json = vector_get(vector, "pointer");
	const json_t *to = vector_get(json, "target");
	const struct an_span target = vector_bytes(to, "bytes");
	const struct an_span value = vector_bytes(vector, "record_value");
	const uint32_t type = data_address_type(vector_text(to, "type"));
	const uint64_t counter = vector_number(json, "counter");
	autonomi_pointer *pointer = NULL, *signed_one = NULL, *read = NULL;
	autonomi_pointer_view view;
	autonomi_bytes *bytes = NULL;
	ck_assert_int_eq(autonomi_pointer_new(vector_bytes(vector, "secret_key").data, counter,
	                                      type, target.data, target.size, &pointer),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_pointer_verify(pointer), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_pointer_signed_bytes(pointer, &bytes), AUTONOMI_OK);
	data_expect(bytes, vector_bytes(vector, "signed_bytes"));
	ck_assert_int_eq(autonomi_pointer_encode(pointer, &bytes), AUTONOMI_OK);
	data_expect(bytes, value);
	ck_assert_int_eq(autonomi_pointer_decode(value.data, value.size, &read), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_pointer_get_view(read, &view, sizeof(view)), AUTONOMI_OK);
	data_equal(view.owner, PUBLIC, json, "owner");
	data_equal(view.signature, AUTONOMI_SIGNATURE_SIZE, json, "signature");
	ck_assert_uint_eq(view.counter, counter);
	ck_assert_uint_eq(view.target_type, type);
	vector_equal(an_span(view.target, view.target_size), target);
	ck_assert_int_eq(autonomi_pointer_new_signed(view.owner, counter, type, target.data,
	                                             target.size, view.signature, &signed_one),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_pointer_encode(signed_one, &bytes), AUTONOMI_OK);
	data_expect(bytes, value);
	autonomi_pointer_free(pointer);
	autonomi_pointer_free(signed_one);
	ck_assert_ptr_null(autonomi_pointer_free(read));
}

START_TEST(pointers_are_signed_written_and_read_as_the_real_crate_does)
{
	ck_assert_uint_gt(vector_each("records", "pointer", check_pointer), 0);
}
END_TEST

static void check_verdict(const json_t *vector)
{
	const struct an_span value = vector_bytes(vector, "record_value");
	const char *type = vector_text(vector, "type");
	autonomi_status status = AUTONOMI_E_CORRUPT;
	if (strcmp(type, "Pointer") == 0) {
		autonomi_pointer *pointer = NULL;
		status = autonomi_pointer_decode(value.data, value.size, &pointer);
		if (status == AUTONOMI_OK)
			status = autonomi_pointer_verify(pointer);
		autonomi_pointer_free(pointer);
	} else if (strcmp(type, "Scratchpad") == 0) {
		autonomi_scratchpad *scratchpad = NULL;
		status = autonomi_scratchpad_decode(value.data, value.size, &scratchpad);
		if (status == AUTONOMI_OK)
			status = autonomi_scratchpad_verify(scratchpad);
		autonomi_scratchpad_free(scratchpad);
	} else if (strcmp(type, "GraphEntry") == 0) {
		autonomi_graph_entry *entry = NULL;
		size_t count = 0;
		status = autonomi_graph_entry_decode(value.data, value.size, &entry, 1, &count);
		if (status == AUTONOMI_OK)
			status = autonomi_graph_entry_verify(entry);
		autonomi_graph_entry_free(entry);
	}
	ck_assert_msg(status == (json_is_true(vector_get(vector, "valid")) ? AUTONOMI_OK
	                                                                   : AUTONOMI_E_CORRUPT),
	              "%s: %s", vector_id(), autonomi_status_name(status));
}

START_TEST(signatures_are_judged_as_the_real_crate_does)
{
	ck_assert_uint_gt(vector_each("records", "verify", check_verdict), 0);
}
END_TEST

START_TEST(arguments_of_pointers_are_checked)
{
	autonomi_pointer *pointer = NULL;
	autonomi_pointer_view view;
	autonomi_bytes *bytes = NULL;
	uint8_t no_key[PUBLIC] = {1}, no_signature[AUTONOMI_SIGNATURE_SIZE] = {1};
	const uint32_t chunk = AUTONOMI_ADDRESS_CHUNK;
	ck_assert_int_eq(autonomi_pointer_new(NULL, 0, chunk, content, 32, &pointer),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_pointer_new(secret, 0, chunk, content, 31, &pointer),
	                 AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(autonomi_pointer_new(secret, 0, chunk, NULL, 32, &pointer),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_pointer_new(secret, 0, AUTONOMI_ADDRESS_POINTER, no_key, PUBLIC,
	                                      &pointer),
	                 AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(autonomi_pointer_new(secret, 0, AUTONOMI_ADDRESS_RECORD_KEY, content, 32,
	                                      &pointer),
	                 AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(autonomi_pointer_new(no_secret, 0, chunk, content, 32, &pointer),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_pointer_new_signed(owner, 0, chunk, content, 32, no_signature,
	                                             &pointer),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_pointer_new_signed(owner, 0, chunk, content, 32, NULL, &pointer),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_pointer_get_view(NULL, &view, sizeof(view)), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_pointer_verify(NULL), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_pointer_signed_bytes(NULL, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_pointer_encode(NULL, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_pointer_decode(NULL, 1, &pointer), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_pointer_decode(content, 1, &pointer), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_pointer_decode((const uint8_t *)"\x91\x02\xc0", 3, &pointer),
	                 AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_pointer_decode((const uint8_t *)"\x91\x00\xc4\x00", 4, &pointer),
	                 AUTONOMI_E_CORRUPT);
	ck_assert_ptr_null(pointer);
	ck_assert_ptr_null(bytes);
}
END_TEST

START_TEST(a_view_of_another_size_is_filled_as_far_as_it_goes)
{
	autonomi_pointer *pointer = NULL;
	struct {
		autonomi_pointer_view view;
		uint64_t more;
	} later;
	memset(&later, 0xff, sizeof(later));
	ck_assert_int_eq(autonomi_pointer_new(secret, 5, AUTONOMI_ADDRESS_CHUNK, content, 32,
	                                      &pointer),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_pointer_get_view(pointer, &later.view, sizeof(later)),
	                 AUTONOMI_OK);
	ck_assert_uint_eq(later.view.counter, 5);
	ck_assert_uint_eq(later.more, 0);
	autonomi_pointer_free(pointer);
}
END_TEST

static autonomi_status use_pointer(void)
{
	autonomi_pointer *pointer = NULL, *read = NULL;
	autonomi_bytes *bytes = NULL, *value = NULL;
	autonomi_status status = autonomi_pointer_new(secret, 1, AUTONOMI_ADDRESS_CHUNK, content,
	                                              32, &pointer);
	if (status == AUTONOMI_OK)
		status = autonomi_pointer_signed_bytes(pointer, &bytes);
	if (status == AUTONOMI_OK)
		status = autonomi_pointer_encode(pointer, &value);
	if (status == AUTONOMI_OK)
		status = autonomi_pointer_decode(data_span(value).data, data_span(value).size,
		                                 &read);
	autonomi_pointer_free(pointer);
	autonomi_pointer_free(read);
	autonomi_bytes_free(bytes);
	autonomi_bytes_free(value);
	return status;
}

/* ---- Graph entries. */

/* The keys of the lists of an entry, as bytes one after the other. */
static uint8_t *list_of(const json_t *list, size_t item_size)
{
	uint8_t *bytes = malloc(json_array_size(list) * item_size + 1);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		uint8_t *to = bytes + i * item_size;
		if (json_is_string(item)) {
			memcpy(to, vector_unhex(json_string_value(item)).data, PUBLIC);
			continue;
		}
		memcpy(to, vector_bytes(item, "public_key").data, PUBLIC);
		memcpy(to + PUBLIC, vector_bytes(item, "content").data, DESCENDANT - PUBLIC);
	}
	return bytes;
}

static void check_entry(const json_t *vector)
{
	const json_t *json = vector_get(vector, "entry");
	const json_t *parents = vector_get(json, "parents");
	const json_t *descendants = vector_get(json, "descendants");
	const struct an_span value = vector_bytes(vector, "record_value");
	uint8_t *parent_bytes = list_of(parents, PUBLIC);
	uint8_t *descendant_bytes = list_of(descendants, DESCENDANT);
	autonomi_graph_entry *entry = NULL, *read = NULL;
	autonomi_graph_entry_view view;
	autonomi_bytes *bytes = NULL;
	size_t count = 0;
	const autonomi_status status = autonomi_graph_entry_new(
		vector_bytes(vector, "secret_key").data, parent_bytes, json_array_size(parents),
		vector_bytes(json, "content").data, descendant_bytes, json_array_size(descendants),
		&entry);
	const bool is_too_big = json_is_true(vector_get(vector, "is_too_big"));
	ck_assert_int_eq(status, is_too_big ? AUTONOMI_E_TOO_LARGE : AUTONOMI_OK);
	ck_assert_int_eq(autonomi_graph_entry_decode(value.data, value.size, &read, 1, &count),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_graph_entry_get_view(read, &view, sizeof(view)), AUTONOMI_OK);
	ck_assert_uint_eq(view.size, vector_number(vector, "size"));
	ck_assert_uint_eq(view.is_too_big, is_too_big);
	data_equal(view.owner, PUBLIC, json, "owner");
	data_equal(view.content, AUTONOMI_GRAPH_CONTENT_SIZE, json, "content");
	data_equal(view.signature, AUTONOMI_SIGNATURE_SIZE, json, "signature");
	vector_equal(an_span(view.parents, view.parent_count * PUBLIC),
	             an_span(parent_bytes, json_array_size(parents) * PUBLIC));
	vector_equal(an_span(view.descendants, view.descendant_count * DESCENDANT),
	             an_span(descendant_bytes, json_array_size(descendants) * DESCENDANT));
	ck_assert_int_eq(autonomi_graph_entry_verify(read), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_graph_entry_signed_bytes(read, &bytes), AUTONOMI_OK);
	data_expect(bytes, vector_bytes(vector, "signed_bytes"));
	if (entry != NULL) {
		const autonomi_graph_entry *const entries[] = {entry};
		ck_assert_int_eq(autonomi_graph_entry_encode(entries, 1, &bytes), AUTONOMI_OK);
		data_expect(bytes, value);
	}
	autonomi_graph_entry_free(entry);
	ck_assert_ptr_null(autonomi_graph_entry_free(read));
	free(parent_bytes);
	free(descendant_bytes);
}

START_TEST(graph_entries_are_signed_written_and_read_as_the_real_crate_does)
{
	ck_assert_uint_gt(vector_each("records", "graph_entry", check_entry), 0);
}
END_TEST

static void check_set(const json_t *vector)
{
	enum { ENTRIES_MAX = 8 };
	const struct an_span value = vector_bytes(vector, "record_value");
	autonomi_graph_entry *entries[ENTRIES_MAX] = {NULL};
	autonomi_bytes *bytes = NULL;
	size_t count = 0;
	ck_assert_int_eq(autonomi_graph_entry_decode(value.data, value.size, NULL, 0, &count),
	                 AUTONOMI_E_TOO_SMALL);
	ck_assert_uint_eq(count, json_array_size(vector_get(vector, "entries")));
	ck_assert_int_eq(autonomi_graph_entry_decode(value.data, value.size, entries, ENTRIES_MAX,
	                                             &count),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_graph_entry_encode((const autonomi_graph_entry *const *)entries,
	                                             count, &bytes),
	                 AUTONOMI_OK);
	data_expect(bytes, value);
	for (size_t i = 0; i < count; i++)
		autonomi_graph_entry_free(entries[i]);
}

START_TEST(forks_are_read_and_written_whole)
{
	ck_assert_uint_gt(vector_each("records", "graph_set", check_set), 0);
}
END_TEST

static autonomi_graph_entry *entry_of(const uint8_t *by, const uint8_t *with)
{
	autonomi_graph_entry *entry = NULL;
	ck_assert_int_eq(autonomi_graph_entry_new(by, NULL, 0, with, NULL, 0, &entry), AUTONOMI_OK);
	return entry;
}

START_TEST(arguments_of_graph_entries_are_checked)
{
	enum { MANY = 3000 };
	static uint8_t parents[MANY * PUBLIC];
	uint8_t no_key[DESCENDANT] = {1}, signature[AUTONOMI_SIGNATURE_SIZE] = {1};
	uint8_t other[AUTONOMI_SECRET_KEY_SIZE];
	autonomi_graph_entry *entry = NULL, *forks[AUTONOMI_GRAPH_FORKS_MAX + 1];
	autonomi_graph_entry_view view;
	autonomi_bytes *bytes = NULL;
	size_t count = 0;
	ck_assert_int_eq(autonomi_graph_entry_new(NULL, NULL, 0, content, NULL, 0, &entry),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_graph_entry_new(secret, NULL, 1, content, NULL, 0, &entry),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_graph_entry_new(no_secret, NULL, 0, content, NULL, 0, &entry),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_graph_entry_new(secret, no_key, 1, content, NULL, 0, &entry),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_graph_entry_new(secret, NULL, 0, content, no_key, 1, &entry),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_graph_entry_new(secret, parents, MANY, content, NULL, 0, &entry),
	                 AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(autonomi_graph_entry_new(secret, parents, SIZE_MAX, content, NULL, 0,
	                                          &entry),
	                 AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(autonomi_graph_entry_new_signed(owner, NULL, 0, content, NULL, 0,
	                                                 signature, &entry),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_graph_entry_new_signed(owner, NULL, 0, content, NULL, 0, NULL,
	                                                 &entry),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_graph_entry_get_view(NULL, &view, sizeof(view)),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_graph_entry_verify(NULL), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_graph_entry_signed_bytes(NULL, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_graph_entry_decode(NULL, 1, &entry, 1, &count),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_graph_entry_decode(content, 1, &entry, 1, &count),
	                 AUTONOMI_E_CORRUPT);
	ck_assert_ptr_null(entry);
	ck_assert_int_eq(autonomi_bls_secret_generate(NULL, other), AUTONOMI_OK);
	forks[0] = entry_of(secret, content);
	forks[1] = entry_of(other, content);
	const autonomi_graph_entry *const *set = (const autonomi_graph_entry *const *)forks;
	ck_assert_int_eq(autonomi_graph_entry_encode(set, 2, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_graph_entry_encode(set, 0, &bytes), AUTONOMI_E_INVALID);
	autonomi_graph_entry_free(forks[1]);
	for (size_t i = 1; i <= AUTONOMI_GRAPH_FORKS_MAX; i++)
		forks[i] = forks[0];
	ck_assert_int_eq(autonomi_graph_entry_encode(set, AUTONOMI_GRAPH_FORKS_MAX + 1, &bytes),
	                 AUTONOMI_E_TOO_LARGE);
	autonomi_graph_entry_free(forks[0]);
}
END_TEST

START_TEST(an_entry_signed_elsewhere_is_the_same)
{
	autonomi_graph_entry *entry = entry_of(secret, content), *same = NULL;
	autonomi_graph_entry_view view;
	ck_assert_int_eq(autonomi_graph_entry_get_view(entry, &view, sizeof(view)), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_graph_entry_new_signed(view.owner, NULL, 0, content, NULL, 0,
	                                                 view.signature, &same),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_graph_entry_verify(same), AUTONOMI_OK);
	autonomi_graph_entry_free(same);
	uint8_t changed[AUTONOMI_GRAPH_CONTENT_SIZE] = {0};
	ck_assert_int_eq(autonomi_graph_entry_new_signed(view.owner, NULL, 0, changed, NULL, 0,
	                                                 view.signature, &same),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_graph_entry_verify(same), AUTONOMI_E_CORRUPT);
	autonomi_graph_entry_free(same);
	autonomi_graph_entry_free(entry);
}
END_TEST

static autonomi_status use_entries(void)
{
	uint8_t other[AUTONOMI_GRAPH_CONTENT_SIZE] = {1}, descendant[DESCENDANT];
	autonomi_graph_entry *entries[2] = {NULL}, *read[2] = {NULL};
	autonomi_bytes *bytes = NULL, *value = NULL;
	size_t count = 0;
	memcpy(descendant, owner, PUBLIC);
	memcpy(descendant + PUBLIC, content, DESCENDANT - PUBLIC);
	autonomi_status status = autonomi_graph_entry_new(secret, owner, 1, content, descendant, 1,
	                                                  &entries[0]);
	if (status == AUTONOMI_OK)
		status = autonomi_graph_entry_new(secret, NULL, 0, other, NULL, 0, &entries[1]);
	if (status == AUTONOMI_OK)
		status = autonomi_graph_entry_verify(entries[0]);
	if (status == AUTONOMI_OK)
		status = autonomi_graph_entry_signed_bytes(entries[0], &bytes);
	if (status == AUTONOMI_OK)
		status = autonomi_graph_entry_encode((const autonomi_graph_entry *const *)entries,
		                                     2, &value);
	if (status == AUTONOMI_OK)
		status = autonomi_graph_entry_decode(data_span(value).data, data_span(value).size,
		                                     read, 2, &count);
	for (size_t i = 0; i < 2; i++) {
		autonomi_graph_entry_free(entries[i]);
		autonomi_graph_entry_free(read[i]);
	}
	autonomi_bytes_free(bytes);
	autonomi_bytes_free(value);
	return status;
}

/* ---- Scratchpads. */

static void check_decryption(const json_t *vector, const autonomi_scratchpad *scratchpad)
{
	autonomi_bytes *plain = NULL;
	const autonomi_status status = autonomi_scratchpad_decrypt(
		scratchpad, vector_bytes(vector, "secret_key").data, &plain);
	if (!vector_has(vector, "plaintext")) {
		ck_assert_int_eq(status, AUTONOMI_E_CORRUPT);
		return;
	}
	ck_assert_int_eq(status, AUTONOMI_OK);
	data_expect(plain, vector_bytes(vector, "plaintext"));
}

static void check_scratchpad(const json_t *vector)
{
	const json_t *json = vector_get(vector, "scratchpad");
	const struct an_span value = vector_bytes(vector, "record_value");
	const struct an_span data = vector_bytes(json, "encrypted_data");
	autonomi_scratchpad *read = NULL, *signed_one = NULL;
	autonomi_scratchpad_view view;
	autonomi_bytes *bytes = NULL;
	uint8_t hash[AUTONOMI_NAME_SIZE];
	ck_assert_int_eq(autonomi_scratchpad_decode(value.data, value.size, &read), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_scratchpad_get_view(read, &view, sizeof(view)), AUTONOMI_OK);
	data_equal(view.owner, PUBLIC, json, "owner");
	data_equal(view.signature, AUTONOMI_SIGNATURE_SIZE, json, "signature");
	vector_equal(an_span(view.encrypted_data, view.encrypted_data_size), data);
	ck_assert_uint_eq(view.counter, vector_number(json, "counter"));
	ck_assert_uint_eq(view.data_encoding, vector_number(json, "data_encoding"));
	ck_assert_uint_eq(view.size, vector_number(vector, "size"));
	ck_assert_uint_eq(view.is_too_big, 0);
	ck_assert_int_eq(autonomi_scratchpad_verify(read), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_scratchpad_hash(read, hash), AUTONOMI_OK);
	data_equal(hash, sizeof(hash), vector, "scratchpad_hash");
	ck_assert_int_eq(autonomi_content_hash(data.data, data.size, hash), AUTONOMI_OK);
	data_equal(hash, sizeof(hash), vector, "encrypted_data_hash");
	ck_assert_int_eq(autonomi_scratchpad_signed_bytes(read, &bytes), AUTONOMI_OK);
	data_expect(bytes, vector_bytes(vector, "signed_bytes"));
	ck_assert_int_eq(autonomi_scratchpad_new_signed(view.owner, view.data_encoding, data.data,
	                                                data.size, view.counter, view.signature,
	                                                &signed_one),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_scratchpad_encode(signed_one, &bytes), AUTONOMI_OK);
	data_expect(bytes, value);
	check_decryption(vector, read);
	autonomi_scratchpad_free(signed_one);
	ck_assert_ptr_null(autonomi_scratchpad_free(read));
}

START_TEST(scratchpads_are_written_and_read_as_the_real_crate_does)
{
	ck_assert_uint_gt(vector_each("records", "scratchpad", check_scratchpad), 0);
}
END_TEST

START_TEST(a_scratchpad_is_replaced_by_one_with_the_next_counter)
{
	autonomi_scratchpad *first = NULL, *second = NULL;
	autonomi_scratchpad_view view;
	autonomi_bytes *plain = NULL;
	ck_assert_int_eq(autonomi_scratchpad_new(secret, 42, content, sizeof(content), 3, NULL,
	                                         &first),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_scratchpad_next(first, secret, (const uint8_t *)"new", 3, seed,
	                                          &second),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_scratchpad_get_view(second, &view, sizeof(view)), AUTONOMI_OK);
	ck_assert_uint_eq(view.counter, 4);
	ck_assert_uint_eq(view.data_encoding, 42);
	ck_assert_mem_eq(view.owner, owner, PUBLIC);
	ck_assert_int_eq(autonomi_scratchpad_verify(second), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_scratchpad_decrypt(second, secret, &plain), AUTONOMI_OK);
	data_expect(plain, an_span_text("new"));
	ck_assert_int_eq(autonomi_scratchpad_decrypt(first, secret, &plain), AUTONOMI_OK);
	data_expect(plain, an_span(content, sizeof(content)));
	autonomi_scratchpad_free(first);
	autonomi_scratchpad_free(second);
}
END_TEST

START_TEST(the_largest_content_fits_and_a_byte_more_does_not)
{
	uint8_t *large = calloc(1, AUTONOMI_SCRATCHPAD_CONTENT_MAX + 1);
	autonomi_scratchpad *scratchpad = NULL;
	autonomi_scratchpad_view view;
	ck_assert_int_eq(autonomi_scratchpad_new(secret, 0, large,
	                                         AUTONOMI_SCRATCHPAD_CONTENT_MAX + 1, 0, seed,
	                                         &scratchpad),
	                 AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(autonomi_scratchpad_new(secret, 0, large, AUTONOMI_SCRATCHPAD_CONTENT_MAX,
	                                         0, seed, &scratchpad),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_scratchpad_get_view(scratchpad, &view, sizeof(view)),
	                 AUTONOMI_OK);
	ck_assert_uint_eq(view.size, AUTONOMI_SCRATCHPAD_SIZE_MAX);
	ck_assert_uint_eq(view.is_too_big, 0);
	autonomi_scratchpad_free(scratchpad);
	free(large);
}
END_TEST

START_TEST(arguments_of_scratchpads_are_checked)
{
	autonomi_scratchpad *scratchpad = NULL, *last = NULL, *next = NULL;
	autonomi_scratchpad_view view;
	autonomi_bytes *bytes = NULL;
	uint8_t hash[AUTONOMI_NAME_SIZE], other[AUTONOMI_SECRET_KEY_SIZE];
	uint8_t signature[AUTONOMI_SIGNATURE_SIZE] = {1};
	ck_assert_int_eq(autonomi_scratchpad_new(NULL, 0, content, 1, 0, NULL, &scratchpad),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_scratchpad_new(no_secret, 0, content, 1, 0, NULL, &scratchpad),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_scratchpad_new_signed(NULL, 0, content, 1, 0, signature,
	                                                &scratchpad),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_scratchpad_new_signed(owner, 0, content, 1, 0, signature,
	                                                &scratchpad),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_scratchpad_new_signed(owner, 0, content,
	                                                AUTONOMI_SCRATCHPAD_SIZE_MAX, 0, signature,
	                                                &scratchpad),
	                 AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(autonomi_scratchpad_get_view(NULL, &view, sizeof(view)),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_scratchpad_verify(NULL), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_scratchpad_decrypt(NULL, secret, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_scratchpad_hash(NULL, hash), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_scratchpad_signed_bytes(NULL, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_scratchpad_encode(NULL, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_scratchpad_decode(NULL, 1, &scratchpad), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_scratchpad_decode(content, 1, &scratchpad), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_scratchpad_next(NULL, secret, content, 1, NULL, &next),
	                 AUTONOMI_E_INVALID);
	ck_assert_ptr_null(scratchpad);
	ck_assert_int_eq(autonomi_scratchpad_new(secret, 0, content, 1, UINT64_MAX, NULL, &last),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_scratchpad_next(last, secret, content, 1, NULL, &next),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_bls_secret_generate(NULL, other), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_scratchpad_next(last, other, content, 1, NULL, &next),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_scratchpad_next(last, no_secret, content, 1, NULL, &next),
	                 AUTONOMI_E_INVALID);
	autonomi_scratchpad_free(last);
}
END_TEST

static autonomi_status use_scratchpad(void)
{
	autonomi_scratchpad *scratchpad = NULL, *read = NULL;
	autonomi_bytes *bytes = NULL, *value = NULL, *plain = NULL;
	autonomi_status status = autonomi_scratchpad_new(secret, 1, content, sizeof(content), 0,
	                                                 seed, &scratchpad);
	if (status == AUTONOMI_OK)
		status = autonomi_scratchpad_verify(scratchpad);
	if (status == AUTONOMI_OK)
		status = autonomi_scratchpad_signed_bytes(scratchpad, &bytes);
	if (status == AUTONOMI_OK)
		status = autonomi_scratchpad_decrypt(scratchpad, secret, &plain);
	if (status == AUTONOMI_OK)
		status = autonomi_scratchpad_encode(scratchpad, &value);
	if (status == AUTONOMI_OK)
		status = autonomi_scratchpad_decode(data_span(value).data, data_span(value).size,
		                                    &read);
	autonomi_scratchpad_free(scratchpad);
	autonomi_scratchpad_free(read);
	autonomi_bytes_free(bytes);
	autonomi_bytes_free(value);
	autonomi_bytes_free(plain);
	return status;
}

START_TEST(without_memory_nothing_is_made_and_nothing_leaks)
{
	data_without_memory(use_pointer, 6);
	data_without_memory(use_entries, 10);
	data_without_memory(use_scratchpad, 10);
}
END_TEST

Suite *suite(void)
{
	Suite *owned = suite_create("data_owned");
	TCase *tests = tcase_create("owned");
	tcase_add_checked_fixture(tests, setup, NULL);
	tcase_add_test(tests, pointers_are_signed_written_and_read_as_the_real_crate_does);
	tcase_add_test(tests, signatures_are_judged_as_the_real_crate_does);
	tcase_add_test(tests, arguments_of_pointers_are_checked);
	tcase_add_test(tests, a_view_of_another_size_is_filled_as_far_as_it_goes);
	tcase_add_test(tests, graph_entries_are_signed_written_and_read_as_the_real_crate_does);
	tcase_add_test(tests, forks_are_read_and_written_whole);
	tcase_add_test(tests, arguments_of_graph_entries_are_checked);
	tcase_add_test(tests, an_entry_signed_elsewhere_is_the_same);
	tcase_add_test(tests, scratchpads_are_written_and_read_as_the_real_crate_does);
	tcase_add_test(tests, a_scratchpad_is_replaced_by_one_with_the_next_counter);
	tcase_add_test(tests, the_largest_content_fits_and_a_byte_more_does_not);
	tcase_add_test(tests, arguments_of_scratchpads_are_checked);
	tcase_add_test(tests, without_memory_nothing_is_made_and_nothing_leaks);
	suite_add_tcase(owned, tests);
	return owned;
}
