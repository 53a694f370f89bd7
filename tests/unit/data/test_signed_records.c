/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pointers, graph entries and scratchpads against the real crates. */
#include <check.h>
#include <stdlib.h>

#include "base/memory.h"
#include "crypt/hash.h"
#include "data/graph_entry.h"
#include "data/pointer.h"
#include "data/record_merge.h"
#include "data/scratchpad.h"
#include "harness.h"
#include "vectors/vector.h"

enum { HEADER = AN_RECORD_HEADER_SIZE, CHUNK_MAX = 4194336 };

static struct an_buffer out, scratch;

static void setup(void)
{
	an_buffer_init(&out, 1 << 24);
	an_buffer_init(&scratch, 1 << 24);
}

static void teardown(void)
{
	an_buffer_done(&out);
	an_buffer_done(&scratch);
}

static struct an_reader body(struct an_span value)
{
	return an_reader(an_span(value.data + HEADER, value.size - HEADER));
}

static struct an_address target_of(const json_t *json)
{
	static const char *const names[] = {"PeerId", "ChunkAddress", "GraphEntryAddress",
	                                    "ScratchpadAddress", "PointerAddress"};
	struct an_address target = {0};
	const struct an_span bytes = vector_bytes(json, "bytes");
	while (strcmp(names[target.type], vector_text(json, "type")) != 0)
		target.type++;
	target.size = (uint8_t)bytes.size;
	memcpy(target.bytes, bytes.data, bytes.size);
	return target;
}

/* What every kind's vector says of its record value. */
static void check_value(const json_t *vector, struct an_span value)
{
	const struct an_span key = vector_bytes(vector, "record_key");
	vector_equal(value, vector_bytes(vector, "record_value"));
	uint8_t hash[AN_HASH_SIZE];
	an_sha3_256(value, hash);
	vector_equal(an_span(hash, sizeof(hash)), vector_bytes(vector, "nonchunk_hash"));
	const struct an_dht_key dht_key = an_dht_key_of(key);
	vector_equal(an_span(dht_key.bytes, sizeof(dht_key.bytes)),
	             vector_bytes(vector, "dht_key"));
	ck_assert_msg(an_record_check(key.data, value) == AUTONOMI_OK, "%s", vector_id());
	uint8_t other[AN_RECORD_NAME_SIZE] = {0};
	ck_assert_int_eq(an_record_check(other, value), AUTONOMI_E_CORRUPT);
	for (size_t i = 0; i < value.size; i += 7) {
		uint8_t *changed = malloc(value.size);
		memcpy(changed, value.data, value.size);
		changed[i] ^= 1;
		ck_assert_int_eq(an_record_check(key.data, an_span(changed, value.size)),
		                 AUTONOMI_E_CORRUPT);
		free(changed);
		if (i > 200)
			i += 100;
	}
}

static void begin_value(uint8_t kind)
{
	an_buffer_clear(&out);
	(void)an_buffer_append_byte(&out, 0x91);
	(void)an_buffer_append_byte(&out, kind);
}

static void check_pointer(const json_t *vector)
{
	const json_t *json = vector_get(vector, "pointer");
	struct an_pointer pointer = {.counter = vector_number(json, "counter"),
	                             .target = target_of(vector_get(json, "target"))};
	ck_assert_int_eq(an_pointer_sign(&pointer, vector_bytes(vector, "secret_key").data),
	                 AUTONOMI_OK);
	vector_equal(an_span(pointer.owner, sizeof(pointer.owner)), vector_bytes(json, "owner"));
	vector_equal(an_span(pointer.signature, sizeof(pointer.signature)),
	             vector_bytes(json, "signature"));
	uint8_t space[AN_POINTER_SIGNED_MAX];
	vector_equal(an_pointer_signed_bytes(&pointer, space),
	             vector_bytes(vector, "signed_bytes"));
	begin_value(2);
	an_pointer_write(&out, &pointer);
	check_value(vector, an_buffer_span(&out));
}

START_TEST(a_pointer_is_signed_and_written_as_the_real_crate_does)
{
	ck_assert_uint_eq(vector_each("records", "pointer", check_pointer), 13);
}
END_TEST

