/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Archives, and the keys of registers and vaults, against the real crates. */
#include "data/archive.h"

#include <check.h>
#include <stdlib.h>

#include "base/memory.h"
#include "data/derived_keys.h"
#include "harness.h"
#include "vectors/vector.h"

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

static void bytes_equal(const uint8_t *actual, size_t size, const json_t *object, const char *name)
{
	vector_equal(an_span(actual, size), vector_bytes(object, name));
}

/* ---- Archives. */

static struct an_archive_entry entry_of(const json_t *json)
{
	const json_t *metadata = vector_get(json, "metadata");
	struct an_archive_entry entry = {
		.path = an_span_text(vector_text(json, "path")),
		.created = vector_number(metadata, "created"),
		.modified = vector_number(metadata, "modified"),
		.size = vector_number(metadata, "size"),
		.has_extra = vector_has(metadata, "extra"),
	};
	if (entry.has_extra)
		entry.extra = an_span_text(vector_text(metadata, "extra"));
	if (vector_has(json, "data_map"))
		entry.data_map = vector_bytes(json, "data_map");
	else
		memcpy(entry.address, vector_bytes(json, "address").data, sizeof(entry.address));
	return entry;
}

static void entries_equal(const struct an_archive *archive, const json_t *entries)
{
	ck_assert_uint_eq(archive->count, json_array_size(entries));
	for (size_t i = 0; i < archive->count; i++) {
		const struct an_archive_entry expected = entry_of(json_array_get(entries, i));
		const struct an_archive_entry *actual = &archive->entries[i];
		vector_equal(actual->path, expected.path);
		vector_equal(actual->data_map, expected.data_map);
		vector_equal(an_span(actual->address, sizeof(actual->address)),
		             an_span(expected.address, sizeof(expected.address)));
		ck_assert_uint_eq(actual->created, expected.created);
		ck_assert_uint_eq(actual->modified, expected.modified);
		ck_assert_uint_eq(actual->size, expected.size);
		ck_assert(actual->has_extra == expected.has_extra);
		vector_equal(actual->extra, expected.extra);
	}
}

/* Written from its entries, added last first, and read again. */
static void check_archive(const json_t *vector, enum an_archive_kind kind)
{
	const json_t *entries = vector_get(vector, "entries");
	struct an_archive archive;
	an_archive_init(&archive, kind);
	for (size_t i = json_array_size(entries); i > 0; i--) {
		const struct an_archive_entry entry = entry_of(json_array_get(entries, i - 1));
		ck_assert_int_eq(an_archive_add(&archive, &entry), AUTONOMI_OK);
		ck_assert_int_eq(an_archive_add(&archive, &entry), AUTONOMI_OK);
		ck_assert_ptr_nonnull(an_archive_find(&archive, entry.path));
	}
	ck_assert_ptr_null(an_archive_find(&archive, an_span_text("no such path")));
	an_buffer_clear(&out);
	ck_assert_int_eq(an_archive_encode(&archive, &out), AUTONOMI_OK);
	vector_equal(an_buffer_span(&out), vector_bytes(vector, "bytes"));
	an_archive_done(&archive);
	ck_assert_int_eq(an_archive_decode(vector_bytes(vector, "bytes"), kind, &scratch, &archive),
	                 AUTONOMI_OK);
	entries_equal(&archive, entries);
	an_archive_done(&archive);
}

static void check_public(const json_t *vector)
{
	check_archive(vector, AN_ARCHIVE_PUBLIC);
}

static void check_private(const json_t *vector)
{
	check_archive(vector, AN_ARCHIVE_PRIVATE);
}

START_TEST(archives_are_written_and_read_as_the_real_crate_does)
{
	ck_assert_uint_eq(vector_each("archives", "public_archive", check_public), 6);
	ck_assert_uint_eq(vector_each("archives", "private_archive", check_private), 6);
}
END_TEST

static void check_decode(const json_t *vector)
{
	struct an_archive archive;
	const an_status status = an_archive_decode(vector_bytes(vector, "bytes"), AN_ARCHIVE_PUBLIC,
	                                           &scratch, &archive);
	ck_assert_msg((status == AUTONOMI_OK) == json_is_true(vector_get(vector, "ok")), "%s",
	              vector_id());
	if (status != AUTONOMI_OK)
		return;
	entries_equal(&archive, vector_get(vector, "entries"));
	an_archive_done(&archive);
}

