/* SPDX-License-Identifier: GPL-3.0-or-later */
/* archives.json (README.md). */
#include <string.h>

#include "data/archive.h"
#include "data/derived_keys.h"
#include "data/user_data.h"
#include "vectors/run.h"
#include "wire/msgpack.h"

static const uint8_t *sized(const char *name, size_t size)
{
	const struct an_span bytes = run_bytes(name);
	run_must(bytes.size == size, name);
	return bytes.size == size ? bytes.data : run_memory(size);
}

static void expect_text_number(const char *name, uint64_t number)
{
	run_expect(name, json_of_number(number));
}

/* ---- Archives. */

static json_t *entry_json(enum an_archive_kind kind, const struct an_archive_entry *entry)
{
	const bool is_public = kind == AN_ARCHIVE_PUBLIC;
	json_t *metadata = json_pack("{s:o,s:o,s:o,s:o}", "created", json_of_number(entry->created),
	                             "modified", json_of_number(entry->modified), "size",
	                             json_of_number(entry->size), "extra",
	                             entry->has_extra ? json_of_text(entry->extra) : json_null());
	return json_pack("{s:o,s:o,s:o}", "path", json_of_text(entry->path),
	                 is_public ? "address" : "data_map",
	                 is_public ? json_of_bytes(an_span(entry->address, sizeof(entry->address)))
	                           : json_of_bytes(entry->data_map),
	                 "metadata", metadata);
}

static json_t *entries_json(const struct an_archive *archive)
{
	json_t *entries = json_array();
	for (size_t i = 0; i < archive->count; i++)
		json_array_append_new(entries, entry_json(archive->kind, &archive->entries[i]));
	return entries;
}

static void expect_written(const struct an_archive *archive)
{
	struct an_buffer *out = run_buffer();
	(void)an_archive_encode(archive, out);
	run_expect_bytes("bytes", an_buffer_span(out));
}

static struct an_span text_span(const json_t *value)
{
	return an_span_text(run_text_of(value));
}

static struct an_archive_entry entry_of(enum an_archive_kind kind, const json_t *value)
{
	const json_t *metadata = run_member(value, "metadata");
	const json_t *extra = run_member(metadata, "extra");
	struct an_archive_entry entry = {
		.path = text_span(run_member(value, "path")),
		.created = run_number_of(run_member(metadata, "created")),
		.modified = run_number_of(run_member(metadata, "modified")),
		.size = run_number_of(run_member(metadata, "size")),
		.has_extra = !json_is_null(extra),
	};
	if (entry.has_extra)
		entry.extra = text_span(extra);
	if (kind == AN_ARCHIVE_PRIVATE) {
		entry.data_map = run_bytes_of(run_member(value, "data_map"));
	} else {
		const struct an_span address = run_bytes_of(run_member(value, "address"));
		run_must(address.size == sizeof(entry.address), "address");
		if (address.size == sizeof(entry.address))
			memcpy(entry.address, address.data, address.size);
	}
	return entry;
}

/* Written from its entries, and read again. */
static void check_archive(enum an_archive_kind kind)
{
	const json_t *entries = run_list("entries");
	struct an_archive archive;
	an_archive_init(&archive, kind);
	for (size_t i = json_array_size(entries); i > 0; i--) {
		const struct an_archive_entry entry = entry_of(kind,
		                                               json_array_get(entries, i - 1));
		run_must(an_archive_add(&archive, &entry) == AUTONOMI_OK, "does not add");
	}
	expect_written(&archive);
	an_archive_done(&archive);
	run_must(an_archive_decode(run_bytes("bytes"), kind, run_buffer(), &archive) == AUTONOMI_OK,
	         "does not decode");
	run_expect("entries", entries_json(&archive));
	an_archive_done(&archive);
}

static void check_public_archive(void)
{
	check_archive(AN_ARCHIVE_PUBLIC);
}

static void check_private_archive(void)
{
	check_archive(AN_ARCHIVE_PRIVATE);
}

static void check_archive_decode(void)
{
	struct an_archive archive;
	const bool ok = an_archive_decode(run_bytes("bytes"), AN_ARCHIVE_PUBLIC, run_buffer(),
	                                  &archive) == AUTONOMI_OK;
	run_expect_bool("ok", ok);
	run_expect("entries", ok ? entries_json(&archive) : json_null());
	an_archive_done(&archive);
}

/* The bytes are an archive of one file that was added under the path. */
static void check_path(void)
{
	struct an_archive archive;
	struct an_buffer *path = run_buffer();
	(void)an_archive_path(an_span_text(run_text("input")), path);
	run_expect_text("stored", an_buffer_span(path));
	if (an_archive_decode(run_bytes("bytes"), AN_ARCHIVE_PUBLIC, run_buffer(), &archive) !=
	            AUTONOMI_OK ||
	    archive.count != 1) {
		run_fail("no archive of one");
		return;
	}
	archive.entries[0].path = an_buffer_span(path);
	expect_written(&archive);
	an_archive_done(&archive);
}