static void make_entry(const json_t *json, struct an_graph_entry *entry)
{
	const json_t *parents = vector_get(json, "parents");
	const json_t *descendants = vector_get(json, "descendants");
	ck_assert_int_eq(an_graph_entry_init(entry, json_array_size(parents),
	                                     json_array_size(descendants)),
	                 AUTONOMI_OK);
	vector_copy(json, "owner", entry->owner, sizeof(entry->owner));
	vector_copy(json, "content", entry->content, sizeof(entry->content));
	vector_copy(json, "signature", entry->signature, sizeof(entry->signature));
	for (size_t i = 0; i < entry->parent_count; i++) {
		const char *text = json_string_value(json_array_get(parents, i));
		memcpy(entry->parents[i].key, vector_unhex(text).data, AN_OWNER_KEY_SIZE);
	}
	for (size_t i = 0; i < entry->descendant_count; i++) {
		const json_t *item = json_array_get(descendants, i);
		vector_copy(item, "public_key", entry->descendants[i].key, AN_OWNER_KEY_SIZE);
		vector_copy(item, "content", entry->descendants[i].content, AN_GRAPH_CONTENT_SIZE);
	}
}

static void check_graph_entry(const json_t *vector)
{
	struct an_graph_entry entry;
	make_entry(vector_get(vector, "entry"), &entry);
	memset(entry.signature, 0, sizeof(entry.signature));
	ck_assert_int_eq(an_graph_entry_sign(&entry, vector_bytes(vector, "secret_key").data),
	                 AUTONOMI_OK);
	ck_assert_uint_eq(an_graph_entry_size(&entry), vector_number(vector, "size"));
	ck_assert(an_graph_entry_too_big(&entry) == json_is_true(vector_get(vector, "is_too_big")));
	an_buffer_clear(&out);
	ck_assert_int_eq(an_graph_entry_signed_bytes(&entry, &out), AUTONOMI_OK);
	vector_equal(an_buffer_span(&out), vector_bytes(vector, "signed_bytes"));
	an_buffer_clear(&out);
	an_graph_entry_write(&out, &entry);
	vector_equal(an_buffer_span(&out), vector_bytes(vector, "entry_msgpack"));
	begin_value(1);
	const struct an_graph_set set = {.entries = &entry, .count = 1};
	an_graph_set_write(&out, &set);
	check_value(vector, an_buffer_span(&out));
	an_graph_entry_done(&entry);
}

START_TEST(a_graph_entry_is_signed_and_written_as_the_real_crate_does)
{
	ck_assert_uint_eq(vector_each("records", "graph_entry", check_graph_entry), 9);
}
END_TEST

/* The entries come one by one, last first: what is stored in the end is the sorted set. */
static void check_graph_set(const json_t *vector)
{
	const json_t *entries = vector_get(vector, "entries");
	const struct an_span key = vector_bytes(vector, "record_key");
	struct an_blob *held = NULL;
	for (size_t i = json_array_size(entries); i > 0; i--) {
		struct an_graph_entry entry;
		make_entry(json_array_get(entries, i - 1), &entry);
		begin_value(1);
		an_graph_set_write(&out, &(struct an_graph_set){.entries = &entry, .count = 1});
		struct an_record_merged merged;
		ck_assert_int_eq(an_record_merge(key.data, an_blob_span(held), an_buffer_span(&out),
		                                 CHUNK_MAX, AN_RECORD_FROM_PEER, &merged),
		                 AUTONOMI_OK);
		ck_assert_ptr_nonnull(merged.store);
		an_blob_unref(held);
		held = merged.store;
		ck_assert_int_eq(an_record_merge(key.data, an_blob_span(held), an_buffer_span(&out),
		                                 CHUNK_MAX, AN_RECORD_FROM_PEER, &merged),
		                 AUTONOMI_OK);
		ck_assert_ptr_null(merged.store);
		an_graph_entry_done(&entry);
	}
	check_value(vector, an_blob_span(held));
	an_blob_unref(held);
}

START_TEST(entries_of_a_fork_are_kept_as_the_sorted_set_of_the_real_node)
{
	ck_assert_uint_eq(vector_each("records", "graph_set", check_graph_set), 3);
}
END_TEST