START_TEST(unusual_archives_are_judged_as_the_real_crate_judges_them)
{
	ck_assert_uint_eq(vector_each("archives", "archive_decode", check_decode), 9);
}
END_TEST

static void check_path(const json_t *vector)
{
	an_buffer_clear(&out);
	ck_assert_int_eq(an_archive_path(an_span_text(vector_text(vector, "input")), &out),
	                 AUTONOMI_OK);
	vector_equal(an_buffer_span(&out), an_span_text(vector_text(vector, "stored")));
	struct an_archive archive;
	ck_assert_int_eq(an_archive_decode(vector_bytes(vector, "bytes"), AN_ARCHIVE_PUBLIC,
	                                   &scratch, &archive),
	                 AUTONOMI_OK);
	ck_assert_uint_eq(archive.count, 1);
	vector_equal(archive.entries[0].path, an_buffer_span(&out));
	an_archive_done(&archive);
}

START_TEST(paths_are_normalised_as_the_real_crate_does)
{
	ck_assert_uint_eq(vector_each("archives", "path", check_path), 12);
}
END_TEST

START_TEST(paths_are_ordered_by_their_parts)
{
	static const char *const ordered[] = {"", "/", "/a", "./a", "..", "a", "a/b", "a-b", "b"};
	for (size_t i = 0; i < sizeof(ordered) / sizeof(ordered[0]); i++)
		for (size_t k = 0; k < sizeof(ordered) / sizeof(ordered[0]); k++) {
			const int order = an_archive_path_compare(an_span_text(ordered[i]),
			                                          an_span_text(ordered[k]));
			ck_assert_int_eq((order > 0) - (order < 0), (i > k) - (i < k));
		}
	ck_assert_int_eq(an_archive_path_compare(an_span_text("a//b/./"), an_span_text("a/b")), 0);
}
END_TEST

START_TEST(an_empty_path_stays_empty)
{
	an_buffer_clear(&out);
	ck_assert_int_eq(an_archive_path(an_span(NULL, 0), &out), AUTONOMI_OK);
	ck_assert_uint_eq(out.size, 0);
}
END_TEST

/* A map may come in any order and name a path twice. */
START_TEST(entries_in_any_order_are_ordered_and_of_a_path_the_last_one_counts)
{
	enum { PATHS = 1000, TWICE = 10 };
	static char texts[PATHS + TWICE][16];
	static struct an_archive_entry entries[PATHS + TWICE];
	struct an_archive archive = {.entries = entries,
	                             .count = PATHS + TWICE,
	                             .capacity = PATHS + TWICE};
	for (size_t i = 0; i < PATHS + TWICE; i++) {
		const size_t number = i < PATHS ? PATHS - 1 - i : i - PATHS;
		if (number > 0) /* the first path is the empty one */
			snprintf(texts[i], sizeof(texts[i]), i < PATHS ? "%04zu" : "%04zu/",
			         number);
		entries[i] = (struct an_archive_entry){.path = an_span_text(texts[i]), .size = i};
	}
	an_buffer_clear(&out);
	ck_assert_int_eq(an_archive_encode(&archive, &out), AUTONOMI_OK);
	struct an_archive read;
	ck_assert_int_eq(an_archive_decode(an_buffer_span(&out), AN_ARCHIVE_PUBLIC, &scratch,
	                                   &read),
	                 AUTONOMI_OK);
	ck_assert_uint_eq(read.count, PATHS);
	for (size_t i = 0; i < PATHS; i++) {
		vector_equal(read.entries[i].path, an_span_text(texts[PATHS - 1 - i]));
		ck_assert_uint_eq(read.entries[i].size, i < TWICE ? PATHS + i : PATHS - 1 - i);
	}
	an_archive_done(&read);
}
END_TEST

#ifdef AN_FAULT_INJECTION
static void check_without_memory(const json_t *vector)
{
	const struct an_span bytes = vector_bytes(vector, "bytes");
	struct an_archive archive;
	an_memory_fail_after(0);
	const an_status status = an_archive_decode(bytes, AN_ARCHIVE_PUBLIC, &scratch, &archive);
	an_memory_fail_after(UINT64_MAX);
	const bool is_empty = json_array_size(vector_get(vector, "entries")) == 0;
	ck_assert_int_eq(status, is_empty ? AUTONOMI_OK : AUTONOMI_E_NO_MEMORY);
}

