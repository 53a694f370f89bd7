/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Registers, vaults and user data through the public functions, against the real crates. */
#include <string.h>

#include "harness.h"
#include "unit/api/data_support.h"

enum { PUBLIC = AUTONOMI_PUBLIC_KEY_SIZE, SECRET = AUTONOMI_SECRET_KEY_SIZE };

static const uint8_t seed[AUTONOMI_SEED_SIZE] = {3};
static uint8_t no_secret[SECRET];

static void setup(void)
{
	memset(no_secret, 0xff, sizeof(no_secret));
}

/* ---- Registers. */

static void check_register(const json_t *vector)
{
	const uint8_t *secret = vector_bytes(vector, "secret_key").data;
	uint8_t address[PUBLIC], head[PUBLIC], name[AUTONOMI_ADDRESS_MAX];
	size_t size;
	ck_assert_int_eq(autonomi_bls_public_key(secret, address), AUTONOMI_OK);
	data_equal(address, sizeof(address), vector, "address");
	ck_assert_int_eq(autonomi_register_head_public(address, head), AUTONOMI_OK);
	data_equal(head, sizeof(head), vector, "head_pointer");
	ck_assert_int_eq(autonomi_address_record_key(AUTONOMI_ADDRESS_POINTER, head, PUBLIC, name,
	                                             &size),
	                 AUTONOMI_OK);
	data_equal(name, size, vector, "head_pointer_name");
}

static void check_name(const json_t *vector)
{
	uint8_t secret[SECRET], address[PUBLIC];
	const char *name = vector_text(vector, "name");
	ck_assert_int_eq(autonomi_register_key(vector_bytes(vector, "secret_key").data,
	                                       (const uint8_t *)name, strlen(name), secret),
	                 AUTONOMI_OK);
	data_equal(secret, sizeof(secret), vector, "register_secret_key");
	ck_assert_int_eq(autonomi_bls_public_key(secret, address), AUTONOMI_OK);
	data_equal(address, sizeof(address), vector, "address");
}

static void check_value(const json_t *vector)
{
	const struct an_span input = vector_bytes(vector, "input");
	uint8_t content[AUTONOMI_GRAPH_CONTENT_SIZE];
	const autonomi_status status = autonomi_register_value(input.data, input.size, content);
	if (!vector_has(vector, "value")) {
		ck_assert_int_eq(status, AUTONOMI_E_TOO_LARGE);
		return;
	}
	ck_assert_int_eq(status, AUTONOMI_OK);
	data_equal(content, sizeof(content), vector, "value");
}

START_TEST(keys_and_values_of_registers_are_those_of_the_real_crate)
{
	ck_assert_uint_gt(vector_each("archives", "register", check_register), 0);
	ck_assert_uint_gt(vector_each("archives", "register_name", check_name), 0);
	ck_assert_uint_gt(vector_each("archives", "register_value", check_value), 0);
}
END_TEST

static autonomi_graph_entry *next_entry(const uint8_t *secret, const autonomi_graph_entry *before,
                                        const char *value)
{
	autonomi_graph_entry *entry = NULL;
	ck_assert_int_eq(autonomi_register_entry(secret, before, (const uint8_t *)value,
	                                         strlen(value), NULL, &entry),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_graph_entry_verify(entry), AUTONOMI_OK);
	return entry;
}