static void check_scratchpad(const json_t *vector)
{
	const json_t *json = vector_get(vector, "scratchpad");
	struct an_scratchpad scratchpad = {
		.data_encoding = vector_number(json, "data_encoding"),
		.counter = vector_number(json, "counter"),
		.encrypted_data = vector_bytes(json, "encrypted_data"),
	};
	const uint8_t *secret = vector_bytes(vector, "secret_key").data;
	ck_assert_int_eq(an_scratchpad_sign(&scratchpad, secret), AUTONOMI_OK);
	vector_equal(an_span(scratchpad.signature, sizeof(scratchpad.signature)),
	             vector_bytes(json, "signature"));
	ck_assert_uint_eq(an_scratchpad_size(&scratchpad), vector_number(vector, "size"));
	uint8_t hash[AN_HASH_SIZE];
	an_scratchpad_hash(&scratchpad, hash);
	vector_equal(an_span(hash, sizeof(hash)), vector_bytes(vector, "scratchpad_hash"));
	an_buffer_clear(&out);
	ck_assert_int_eq(an_scratchpad_signed_bytes(&scratchpad, &out), AUTONOMI_OK);
	vector_equal(an_buffer_span(&out), vector_bytes(vector, "signed_bytes"));

	an_buffer_clear(&out);
	const an_status status = an_scratchpad_open(&scratchpad, secret, &out);
	ck_assert_msg((status == AUTONOMI_OK) == vector_has(vector, "plaintext"), "%s",
	              vector_id());
	if (status == AUTONOMI_OK)
		vector_equal(an_buffer_span(&out), vector_bytes(vector, "plaintext"));
	begin_value(3);
	an_scratchpad_write(&out, &scratchpad);
	check_value(vector, an_buffer_span(&out));
}

START_TEST(a_scratchpad_is_signed_opened_and_written_as_the_real_crate_does)
{
	ck_assert_uint_eq(vector_each("records", "scratchpad", check_scratchpad), 11);
}
END_TEST

static void check_oversize(const json_t *vector)
{
	if (strcmp(vector_text(vector, "type"), "Scratchpad") != 0)
		return;
	struct an_scratchpad scratchpad = {
		.encrypted_data = vector_payload(vector_get(vector, "encrypted_data"))};
	ck_assert_uint_eq(an_scratchpad_size(&scratchpad), vector_number(vector, "size"));
	ck_assert(an_scratchpad_too_big(&scratchpad) ==
	          json_is_true(vector_get(vector, "is_too_big")));
}

START_TEST(the_largest_scratchpad_is_that_of_the_real_crate)
{
	ck_assert_uint_eq(vector_each("records", "oversize", check_oversize), 5);
}
END_TEST

static bool verify_value(const char *type, struct an_span value)
{
	struct an_reader reader = body(value);
	if (strcmp(type, "Pointer") == 0) {
		struct an_pointer pointer;
		an_pointer_read(&reader, &pointer);
		return an_reader_ok(&reader) && an_pointer_verify(&pointer);
	}
	if (strcmp(type, "Scratchpad") == 0) {
		struct an_scratchpad scratchpad;
		an_scratchpad_read(&reader, &scratch, &scratchpad);
		return an_reader_ok(&reader) && an_scratchpad_verify(&scratchpad) == AUTONOMI_OK;
	}
	ck_assert_str_eq(type, "GraphEntry");
	struct an_graph_set set;
	an_graph_set_read(&reader, &set);
	ck_assert_uint_eq(set.count, 1);
	const bool valid = an_reader_ok(&reader) &&
	                   an_graph_entry_verify(&set.entries[0]) == AUTONOMI_OK;
	an_graph_set_done(&set);
	return valid;
}

static void check_verify(const json_t *vector)
{
	const struct an_span value = vector_bytes(vector, "record_value");
	ck_assert_msg(verify_value(vector_text(vector, "type"), value) ==
	                      json_is_true(vector_get(vector, "valid")),
	              "%s", vector_id());
}

START_TEST(signatures_of_records_are_judged_as_the_real_crate_judges_them)
{
	ck_assert_uint_eq(vector_each("records", "verify", check_verify), 38);
}
END_TEST

static size_t entries_alone;