START_TEST(without_memory_an_archive_is_not_called_corrupt)
{
	ck_assert_uint_eq(vector_each("archives", "public_archive", check_without_memory), 6);
}
END_TEST
#endif

/* ---- Registers and vaults. */

static void check_register(const json_t *vector)
{
	const uint8_t *secret = vector_bytes(vector, "secret_key").data;
	uint8_t key[AN_OWNER_KEY_SIZE], head[AN_OWNER_KEY_SIZE], again[AN_OWNER_KEY_SIZE];
	uint8_t name[AN_RECORD_NAME_SIZE], head_secret[AN_BLS_SECRET_SIZE];
	ck_assert_int_eq(an_bls_public_key(secret, key), AUTONOMI_OK);
	bytes_equal(key, sizeof(key), vector, "address");
	bytes_equal(key, sizeof(key), vector, "graph_root");
	an_owner_key_name(key, name);
	bytes_equal(name, sizeof(name), vector, "graph_root_name");
	ck_assert_int_eq(an_head_public_key(key, head), AUTONOMI_OK);
	bytes_equal(head, sizeof(head), vector, "head_pointer");
	an_owner_key_name(head, name);
	bytes_equal(name, sizeof(name), vector, "head_pointer_name");
	ck_assert_int_eq(an_head_secret(secret, head_secret), AUTONOMI_OK);
	ck_assert_int_eq(an_bls_public_key(head_secret, again), AUTONOMI_OK);
	ck_assert_mem_eq(again, head, sizeof(head));
}

static void check_register_name(const json_t *vector)
{
	uint8_t secret[AN_BLS_SECRET_SIZE], key[AN_OWNER_KEY_SIZE];
	ck_assert_int_eq(an_register_secret(vector_bytes(vector, "secret_key").data,
	                                    an_span_text(vector_text(vector, "name")), secret),
	                 AUTONOMI_OK);
	bytes_equal(secret, sizeof(secret), vector, "register_secret_key");
	ck_assert_int_eq(an_bls_public_key(secret, key), AUTONOMI_OK);
	bytes_equal(key, sizeof(key), vector, "address");
}

static void check_register_value(const json_t *vector)
{
	uint8_t content[AN_GRAPH_CONTENT_SIZE];
	const an_status status = an_register_value(vector_bytes(vector, "input"), content);
	ck_assert_int_eq(status, vector_has(vector, "value") ? AUTONOMI_OK : AUTONOMI_E_TOO_LARGE);
	if (status == AUTONOMI_OK) {
		bytes_equal(content, sizeof(content), vector, "value");
		return;
	}
	an_buffer_clear(&out);
	an_register_value_display_fault(vector_bytes(vector, "input").size, &out);
	vector_equal(an_buffer_span(&out), an_span_text(vector_text(vector, "error")));
}

static void check_derivation(const json_t *vector)
{
	const struct an_span index = vector_bytes(vector, "index");
	uint8_t secret[AN_BLS_SECRET_SIZE], key[AN_OWNER_KEY_SIZE];
	ck_assert_int_eq(an_bls_child_secret(vector_bytes(vector, "main_secret_key").data, index,
	                                     secret),
	                 AUTONOMI_OK);
	bytes_equal(secret, sizeof(secret), vector, "derived_secret_key");
	ck_assert_int_eq(an_bls_child_public(vector_bytes(vector, "main_public_key").data, index,
	                                     key),
	                 AUTONOMI_OK);
	bytes_equal(key, sizeof(key), vector, "derived_public_key");
}

START_TEST(registers_have_the_keys_and_values_of_the_real_crate)
{
	ck_assert_uint_eq(vector_each("archives", "register", check_register), 3);
	ck_assert_uint_eq(vector_each("archives", "register_name", check_register_name), 9);
	ck_assert_uint_eq(vector_each("archives", "register_value", check_register_value), 5);
	ck_assert_uint_eq(vector_each("archives", "derivation", check_derivation), 3);
}
END_TEST

static void check_vault_signature(const json_t *vector)
{
	uint8_t secret[AN_BLS_SECRET_SIZE];
	ck_assert_int_eq(an_vault_secret(vector_bytes(vector, "signature"), secret), AUTONOMI_OK);
	bytes_equal(secret, sizeof(secret), vector, "vault_secret_key");
}