static void check_data_map_chunk(void)
{
	struct an_buffer *out = run_buffer();
	const struct an_span bytes = run_bytes("hex");
	expect_text_number("address", an_private_short_name(bytes));
	an_msgpack_write_bin(out, bytes);
	run_expect_bytes("msgpack", an_buffer_span(out));
}

/* ---- User data. */

enum form { BY_ADDRESS, BY_DATA_MAP, BY_OWNER };

static json_t *list_json(const struct an_user_items *list, enum form form)
{
	json_t *json = json_array();
	for (size_t i = 0; i < list->count; i++) {
		const struct an_user_item *item = &list->items[i];
		const struct an_span key = form == BY_DATA_MAP
		                                   ? item->data_map
		                                   : an_span(item->key,
		                                             form == BY_OWNER
		                                                     ? AN_OWNER_KEY_SIZE
		                                                     : AN_RECORD_NAME_SIZE);
		json_array_append_new(json, json_pack("[o,o]", json_of_bytes(key),
		                                      json_of_text(item->name)));
	}
	return json;
}

static json_t *key_json(const struct an_user_data *data, enum an_user_key key)
{
	return data->has_key[key] ? json_of_text(data->keys[key]) : json_null();
}

static json_t *user_data_json(const struct an_user_data *data)
{
	const struct an_user_items *lists = data->lists;
	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "file_archives",
	                 list_json(&lists[AN_USER_FILE_ARCHIVES], BY_ADDRESS),
	                 "private_file_archives",
	                 list_json(&lists[AN_USER_PRIVATE_FILE_ARCHIVES], BY_DATA_MAP),
	                 "register_addresses", list_json(&lists[AN_USER_REGISTERS], BY_OWNER),
	                 "register_key", key_json(data, AN_USER_REGISTER_KEY), "scratchpad_key",
	                 key_json(data, AN_USER_SCRATCHPAD_KEY), "pointer_key",
	                 key_json(data, AN_USER_POINTER_KEY), "public_files",
	                 list_json(&lists[AN_USER_PUBLIC_FILES], BY_ADDRESS), "private_files",
	                 list_json(&lists[AN_USER_PRIVATE_FILES], BY_DATA_MAP));
}

static void check_user_data(void)
{
	struct an_user_data data;
	struct an_buffer *out = run_buffer();
	run_must(an_user_data_decode(run_bytes("bytes"), run_buffer(), &data) == AUTONOMI_OK,
	         "does not decode");
	run_expect("data", user_data_json(&data));
	(void)an_user_data_encode(&data, out);
	run_expect_bytes("bytes", an_buffer_span(out));
	an_user_data_done(&data);
}

static void check_user_data_decode(void)
{
	struct an_user_data data;
	const bool ok = an_user_data_decode(run_bytes("bytes"), run_buffer(), &data) == AUTONOMI_OK;
	run_expect_bool("ok", ok);
	run_expect("data", ok ? user_data_json(&data) : json_null());
	an_user_data_done(&data);
}

/* ---- Keys. */

static void expect_public_of(const char *name, const uint8_t secret[AN_BLS_SECRET_SIZE])
{
	uint8_t key[AN_OWNER_KEY_SIZE] = {0};
	run_must(an_bls_public_key(secret, key) == AUTONOMI_OK, "no secret key");
	run_expect_bytes(name, an_span(key, sizeof(key)));
}

static void expect_name_of(const char *name, const uint8_t owner[AN_OWNER_KEY_SIZE])
{
	uint8_t hash[AN_RECORD_NAME_SIZE];
	an_owner_key_name(owner, hash);
	run_expect_bytes(name, an_span(hash, sizeof(hash)));
}

static void expect_vault_secret(struct an_span signature)
{
	uint8_t secret[AN_BLS_SECRET_SIZE] = {0};
	run_must(an_vault_secret(signature, secret) == AUTONOMI_OK, "no vault key");
	run_expect_bytes("vault_secret_key", an_span(secret, sizeof(secret)));
}

static void expect_heads(const uint8_t secret[AN_BLS_SECRET_SIZE], const char *name)
{
	uint8_t key[AN_OWNER_KEY_SIZE] = {0};
	uint8_t head[AN_OWNER_KEY_SIZE] = {0};
	uint8_t head_secret[AN_BLS_SECRET_SIZE] = {0};
	run_must(an_bls_public_key(secret, key) == AUTONOMI_OK &&
	                 an_head_public_key(key, head) == AUTONOMI_OK &&
	                 an_head_secret(secret, head_secret) == AUTONOMI_OK,
	         "no head");
	run_expect_bytes(name, an_span(head, sizeof(head)));
	expect_public_of(name, head_secret);
}