static void check_decode(const json_t *vector)
{
	const struct an_span value = vector_bytes(vector, "record_value");
	const bool expected = json_is_true(vector_get(vector, "ok"));
	an_buffer_clear(&out);
	if (strcmp(vector_text(vector, "type"), "GraphEntry") == 0) {
		struct an_graph_entry entry;
		struct an_reader reader = body(value);
		an_graph_entry_read(&reader, &entry);
		ck_assert_msg(an_reader_ok(&reader) == expected, "%s", vector_id());
		if (expected) {
			an_graph_entry_write(&out, &entry);
			vector_equal(an_buffer_span(&out), vector_bytes(vector, "body"));
		}
		an_graph_entry_done(&entry);
		entries_alone++;
		return;
	}
	const an_status status = an_record_canonical(value, &out);
	ck_assert_msg((status == AUTONOMI_OK) == expected, "%s: %d", vector_id(), status);
	if (expected)
		vector_equal(an_span(out.data + HEADER, out.size - HEADER),
		             vector_bytes(vector, "body"));
	else
		ck_assert_uint_eq(out.size, 0);
}

START_TEST(unusual_encodings_are_judged_as_the_real_crate_judges_them)
{
	entries_alone = 0;
	ck_assert_uint_eq(vector_each("records", "decode", check_decode), 51);
	ck_assert_uint_eq(entries_alone, 5);
}
END_TEST

static void check_target(const json_t *vector)
{
	const struct an_address target = target_of(vector_get(vector, "target"));
	an_buffer_clear(&out);
	an_pointer_target_write(&out, &target);
	vector_equal(an_buffer_span(&out), vector_bytes(vector, "msgpack"));
	struct an_reader reader = an_reader(an_buffer_span(&out));
	struct an_address again;
	an_pointer_target_read(&reader, &again);
	ck_assert(an_reader_ok(&reader) && an_address_equal(&again, &target));
	uint8_t space[AN_RECORD_NAME_SIZE];
	vector_equal(an_address_record_key(&target, space), vector_bytes(vector, "xorname"));
}

START_TEST(targets_are_written_as_the_real_crate_writes_them)
{
	ck_assert_uint_eq(vector_each("addresses", "pointer_target", check_target), 8);
}
END_TEST

/* ---- Conflicts. */

static const uint8_t secret[AN_BLS_SECRET_SIZE] = {[31] = 3};
static uint8_t key[AN_RECORD_NAME_SIZE];

static struct an_blob *pointer_value(uint64_t counter)
{
	struct an_pointer pointer = {.counter = counter,
	                             .target = {.type = AN_ADDRESS_CHUNK, .size = 32}};
	ck_assert_int_eq(an_pointer_sign(&pointer, secret), AUTONOMI_OK);
	an_owner_key_name(pointer.owner, key);
	begin_value(2);
	an_pointer_write(&out, &pointer);
	return an_blob_copy(an_buffer_span(&out));
}

static struct an_blob *scratchpad_value(uint64_t counter)
{
	static const uint8_t r[AN_BLS_SECRET_SIZE] = {[31] = 9};
	struct an_scratchpad scratchpad = {.counter = counter, .data_encoding = 42};
	an_buffer_clear(&scratch);
	ck_assert_int_eq(an_scratchpad_seal(&scratchpad, secret, r, an_span_text("hello"),
	                                    &scratch),
	                 AUTONOMI_OK);
	begin_value(3);
	an_scratchpad_write(&out, &scratchpad);
	return an_blob_copy(an_buffer_span(&out));
}

static an_status merge(struct an_blob *held, struct an_blob *incoming,
                       struct an_record_merged *ret_merged)
{
	return an_record_merge(key, an_blob_span(held), an_blob_span(incoming), CHUNK_MAX,
	                       AN_RECORD_FROM_PEER, ret_merged);
}

static void expect_stored(struct an_blob *held, struct an_blob *incoming)
{
	struct an_record_merged merged;
	ck_assert_int_eq(merge(held, incoming, &merged), AUTONOMI_OK);
	vector_equal(an_blob_span(merged.store), an_blob_span(incoming));
	an_blob_unref(merged.store);
}

static void expect_kept(struct an_blob *held, struct an_blob *incoming, an_status expected)
{
	struct an_record_merged merged;
	ck_assert_int_eq(merge(held, incoming, &merged), expected);
	ck_assert_ptr_null(merged.store);
}