static void check_vault_key(const json_t *vector)
{
	uint8_t signature[AN_SECP256K1_SIGNATURE_SIZE];
	ck_assert_int_eq(an_vault_signature(vector_bytes(vector, "evm_secret_key").data, signature),
	                 AUTONOMI_OK);
	bytes_equal(signature, sizeof(signature), vector, "signature");
	check_vault_signature(vector);
	uint8_t key[AN_OWNER_KEY_SIZE], head[AN_OWNER_KEY_SIZE];
	ck_assert_int_eq(an_bls_public_key(vector_bytes(vector, "vault_secret_key").data, key),
	                 AUTONOMI_OK);
	bytes_equal(key, sizeof(key), vector, "vault_public_key");
	ck_assert_int_eq(an_head_public_key(key, head), AUTONOMI_OK);
	bytes_equal(head, sizeof(head), vector, "head_public_key");
}

static void check_vault_constants(const json_t *vector)
{
	ck_assert_uint_eq(AN_VAULT_PIECE_SIZE, vector_number(vector, "max_content_per_scratchpad"));
	ck_assert_uint_eq(AN_VAULT_PIECES_PER_ENTRY,
	                  vector_number(vector, "scratchpads_per_graph_entry"));
	ck_assert_uint_eq(an_user_data_content_type(),
	                  vector_number(vector, "user_data_content_type"));
}

static void check_evm_signature(const json_t *vector)
{
	uint8_t hash[AN_EVM_HASH_SIZE], signature[AN_SECP256K1_SIGNATURE_SIZE];
	const struct an_span message = vector_bytes(vector, "message");
	an_evm_message_hash(message, hash);
	bytes_equal(hash, sizeof(hash), vector, "message_hash");
	ck_assert_int_eq(an_evm_sign_message(vector_bytes(vector, "secret_key").data, message,
	                                     signature),
	                 AUTONOMI_OK);
	bytes_equal(signature, sizeof(signature), vector, "signature");
}

START_TEST(messages_are_signed_with_an_evm_key_as_the_real_crate_does)
{
	ck_assert_uint_eq(vector_each("payments", "evm_sign_message", check_evm_signature), 6);
}
END_TEST

static void check_content_type(const json_t *vector)
{
	ck_assert_uint_eq(an_vault_content_type(an_span_text(vector_text(vector, "name"))),
	                  vector_number(vector, "content_type"));
}

static void check_short_name(const json_t *vector)
{
	ck_assert_uint_eq(an_private_short_name(vector_bytes(vector, "hex")),
	                  vector_number(vector, "address"));
}

START_TEST(vaults_have_the_keys_and_content_types_of_the_real_crate)
{
	ck_assert_uint_eq(vector_each("archives", "vault_key", check_vault_key), 4);
	ck_assert_uint_eq(vector_each("archives", "vault_signature", check_vault_signature), 2);
	ck_assert_uint_eq(vector_each("archives", "vault_constants", check_vault_constants), 1);
	ck_assert_uint_eq(vector_each("archives", "content_type", check_content_type), 7);
	ck_assert_uint_eq(vector_each("archives", "data_map_chunk", check_short_name), 4);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("data/archive");
	TCase *tcase = tcase_create("vectors");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, archives_are_written_and_read_as_the_real_crate_does);
	tcase_add_test(tcase, unusual_archives_are_judged_as_the_real_crate_judges_them);
	tcase_add_test(tcase, paths_are_normalised_as_the_real_crate_does);
	tcase_add_test(tcase, paths_are_ordered_by_their_parts);
	tcase_add_test(tcase, an_empty_path_stays_empty);
	tcase_add_test(tcase, entries_in_any_order_are_ordered_and_of_a_path_the_last_one_counts);
	tcase_add_test(tcase, registers_have_the_keys_and_values_of_the_real_crate);
	tcase_add_test(tcase, vaults_have_the_keys_and_content_types_of_the_real_crate);
	tcase_add_test(tcase, messages_are_signed_with_an_evm_key_as_the_real_crate_does);
#ifdef AN_FAULT_INJECTION
	tcase_add_test(tcase, without_memory_an_archive_is_not_called_corrupt);
#endif
	suite_add_tcase(s, tcase);
	return s;
}
