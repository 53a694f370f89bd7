/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/user_data.h"

#include <check.h>
#include <stdlib.h>

#include "base/memory.h"
#include "harness.h"
#include "vectors/vector.h"

static struct an_buffer out, scratch;

static void setup(void)
{
	an_buffer_init(&out, 1 << 20);
	an_buffer_init(&scratch, 1 << 20);
}

static void teardown(void)
{
	an_buffer_done(&out);
	an_buffer_done(&scratch);
}

static const char *const list_names[] = {"file_archives", "private_file_archives",
                                         "register_addresses", "public_files", "private_files"};
static const char *const key_names[] = {"register_key", "scratchpad_key", "pointer_key"};

static void item_equal(const struct an_user_item *item, enum an_user_list list, const json_t *pair)
{
	const struct an_span key = vector_unhex(json_string_value(json_array_get(pair, 0)));
	if (list == AN_USER_PRIVATE_FILE_ARCHIVES || list == AN_USER_PRIVATE_FILES)
		vector_equal(item->data_map, key);
	else
		vector_equal(an_span(item->key, list == AN_USER_REGISTERS ? AN_OWNER_KEY_SIZE
		                                                          : AN_RECORD_NAME_SIZE),
		             key);
	vector_equal(item->name, an_span_text(json_string_value(json_array_get(pair, 1))));
}

static void data_equal(const struct an_user_data *data, const json_t *json)
{
	for (enum an_user_list i = 0; i < AN_USER_LISTS; i++) {
		const json_t *pairs = vector_get(json, list_names[i]);
		ck_assert_uint_eq(data->lists[i].count, json_array_size(pairs));
		for (size_t k = 0; k < data->lists[i].count; k++)
			item_equal(&data->lists[i].items[k], i, json_array_get(pairs, k));
	}
	for (enum an_user_key i = 0; i < AN_USER_KEYS; i++) {
		ck_assert(data->has_key[i] == vector_has(json, key_names[i]));
		if (data->has_key[i])
			vector_equal(data->keys[i], an_span_text(vector_text(json, key_names[i])));
	}
}

static void check_user_data(const json_t *vector)
{
	const struct an_span bytes = vector_bytes(vector, "bytes");
	struct an_user_data data;
	ck_assert_int_eq(an_user_data_decode(bytes, &scratch, &data), AUTONOMI_OK);
	data_equal(&data, vector_get(vector, "data"));
	an_buffer_clear(&out);
	ck_assert_int_eq(an_user_data_encode(&data, &out), AUTONOMI_OK);
	vector_equal(an_buffer_span(&out), bytes);
	an_user_data_done(&data);
}

START_TEST(user_data_is_read_and_written_as_the_real_crate_does)
{
	ck_assert_uint_eq(vector_each("archives", "user_data", check_user_data), 4);
}
END_TEST

static void check_decode(const json_t *vector)
{
	struct an_user_data data;
	const an_status status = an_user_data_decode(vector_bytes(vector, "bytes"), &scratch,
	                                             &data);
	ck_assert_msg((status == AUTONOMI_OK) == json_is_true(vector_get(vector, "ok")), "%s",
	              vector_id());
	if (status != AUTONOMI_OK)
		return;
	data_equal(&data, vector_get(vector, "data"));
	an_user_data_done(&data);
}

START_TEST(old_and_unusual_user_data_is_judged_as_the_real_crate_judges_it)
{
	ck_assert_uint_eq(vector_each("archives", "user_data_decode", check_decode), 13);
}
END_TEST

#ifdef AN_FAULT_INJECTION
static void check_without_memory(const json_t *vector)
{
	const struct an_span bytes = vector_bytes(vector, "bytes");
	an_status status = AUTONOMI_E_NO_MEMORY;
	for (uint64_t n = 0; status == AUTONOMI_E_NO_MEMORY; n++) {
		struct an_user_data data;
		an_memory_fail_after(n);
		status = an_user_data_decode(bytes, &scratch, &data);
		an_memory_fail_after(UINT64_MAX);
		an_user_data_done(&data);
	}
	ck_assert_int_eq(status, AUTONOMI_OK);
}

START_TEST(without_memory_nothing_leaks)
{
	ck_assert_uint_eq(vector_each("archives", "user_data", check_without_memory), 4);
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("data/user data");
	TCase *tcase = tcase_create("vectors");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, user_data_is_read_and_written_as_the_real_crate_does);
	tcase_add_test(tcase, old_and_unusual_user_data_is_judged_as_the_real_crate_judges_it);
#ifdef AN_FAULT_INJECTION
	tcase_add_test(tcase, without_memory_nothing_leaks);
#endif
	suite_add_tcase(s, tcase);
	return s;
}