START_TEST(only_a_higher_counter_replaces_and_the_same_record_is_taken_silently)
{
	struct an_blob *pointers[] = {pointer_value(1), pointer_value(2)};
	struct an_blob *pads[] = {scratchpad_value(1), scratchpad_value(2)};
	for (size_t i = 0; i < 2; i++) {
		struct an_blob **values = i == 0 ? pointers : pads;
		expect_stored(NULL, values[0]);
		expect_stored(values[0], values[1]);
		expect_kept(values[1], values[1], AUTONOMI_OK);
		struct an_record_merged merged;
		ck_assert_int_eq(merge(values[1], values[0], &merged), AUTONOMI_E_OUTDATED);
		ck_assert_uint_eq(merged.error.counter, 1);
		ck_assert_uint_eq(merged.error.expected, 2);
	}
	expect_stored(pads[1], pointers[0]); /* a pointer takes the place of other kinds */
	expect_kept(pointers[0], pads[1], AUTONOMI_E_CORRUPT);
	pads[1]->data[pads[1]->size - 150] ^= 1;
	expect_kept(NULL, pads[1], AUTONOMI_E_CORRUPT);
	key[0] ^= 1;
	expect_kept(NULL, pointers[0], AUTONOMI_E_CORRUPT);
	expect_kept(NULL, pads[0], AUTONOMI_E_CORRUPT);
	for (size_t i = 0; i < 2; i++) {
		an_blob_unref(pointers[i]);
		an_blob_unref(pads[i]);
	}
}
END_TEST

START_TEST(a_chunk_that_is_held_stays_and_one_that_is_too_large_is_refused)
{
	const uint8_t value[] = {0x91, 0, 0xc4, 5, 'h', 'e', 'l', 'l', 'o'};
	struct an_blob *chunk = an_blob_copy(an_span(value, sizeof(value)));
	an_sha3_256(an_span_text("hello"), key);
	expect_stored(NULL, chunk);
	expect_kept(chunk, chunk, AUTONOMI_OK);
	struct an_record_merged merged;
	ck_assert_int_eq(an_record_merge(key, an_span(NULL, 0), an_blob_span(chunk), 4,
	                                 AN_RECORD_FROM_PEER, &merged),
	                 AUTONOMI_E_TOO_LARGE);
	an_blob_unref(chunk);
}
END_TEST

static void check_paid(const json_t *vector)
{
	an_buffer_clear(&out);
	ck_assert_int_eq(an_record_canonical(vector_bytes(vector, "record_value"), &out),
	                 AUTONOMI_OK);
	uint8_t name[AN_RECORD_NAME_SIZE];
	if (vector_has(vector, "name")) {
		memcpy(name, vector_bytes(vector, "name").data, sizeof(name));
		ck_assert_msg(an_record_check(name, an_buffer_span(&out)) == AUTONOMI_OK, "%s",
		              vector_id());
	}
}

START_TEST(what_is_left_of_an_upload_without_its_payment_is_a_good_record)
{
	ck_assert_uint_eq(vector_each("records", "paid", check_paid), 9);
	ck_assert_uint_eq(vector_each("records", "merkle_paid", check_paid), 4);
}
END_TEST

START_TEST(a_graph_record_that_is_checked_gives_its_entries_and_nothing_else_does)
{
	struct an_graph_entry entry = {.content = {7}};
	struct an_graph_set set = {.entries = &entry, .count = 1}, read;
	uint8_t name[AN_RECORD_NAME_SIZE];
	ck_assert_int_eq(an_graph_entry_sign(&entry, secret), AUTONOMI_OK);
	an_owner_key_name(entry.owner, name);
	an_buffer_append(&out, an_span("\x91\x01", HEADER));
	an_graph_set_write(&out, &set);
	ck_assert_int_eq(an_record_check_graph(name, an_buffer_span(&out), &read), AUTONOMI_OK);
	ck_assert_uint_eq(read.count, 1);
	ck_assert_int_eq(an_graph_entry_compare(&read.entries[0], &entry), 0);
	an_graph_set_done(&read);
	/* Bytes behind it, another kind, a payment in front, nothing but a header, nobody's. */
	an_buffer_append_byte(&out, 0xc0);
	ck_assert_int_eq(an_record_check_graph(name, an_buffer_span(&out), &read),
	                 AUTONOMI_E_CORRUPT);
	out.size--;
	for (uint8_t kind = 2; kind <= 11; kind += 9) {
		out.data[1] = kind;
		ck_assert_int_eq(an_record_check_graph(name, an_buffer_span(&out), &read),
		                 AUTONOMI_E_CORRUPT);
	}
	out.data[1] = 1;
	ck_assert_int_eq(an_record_check_graph(name, an_span(out.data, HEADER), &read),
	                 AUTONOMI_E_CORRUPT);
	name[0] ^= 1;
	ck_assert_int_eq(an_record_check_graph(name, an_buffer_span(&out), &read),
	                 AUTONOMI_E_CORRUPT);
}
END_TEST