START_TEST(a_register_is_a_chain_that_can_be_walked)
{
	uint8_t secret[SECRET], address[PUBLIC], next[PUBLIC], head[PUBLIC];
	autonomi_graph_entry_view first_view, second_view, third_view;
	autonomi_pointer *pointer = NULL;
	autonomi_pointer_view pointer_view;
	ck_assert_int_eq(autonomi_bls_secret_generate(seed, secret), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_bls_public_key(secret, address), AUTONOMI_OK);
	autonomi_graph_entry *first = next_entry(secret, NULL, "first");
	autonomi_graph_entry *second = next_entry(secret, first, "second");
	autonomi_graph_entry *third = next_entry(secret, second, "third");
	autonomi_graph_entry_get_view(first, &first_view, sizeof(first_view));
	autonomi_graph_entry_get_view(second, &second_view, sizeof(second_view));
	autonomi_graph_entry_get_view(third, &third_view, sizeof(third_view));
	ck_assert_mem_eq(first_view.owner, address, PUBLIC);
	ck_assert_uint_eq(first_view.parent_count, 0);
	ck_assert_uint_eq(first_view.descendant_count, 1);
	ck_assert_str_eq((const char *)third_view.content, "third");
	ck_assert_int_eq(autonomi_register_next_owner(address, first, next), AUTONOMI_OK);
	ck_assert_mem_eq(next, second_view.owner, PUBLIC);
	ck_assert_uint_eq(second_view.parent_count, 1);
	ck_assert_mem_eq(second_view.parents, address, PUBLIC);
	ck_assert_int_eq(autonomi_register_next_owner(address, second, next), AUTONOMI_OK);
	ck_assert_mem_eq(next, third_view.owner, PUBLIC);
	ck_assert_int_eq(autonomi_register_head(secret, third, 2, &pointer), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_pointer_verify(pointer), AUTONOMI_OK);
	autonomi_pointer_get_view(pointer, &pointer_view, sizeof(pointer_view));
	ck_assert_int_eq(autonomi_register_head_public(address, head), AUTONOMI_OK);
	ck_assert_mem_eq(pointer_view.owner, head, PUBLIC);
	ck_assert_mem_eq(pointer_view.target, third_view.owner, PUBLIC);
	ck_assert_uint_eq(pointer_view.target_type, AUTONOMI_ADDRESS_GRAPH_ENTRY);
	autonomi_pointer_free(pointer);
	autonomi_graph_entry_free(first);
	autonomi_graph_entry_free(second);
	autonomi_graph_entry_free(third);
}
END_TEST