static void check_vault_key(void)
{
	uint8_t signature[AN_SECP256K1_SIGNATURE_SIZE] = {0};
	const struct an_span span = an_span(signature, sizeof(signature));
	run_must(an_vault_signature(sized("evm_secret_key", AN_SECP256K1_SECRET_SIZE), signature) ==
	                 AUTONOMI_OK,
	         "does not sign");
	run_expect_bytes("signature", span);
	expect_vault_secret(span);
	expect_public_of("vault_public_key", sized("vault_secret_key", AN_BLS_SECRET_SIZE));
	expect_heads(run_bytes("vault_secret_key").data, "head_public_key");
}

static void check_vault_signature(void)
{
	expect_vault_secret(run_bytes("signature"));
}

static void check_vault_constants(void)
{
	run_expect_integer("max_content_per_scratchpad", AN_VAULT_PIECE_SIZE);
	run_expect_integer("scratchpads_per_graph_entry", AN_VAULT_PIECES_PER_ENTRY);
	expect_text_number("user_data_content_type", an_user_data_content_type());
}

static void check_content_type(void)
{
	expect_text_number("content_type", an_vault_content_type(an_span_text(run_text("name"))));
}

static void check_register(void)
{
	const uint8_t *secret = sized("secret_key", AN_BLS_SECRET_SIZE);
	expect_public_of("address", secret);
	expect_public_of("graph_root", secret);
	expect_name_of("graph_root_name", sized("graph_root", AN_OWNER_KEY_SIZE));
	expect_heads(secret, "head_pointer");
	expect_name_of("head_pointer_name", sized("head_pointer", AN_OWNER_KEY_SIZE));
}

static void check_register_name(void)
{
	uint8_t secret[AN_BLS_SECRET_SIZE] = {0};
	run_must(an_register_secret(sized("secret_key", AN_BLS_SECRET_SIZE),
	                            an_span_text(run_text("name")), secret) == AUTONOMI_OK,
	         "no key");
	run_expect_bytes("register_secret_key", an_span(secret, sizeof(secret)));
	expect_public_of("address", secret);
}

static void check_register_value(void)
{
	uint8_t content[AN_GRAPH_CONTENT_SIZE];
	struct an_buffer *words = run_buffer();
	const struct an_span input = run_bytes("input");
	const bool ok = an_register_value(input, content) == AUTONOMI_OK;
	an_register_value_display_fault(input.size, words);
	run_expect("value", ok ? json_of_bytes(an_span(content, sizeof(content))) : json_null());
	run_expect("error", ok ? json_null() : json_of_text(an_buffer_span(words)));
}

/* A derived public key is written as its hex text, the others as integers. */
static void check_derivation(void)
{
	uint8_t secret[AN_BLS_SECRET_SIZE] = {0};
	uint8_t key[AN_OWNER_KEY_SIZE] = {0};
	struct an_buffer *out = run_buffer();
	const struct an_span index = run_bytes("index");
	const uint8_t *main_secret = sized("main_secret_key", AN_BLS_SECRET_SIZE);
	expect_public_of("main_public_key", main_secret);
	run_must(an_bls_child_secret(main_secret, index, secret) == AUTONOMI_OK &&
	                 an_bls_child_public(sized("main_public_key", AN_OWNER_KEY_SIZE), index,
	                                     key) == AUTONOMI_OK,
	         "does not derive");
	run_expect_bytes("derived_secret_key", an_span(secret, sizeof(secret)));
	run_expect_bytes("derived_public_key", an_span(key, sizeof(key)));
	expect_public_of("derived_public_key", secret);
	run_expect_integers("main_secret_key_msgpack", NULL, run_bytes("main_secret_key"));
	run_expect_integers("main_public_key_msgpack", NULL, run_bytes("main_public_key"));
	run_expect_integers("index_msgpack", NULL, index);
	an_msgpack_write_name(out, run_text("derived_public_key"));
	run_expect_bytes("derived_public_key_msgpack", an_buffer_span(out));
}

const struct run_kind run_archives[] = {
	{"archives", "public_archive", check_public_archive},
	{"archives", "private_archive", check_private_archive},
	{NULL, "archive_decode", check_archive_decode},
	{"archives", "path", check_path},
	{"archives", "data_map_chunk", check_data_map_chunk},
	{"archives", "user_data", check_user_data},
	{NULL, "user_data_decode", check_user_data_decode},
	{"archives", "vault_key", check_vault_key},
	{"archives", "vault_signature", check_vault_signature},
	{"archives", "vault_constants", check_vault_constants},
	{"archives", "content_type", check_content_type},
	{"archives", "register", check_register},
	{"archives", "register_name", check_register_name},
	{"archives", "register_value", check_register_value},
	{"archives", "derivation", check_derivation},
	{NULL, NULL, NULL},
};