START_TEST(a_graph_record_with_more_keys_than_we_check_is_refused)
{
	const uint8_t head[] = {0x91, 1, 0xdd, 0, 0, 0x20, 1};
	static uint8_t value[2 << 20];
	memcpy(value, head, sizeof(head));
	uint8_t name[AN_RECORD_NAME_SIZE] = {0};
	ck_assert_int_eq(an_record_check(name, an_span(value, sizeof(value))), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(an_record_canonical(an_span(value, sizeof(value)), &out),
	                 AUTONOMI_E_TOO_LARGE);
}
END_TEST

static void check_reading(const struct an_graph_set *set, an_status expected)
{
	struct an_graph_set again;
	an_buffer_clear(&out);
	an_graph_set_write(&out, set);
	struct an_reader reader = an_reader(an_buffer_span(&out));
	an_graph_set_read(&reader, &again);
	ck_assert_int_eq(reader.failed, expected);
	an_graph_set_done(&again);
}

static void check_keys(size_t parents, size_t descendants, bool fits)
{
	static struct an_graph_parent parent[AN_GRAPH_KEYS_MAX];
	static struct an_graph_descendant descendant[AN_GRAPH_KEYS_MAX];
	struct an_graph_entry entry = {.parents = parent,
	                               .parent_count = parents,
	                               .descendants = descendant,
	                               .descendant_count = descendants};
	const struct an_graph_set set = {.entries = &entry, .count = 1};
	ck_assert_int_eq(an_bls_public_key(secret, entry.owner), AUTONOMI_OK);
	ck_assert_int_eq(an_bls_public_key(secret, parent[0].key), AUTONOMI_OK);
	ck_assert(an_graph_set_too_large(&set) != fits);
	/* Where they fit they are read, and are no keys. */
	check_reading(&set, fits ? AUTONOMI_E_CORRUPT : AUTONOMI_E_TOO_LARGE);
}

/* The entry itself counts as one. */
START_TEST(parents_and_descendants_count_together)
{
	check_keys(1, AN_GRAPH_KEYS_MAX - 2, true);
	check_keys(1, AN_GRAPH_KEYS_MAX - 1, false);
	check_keys(AN_GRAPH_KEYS_MAX - 1, 0, true);
	check_keys(AN_GRAPH_KEYS_MAX, 0, false);
	struct an_graph_entry entry;
	ck_assert_int_eq(an_graph_entry_init(&entry, AN_GRAPH_KEYS_MAX, AN_GRAPH_KEYS_MAX),
	                 AUTONOMI_OK);
	an_graph_entry_done(&entry);
	ck_assert_int_eq(an_graph_entry_init(&entry, AN_GRAPH_KEYS_MAX + 1, 0),
	                 AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(an_graph_entry_init(&entry, 0, AN_GRAPH_KEYS_MAX + 1),
	                 AUTONOMI_E_TOO_LARGE);
}
END_TEST

/* Semantics 2.5: 368 bytes, 48 for each parent, 80 for each descendant. */
START_TEST(an_entry_of_just_the_size_is_not_too_big)
{
	const struct an_graph_entry just = {.parent_count = 2124, .descendant_count = 1};
	ck_assert_uint_eq(an_graph_entry_size(&just), AN_GRAPH_ENTRY_SIZE_MAX);
	ck_assert(!an_graph_entry_too_big(&just));
	const struct an_graph_entry next = {.parent_count = 2126};
	ck_assert_uint_eq(an_graph_entry_size(&next), AN_GRAPH_ENTRY_SIZE_MAX + 16);
	ck_assert(an_graph_entry_too_big(&next));
}
END_TEST

START_TEST(a_graph_record_has_at_most_as_many_entries_as_we_verify)
{
	static struct an_graph_entry entries[AN_GRAPH_FORKS_MAX + 1];
	ck_assert_int_eq(an_graph_entry_sign(&entries[0], secret), AUTONOMI_OK);
	for (size_t i = 1; i <= AN_GRAPH_FORKS_MAX; i++)
		entries[i] = entries[0];
	for (size_t count = AN_GRAPH_FORKS_MAX; count <= AN_GRAPH_FORKS_MAX + 1; count++) {
		struct an_graph_set set = {.entries = entries, .count = count};
		const bool fits = count == AN_GRAPH_FORKS_MAX;
		ck_assert(an_graph_set_too_large(&set) != fits);
		check_reading(&set, fits ? AUTONOMI_OK : AUTONOMI_E_TOO_LARGE);
	}
}
END_TEST

#ifdef AN_FAULT_INJECTION
START_TEST(without_memory_nothing_leaks_and_records_are_not_called_corrupt)
{
	struct an_blob *values[] = {pointer_value(1), scratchpad_value(1), NULL};
	struct an_graph_entry entry;
	ck_assert_int_eq(an_graph_entry_init(&entry, 1, 1), AUTONOMI_OK);
	ck_assert_int_eq(an_bls_public_key(secret, entry.parents[0].key), AUTONOMI_OK);
	ck_assert_int_eq(an_bls_public_key(secret, entry.descendants[0].key), AUTONOMI_OK);
	ck_assert_int_eq(an_graph_entry_sign(&entry, secret), AUTONOMI_OK);
	begin_value(1);
	an_graph_set_write(&out, &(struct an_graph_set){.entries = &entry, .count = 1});
	values[2] = an_blob_copy(an_buffer_span(&out));
	for (size_t i = 0; i < 3; i++) {
		an_status status = AUTONOMI_E_NO_MEMORY;
		for (uint64_t n = 0; status == AUTONOMI_E_NO_MEMORY; n++) {
			struct an_record_merged merged;
			an_memory_fail_after(n);
			status = merge(NULL, values[i], &merged);
			an_memory_fail_after(UINT64_MAX);
			an_blob_unref(merged.store);
		}
		ck_assert_int_eq(status, AUTONOMI_OK);
		an_blob_unref(values[i]);
	}
	an_graph_entry_done(&entry);
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("data/signed records");
	TCase *tcase = tcase_create("vectors");
	tcase_set_timeout(tcase, 120);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_pointer_is_signed_and_written_as_the_real_crate_does);
	tcase_add_test(tcase, a_graph_entry_is_signed_and_written_as_the_real_crate_does);
	tcase_add_test(tcase, entries_of_a_fork_are_kept_as_the_sorted_set_of_the_real_node);
	tcase_add_test(tcase, a_scratchpad_is_signed_opened_and_written_as_the_real_crate_does);
	tcase_add_test(tcase, the_largest_scratchpad_is_that_of_the_real_crate);
	tcase_add_test(tcase, signatures_of_records_are_judged_as_the_real_crate_judges_them);
	tcase_add_test(tcase, unusual_encodings_are_judged_as_the_real_crate_judges_them);
	tcase_add_test(tcase, targets_are_written_as_the_real_crate_writes_them);
	tcase_add_test(tcase, what_is_left_of_an_upload_without_its_payment_is_a_good_record);
	suite_add_tcase(s, tcase);
	TCase *conflicts = tcase_create("conflicts");
	tcase_add_checked_fixture(conflicts, setup, teardown);
	tcase_add_test(conflicts,
	               only_a_higher_counter_replaces_and_the_same_record_is_taken_silently);
	tcase_add_test(conflicts, a_chunk_that_is_held_stays_and_one_that_is_too_large_is_refused);
	tcase_add_test(conflicts,
	               a_graph_record_that_is_checked_gives_its_entries_and_nothing_else_does);
	tcase_add_test(conflicts, a_graph_record_with_more_keys_than_we_check_is_refused);
	tcase_add_test(conflicts, parents_and_descendants_count_together);
	tcase_add_test(conflicts, an_entry_of_just_the_size_is_not_too_big);
	tcase_add_test(conflicts, a_graph_record_has_at_most_as_many_entries_as_we_verify);
#ifdef AN_FAULT_INJECTION
	tcase_add_test(conflicts, without_memory_nothing_leaks_and_records_are_not_called_corrupt);
#endif
	suite_add_tcase(s, conflicts);
	return s;
}