START_TEST(arguments_of_registers_are_checked)
{
	uint8_t secret[SECRET], other[SECRET], out[PUBLIC], no_key[PUBLIC] = {1};
	uint8_t content[AUTONOMI_GRAPH_CONTENT_SIZE + 1] = {0};
	autonomi_graph_entry *entry = NULL, *lonely = NULL, *next = NULL;
	autonomi_pointer *pointer = NULL;
	ck_assert_int_eq(autonomi_bls_secret_generate(NULL, secret), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_bls_secret_generate(NULL, other), AUTONOMI_OK);
	entry = next_entry(secret, NULL, "");
	ck_assert_int_eq(autonomi_graph_entry_new(secret, NULL, 0, content, NULL, 0, &lonely),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_register_key(NULL, content, 1, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_register_key(no_secret, content, 1, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_register_value(NULL, 1, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_register_head_public(NULL, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_register_head_public(no_key, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_register_entry(NULL, NULL, content, 1, NULL, &next),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_register_entry(no_secret, NULL, content, 1, NULL, &next),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_register_entry(secret, NULL, content, sizeof(content), NULL,
	                                         &next),
	                 AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(autonomi_register_entry(other, entry, content, 1, NULL, &next),
	                 AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_register_entry(secret, lonely, content, 1, NULL, &next),
	                 AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_register_head(NULL, entry, 0, &pointer), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_register_head(no_secret, entry, 0, &pointer), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_bls_public_key(other, out), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_register_next_owner(out, entry, out), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_register_next_owner(out, lonely, out), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_register_next_owner(no_key, entry, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_register_next_owner(NULL, entry, out), AUTONOMI_E_INVALID);
	ck_assert_ptr_null(next);
	ck_assert_ptr_null(pointer);
	autonomi_graph_entry_free(entry);
	autonomi_graph_entry_free(lonely);
}
END_TEST

/* ---- Vaults. */

static void check_vault_key(const json_t *vector)
{
	uint8_t secret[SECRET], address[PUBLIC], head[PUBLIC];
	const struct an_span signature = vector_bytes(vector, "signature");
	ck_assert_int_eq(autonomi_vault_key(signature.data, signature.size, secret), AUTONOMI_OK);
	data_equal(secret, sizeof(secret), vector, "vault_secret_key");
	memset(secret, 0, sizeof(secret));
	ck_assert_int_eq(autonomi_vault_key_of_evm(vector_bytes(vector, "evm_secret_key").data,
	                                           secret),
	                 AUTONOMI_OK);
	data_equal(secret, sizeof(secret), vector, "vault_secret_key");
	ck_assert_int_eq(autonomi_bls_public_key(secret, address), AUTONOMI_OK);
	data_equal(address, sizeof(address), vector, "vault_public_key");
	ck_assert_int_eq(autonomi_vault_head_public(address, head), AUTONOMI_OK);
	data_equal(head, sizeof(head), vector, "head_public_key");
}

static void check_signature(const json_t *vector)
{
	uint8_t secret[SECRET];
	const struct an_span signature = vector_bytes(vector, "signature");
	ck_assert_int_eq(autonomi_vault_key(signature.data, signature.size, secret), AUTONOMI_OK);
	data_equal(secret, sizeof(secret), vector, "vault_secret_key");
}

static void check_content_type(const json_t *vector)
{
	uint64_t type = 0;
	ck_assert_int_eq(autonomi_vault_content_type(vector_text(vector, "name"), &type),
	                 AUTONOMI_OK);
	ck_assert_uint_eq(type, vector_number(vector, "content_type"));
}

static void check_short_name(const json_t *vector)
{
	uint64_t name = 0;
	const struct an_span map = vector_bytes(vector, "hex");
	ck_assert_int_eq(autonomi_private_short_name(map.data, map.size, &name), AUTONOMI_OK);
	ck_assert_uint_eq(name, vector_number(vector, "address"));
}

static void check_constants(const json_t *vector)
{
	ck_assert_uint_eq(vector_number(vector, "max_content_per_scratchpad"),
	                  AUTONOMI_VAULT_PIECE_SIZE);
	ck_assert_uint_eq(vector_number(vector, "scratchpads_per_graph_entry"),
	                  AUTONOMI_VAULT_PIECES_PER_ENTRY);
}

START_TEST(keys_and_content_types_of_vaults_are_those_of_the_real_crate)
{
	uint64_t number;
	uint8_t secret[SECRET];
	ck_assert_uint_gt(vector_each("archives", "vault_key", check_vault_key), 0);
	ck_assert_uint_gt(vector_each("archives", "vault_signature", check_signature), 0);
	ck_assert_uint_gt(vector_each("archives", "content_type", check_content_type), 0);
	ck_assert_uint_gt(vector_each("archives", "data_map_chunk", check_short_name), 0);
	ck_assert_uint_gt(vector_each("archives", "vault_constants", check_constants), 0);
	ck_assert_int_eq(autonomi_vault_key(NULL, 64, secret), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_vault_key_of_evm(NULL, secret), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_vault_key_of_evm(no_secret, secret), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_vault_content_type(NULL, &number), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_private_short_name(NULL, 1, &number), AUTONOMI_E_INVALID);
}
END_TEST

/* ---- User data. */

static const char *const list_names[] = {"file_archives", "private_file_archives",
                                         "register_addresses", "public_files", "private_files"};
static const char *const key_names[] = {"register_key", "scratchpad_key", "pointer_key"};

static autonomi_user_data *data_of(const json_t *json)
{
	autonomi_user_data *data = autonomi_user_data_new();
	for (uint32_t list = 0; list < 5; list++) {
		const json_t *items = vector_get(json, list_names[list]);
		for (size_t i = 0; i < json_array_size(items); i++) {
			const json_t *item = json_array_get(items, i);
			const struct an_span key = vector_unhex(
				json_string_value(json_array_get(item, 0)));
			const char *name = json_string_value(json_array_get(item, 1));
			ck_assert_int_eq(autonomi_user_data_add(data, list, key.data, key.size,
			                                        "another name"),
			                 AUTONOMI_OK);
			ck_assert_int_eq(autonomi_user_data_add(data, list, key.data, key.size,
			                                        name),
			                 AUTONOMI_OK);
		}
	}
	for (uint32_t which = 0; which < 3; which++) {
		ck_assert_int_eq(autonomi_user_data_set_key(data, which, "00"), AUTONOMI_OK);
		ck_assert_int_eq(autonomi_user_data_set_key(data, which,
		                                            vector_has(json, key_names[which])
		                                                    ? vector_text(json,
		                                                                  key_names[which])
		                                                    : NULL),
		                 AUTONOMI_OK);
	}
	return data;
}

/* The lists are maps, whose order is not the same in each program. */
static void expect_item(const autonomi_user_data *data, uint32_t list, const json_t *item)
{
	const struct an_span key = vector_unhex(json_string_value(json_array_get(item, 0)));
	autonomi_user_item_view view;
	for (size_t i = 0; i < autonomi_user_data_count(data, list); i++) {
		ck_assert_int_eq(autonomi_user_data_at(data, list, i, &view, sizeof(view)),
		                 AUTONOMI_OK);
		if (!an_span_equal(an_span(view.key, view.key_size), key))
			continue;
		ck_assert_str_eq(view.name, json_string_value(json_array_get(item, 1)));
		ck_assert_uint_eq(view.name_size, strlen(view.name));
		return;
	}
	ck_assert_msg(false, "%s: %s lacks an item", vector_id(), list_names[list]);
}

static void expect_data(const autonomi_user_data *data, const json_t *json)
{
	for (uint32_t list = 0; list < 5; list++) {
		const json_t *items = vector_get(json, list_names[list]);
		ck_assert_uint_eq(autonomi_user_data_count(data, list), json_array_size(items));
		for (size_t i = 0; i < json_array_size(items); i++)
			expect_item(data, list, json_array_get(items, i));
	}
	for (uint32_t which = 0; which < 3; which++) {
		const char *key = autonomi_user_data_key(data, which);
		if (vector_has(json, key_names[which]))
			ck_assert_str_eq(key, vector_text(json, key_names[which]));
		else
			ck_assert_ptr_null(key);
	}
}

static void check_user_data(const json_t *vector)
{
	autonomi_user_data *made = data_of(vector_get(vector, "data"));
	autonomi_bytes *bytes = NULL;
	ck_assert_int_eq(autonomi_user_data_encode(made, &bytes), AUTONOMI_OK);
	data_expect(bytes, vector_bytes(vector, "bytes"));
	ck_assert_ptr_null(autonomi_user_data_free(made));
}

static void check_decode(const json_t *vector)
{
	const struct an_span bytes = vector_bytes(vector, "bytes");
	autonomi_user_data *data = NULL;
	const autonomi_status status = autonomi_user_data_decode(bytes.data, bytes.size, &data);
	if (!json_is_true(vector_get(vector, "ok"))) {
		ck_assert_msg(status == AUTONOMI_E_CORRUPT, "%s", vector_id());
		return;
	}
	ck_assert_msg(status == AUTONOMI_OK, "%s", vector_id());
	expect_data(data, vector_get(vector, "data"));
	autonomi_user_data_free(data);
}

START_TEST(user_data_is_written_and_read_as_the_real_crate_does)
{
	ck_assert_uint_gt(vector_each("archives", "user_data", check_user_data), 0);
	ck_assert_uint_gt(vector_each("archives", "user_data_decode", check_decode), 0);
}
END_TEST

START_TEST(items_are_taken_out_of_user_data)
{
	autonomi_user_data *data = autonomi_user_data_new();
	const uint32_t files = AUTONOMI_USER_PUBLIC_FILES;
	uint8_t keys[3][AUTONOMI_NAME_SIZE] = {{1}, {2}, {3}};
	autonomi_user_item_view view;
	for (size_t i = 0; i < 3; i++)
		ck_assert_int_eq(autonomi_user_data_add(data, files, keys[i], 32, "name"),
		                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_user_data_remove(data, files, keys[0], 32), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_user_data_remove(data, files, keys[0], 32), AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(autonomi_user_data_remove(data, files, keys[2], 32), AUTONOMI_OK);
	ck_assert_uint_eq(autonomi_user_data_count(data, files), 1);
	ck_assert_int_eq(autonomi_user_data_at(data, files, 0, &view, sizeof(view)), AUTONOMI_OK);
	ck_assert_mem_eq(view.key, keys[1], 32);
	autonomi_user_data_free(data);
}
END_TEST

START_TEST(arguments_of_user_data_are_checked)
{
	autonomi_user_data *data = autonomi_user_data_new(), *read = NULL;
	autonomi_user_item_view view;
	autonomi_bytes *bytes = NULL;
	uint8_t no_key[PUBLIC] = {1};
	ck_assert_int_eq(autonomi_user_data_add(NULL, 0, seed, 32, ""), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_user_data_add(data, 5, seed, 32, ""), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_user_data_add(data, 0, seed, 31, ""), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_user_data_add(data, AUTONOMI_USER_REGISTERS, no_key, PUBLIC, ""),
	                 AUTONOMI_E_INVALID);
	/* A text that nobody reads would make all of it unreadable. */
	ck_assert_int_eq(autonomi_user_data_add(data, AUTONOMI_USER_FILE_ARCHIVES, seed, 32,
	                                        "a\xff"),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_user_data_set_key(data, 0, "\xc0\xaf"), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_user_data_remove(data, 5, seed, 32), AUTONOMI_E_INVALID);
	ck_assert_uint_eq(autonomi_user_data_count(data, 5), 0);
	ck_assert_uint_eq(autonomi_user_data_count(NULL, 0), 0);
	ck_assert_int_eq(autonomi_user_data_at(data, 0, 0, &view, sizeof(view)),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_user_data_set_key(data, 3, ""), AUTONOMI_E_INVALID);
	ck_assert_ptr_null(autonomi_user_data_key(data, 3));
	ck_assert_ptr_null(autonomi_user_data_key(NULL, 0));
	ck_assert_int_eq(autonomi_user_data_encode(NULL, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_user_data_decode(NULL, 1, &read), AUTONOMI_E_INVALID);
	ck_assert_ptr_null(autonomi_user_data_free(NULL));
	autonomi_user_data_free(data);
}
END_TEST

static autonomi_status use_register(void)
{
	uint8_t secret[SECRET];
	autonomi_graph_entry *first = NULL, *second = NULL;
	autonomi_pointer *pointer = NULL;
	autonomi_status status = autonomi_bls_secret_generate(seed, secret);
	if (status == AUTONOMI_OK)
		status = autonomi_register_entry(secret, NULL, seed, 1, seed, &first);
	if (status == AUTONOMI_OK)
		status = autonomi_register_entry(secret, first, seed, 2, seed, &second);
	if (status == AUTONOMI_OK)
		status = autonomi_register_head(secret, second, 1, &pointer);
	autonomi_graph_entry_free(first);
	autonomi_graph_entry_free(second);
	autonomi_pointer_free(pointer);
	return status;
}

static autonomi_status fill(autonomi_user_data *data)
{
	autonomi_status status = AUTONOMI_OK;
	for (uint8_t i = 0; i < 3 && status == AUTONOMI_OK; i++)
		status = autonomi_user_data_add(data, AUTONOMI_USER_PRIVATE_FILES, &i, 1, "name");
	if (status == AUTONOMI_OK)
		status = autonomi_user_data_add(data, AUTONOMI_USER_PUBLIC_FILES, seed, 32, "n");
	for (uint32_t which = 0; which < 3 && status == AUTONOMI_OK; which++)
		status = autonomi_user_data_set_key(data, which, "0011");
	return status;
}

static autonomi_status use_user_data(void)
{
	autonomi_user_data *data = autonomi_user_data_new(), *read = NULL;
	autonomi_bytes *bytes = NULL;
	autonomi_status status = data != NULL ? fill(data) : AUTONOMI_E_NO_MEMORY;
	if (status == AUTONOMI_OK)
		status = autonomi_user_data_encode(data, &bytes);
	if (status == AUTONOMI_OK)
		status = autonomi_user_data_decode(data_span(bytes).data, data_span(bytes).size,
		                                   &read);
	autonomi_user_data_free(data);
	autonomi_user_data_free(read);
	autonomi_bytes_free(bytes);
	return status;
}

START_TEST(without_memory_nothing_is_made_and_nothing_leaks)
{
	data_without_memory(use_register, 8);
	data_without_memory(use_user_data, 20);
}
END_TEST

Suite *suite(void)
{
	Suite *derived = suite_create("data_derived");
	TCase *tests = tcase_create("derived");
	tcase_add_checked_fixture(tests, setup, NULL);
	tcase_add_test(tests, keys_and_values_of_registers_are_those_of_the_real_crate);
	tcase_add_test(tests, a_register_is_a_chain_that_can_be_walked);
	tcase_add_test(tests, arguments_of_registers_are_checked);
	tcase_add_test(tests, keys_and_content_types_of_vaults_are_those_of_the_real_crate);
	tcase_add_test(tests, user_data_is_written_and_read_as_the_real_crate_does);
	tcase_add_test(tests, items_are_taken_out_of_user_data);
	tcase_add_test(tests, arguments_of_user_data_are_checked);
	tcase_add_test(tests, without_memory_nothing_is_made_and_nothing_leaks);
	suite_add_tcase(derived, tests);
	return derived;
}
