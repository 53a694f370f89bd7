/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Self-encryption and data maps through the public functions, against the real crates. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "harness.h"
#include "unit/api/data_support.h"

/* A place for chunks, as a network would be. */
enum { STORE_MAX = 64 };
static struct {
	uint8_t address[AUTONOMI_NAME_SIZE];
	autonomi_bytes *chunk;
} store[STORE_MAX];
static size_t stored;

static void empty_store(void)
{
	while (stored > 0) {
		stored--;
		store[stored].chunk = autonomi_bytes_free(store[stored].chunk);
	}
}

static struct an_span fetch(const uint8_t *address)
{
	for (size_t i = 0; i < stored; i++) {
		if (memcmp(store[i].address, address, AUTONOMI_NAME_SIZE) == 0)
			return data_span(store[i].chunk);
	}
	return an_span(NULL, 0);
}

static autonomi_status take_chunks(autonomi_encryptor *encryptor)
{
	autonomi_status status = 1;
	while (status == 1) {
		ck_assert_uint_lt(stored, STORE_MAX);
		status = autonomi_encryptor_next_chunk(encryptor, store[stored].address,
		                                       &store[stored].chunk);
		stored += status == 1;
	}
	return status;
}

/* Writes the data in parts of `part` bytes. */
static autonomi_status encrypt(struct an_span data, size_t part, autonomi_data_map **ret_map)
{
	autonomi_encryptor *encryptor = NULL;
	autonomi_status status = autonomi_encryptor_new(data.size, &encryptor);
	for (size_t i = 0; i < data.size && status == AUTONOMI_OK; i += part) {
		const size_t left = data.size - i;
		status = autonomi_encryptor_write(encryptor, data.data + i,
		                                  left < part ? left : part);
		if (status == AUTONOMI_OK)
			status = take_chunks(encryptor);
	}
	if (status == AUTONOMI_OK)
		status = autonomi_encryptor_finish(encryptor, ret_map);
	if (status == AUTONOMI_OK)
		status = take_chunks(encryptor);
	autonomi_encryptor_free(encryptor);
	return status;
}

/* Reads the data from where the decryptor is to its end; the caller frees it. */
static autonomi_status read_on(autonomi_decryptor *decryptor, uint8_t **data, size_t *size)
{
	uint8_t address[AUTONOMI_NAME_SIZE];
	autonomi_status status;
	while ((status = autonomi_decryptor_wanted(decryptor, address)) == 1) {
		autonomi_bytes *piece = NULL;
		const struct an_span chunk = fetch(address);
		status = autonomi_decryptor_give(decryptor, chunk.data, chunk.size, &piece);
		if (status < 0)
			return status;
		const struct an_span plain = data_span(piece);
		ck_assert_int_eq(status, piece != NULL);
		*data = realloc(*data, *size + plain.size + 1);
		if (plain.size > 0)
			memcpy(*data + *size, plain.data, plain.size);
		*size += plain.size;
		autonomi_bytes_free(piece);
	}
	return status;
}

static autonomi_status decrypt(const autonomi_data_map *map, uint8_t **data, size_t *size)
{
	autonomi_decryptor *decryptor = NULL;
	autonomi_status status = autonomi_decryptor_new(map, &decryptor);
	if (status == AUTONOMI_OK)
		status = read_on(decryptor, data, size);
	autonomi_decryptor_free(decryptor);
	return status;
}

static void expect_back(const autonomi_data_map *map, struct an_span data)
{
	uint8_t *back = NULL;
	size_t size = 0;
	ck_assert_int_eq(decrypt(map, &back, &size), AUTONOMI_OK);
	ck_assert(an_span_equal(an_span(back, size), data));
	free(back);
}

/* With a stock encoder chunks differ from Autonomi's, but not their number or sources. */
static bool encoder_is_autonomis(void)
{
	for (size_t i = 0; autonomi_version_part(i) != NULL; i++) {
		if (strstr(autonomi_version_part(i), "stock") != NULL)
			return false;
	}
	return true;
}

static void check_encrypt(const json_t *vector)
{
	const struct an_span data = vector_payload(vector_get(vector, "payload"));
	autonomi_data_map *map = NULL;
	autonomi_bytes *bytes = NULL;
	if (data.size > (1 << 22))
		return; /* the vectors' runner and the test below have large ones */
	ck_assert_int_eq(encrypt(data, data.size > 1000 ? data.size / 7 : data.size, &map),
	                 AUTONOMI_OK);
	if (encoder_is_autonomis()) {
		ck_assert_int_eq(autonomi_data_map_encode(map, AUTONOMI_DATA_MAP_ROOT, &bytes),
		                 AUTONOMI_OK);
		data_expect(bytes, vector_bytes(vector, "data_map_chunk"));
	}
	expect_back(map, data);
	autonomi_data_map_free(map);
	empty_store();
}

START_TEST(data_becomes_the_chunks_of_the_real_crate_and_comes_back)
{
	ck_assert_uint_gt(vector_each("self_encryption", "encrypt", check_encrypt), 0);
}
END_TEST

/* Five pieces: the map is shrunk to a root of three, a level above the data's own. */
START_TEST(large_data_has_a_map_of_two_levels)
{
	enum { SIZE = 4 * AUTONOMI_DATA_PIECE_MAX + 5 };
	uint8_t *data = calloc(1, SIZE);
	autonomi_data_map *map = NULL;
	autonomi_decryptor *decryptor = NULL;
	autonomi_bytes *piece = NULL;
	uint8_t address[AUTONOMI_NAME_SIZE];
	uint64_t size = 0, before = 0;
	for (size_t i = 0; i < SIZE; i += 4096)
		memcpy(data + i, &i, sizeof(i) < SIZE - i ? sizeof(i) : SIZE - i);
	ck_assert_int_eq(encrypt(an_span(data, SIZE), 3000000, &map), AUTONOMI_OK);
	ck_assert_uint_eq(autonomi_data_map_count(map), AUTONOMI_DATA_MAP_ROOT_ENTRIES);
	ck_assert_uint_eq(autonomi_data_map_depth(map), 1);
	ck_assert_uint_lt(autonomi_data_map_size(map), 2000);
	expect_back(map, an_span(data, SIZE));

	ck_assert_int_eq(autonomi_decryptor_new(map, &decryptor), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_decryptor_size(decryptor, &size), AUTONOMI_E_BUSY);
	ck_assert_int_eq(autonomi_decryptor_seek(decryptor, 0, &before), AUTONOMI_E_BUSY);
	for (size_t i = 0; i < AUTONOMI_DATA_MAP_ROOT_ENTRIES; i++) {
		ck_assert_int_eq(autonomi_decryptor_wanted(decryptor, address), 1);
		ck_assert_int_eq(autonomi_decryptor_give(decryptor, fetch(address).data,
		                                         fetch(address).size, &piece),
		                 0);
	}
	ck_assert_int_eq(autonomi_decryptor_size(decryptor, &size), AUTONOMI_OK);
	ck_assert_uint_eq(size, SIZE);
	ck_assert_int_eq(autonomi_decryptor_seek(decryptor, SIZE - 7, &before), AUTONOMI_OK);
	ck_assert_uint_eq(before, AUTONOMI_DATA_PIECE_MAX - 2);
	uint8_t *end = NULL;
	size_t end_size = 0;
	ck_assert_int_eq(read_on(decryptor, &end, &end_size), AUTONOMI_OK);
	ck_assert_uint_eq(end_size, AUTONOMI_DATA_PIECE_MAX + 5);
	ck_assert_mem_eq(end + before, data + SIZE - 7, 7);
	ck_assert_int_eq(autonomi_decryptor_seek(decryptor, SIZE, &before), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_decryptor_wanted(decryptor, address), 0);
	ck_assert_int_eq(autonomi_decryptor_give(decryptor, data, 1, &piece), AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(autonomi_decryptor_seek(decryptor, SIZE + 1, &before), AUTONOMI_E_INVALID);
	free(end);
	autonomi_decryptor_free(decryptor);
	autonomi_data_map_free(map);
	empty_store();
	free(data);
}
END_TEST

/* Puts the chunks of a vector into the store, under the addresses that they have. */
static void store_chunks(const json_t *chunks)
{
	size_t i;
	json_t *item;
	json_array_foreach(chunks, i, item)
	{
		const struct an_span content = vector_bytes(item, "content");
		autonomi_bytes *value = NULL;
		ck_assert_uint_lt(stored, STORE_MAX);
		ck_assert_int_eq(autonomi_chunk_encode(content.data, content.size, &value),
		                 AUTONOMI_OK);
		ck_assert_int_eq(autonomi_chunk_decode(data_span(value).data, data_span(value).size,
		                                       &store[stored].chunk),
		                 AUTONOMI_OK);
		memcpy(store[stored].address, vector_bytes(item, "address").data,
		       AUTONOMI_NAME_SIZE);
		autonomi_bytes_free(value);
		stored++;
	}
}

static void check_decrypt(const json_t *vector)
{
	const struct an_span root = vector_bytes(vector, "data_map_chunk");
	const json_t *chunks = vector_get(vector, "chunks");
	autonomi_data_map *map = NULL;
	if (json_array_size(chunks) == 0 || !vector_has(json_array_get(chunks, 0), "content"))
		return;
	store_chunks(chunks);
	ck_assert_int_eq(autonomi_data_map_decode(AUTONOMI_DATA_MAP_ROOT, root.data, root.size,
	                                          &map),
	                 AUTONOMI_OK);
	expect_back(map, vector_payload(vector_get(vector, "payload")));
	autonomi_data_map_free(map);
	empty_store();
}

START_TEST(data_that_the_real_crate_encrypted_is_decrypted)
{
	ck_assert_uint_gt(vector_each("self_encryption", "decrypt", check_decrypt), 0);
}
END_TEST

static void expect_map(const autonomi_data_map *map, const json_t *expected)
{
	const json_t *chunks = vector_get(expected, "chunks");
	ck_assert_uint_eq(autonomi_data_map_count(map), json_array_size(chunks));
	const bool has_child = vector_has(expected, "child");
	const uint64_t child = has_child ? vector_number(expected, "child") : 0;
	ck_assert_uint_eq(autonomi_data_map_depth(map), has_child && child == 0 ? 1 : child);
	for (size_t i = 0; i < json_array_size(chunks); i++) {
		const json_t *item = json_array_get(chunks, i);
		autonomi_data_map_entry_view view;
		ck_assert_int_eq(autonomi_data_map_at(map, i, &view, sizeof(view)), AUTONOMI_OK);
		data_equal(view.address, AUTONOMI_NAME_SIZE, item, "dst_hash");
		data_equal(view.source_hash, AUTONOMI_NAME_SIZE, item, "src_hash");
		ck_assert_uint_eq(view.index, vector_number(item, "index"));
		ck_assert_uint_eq(view.source_size, vector_number(item, "src_size"));
	}
}

static void check_map(const json_t *vector)
{
	const struct an_span root = vector_bytes(vector, "msgpack");
	const struct an_span level = vector_bytes(vector, "bincode");
	autonomi_data_map *map = NULL;
	autonomi_bytes *bytes = NULL;
	ck_assert_int_eq(autonomi_data_map_decode(AUTONOMI_DATA_MAP_ROOT, root.data, root.size,
	                                          &map),
	                 AUTONOMI_OK);
	expect_map(map, vector_get(vector, "data_map"));
	ck_assert_int_eq(autonomi_data_map_encode(map, AUTONOMI_DATA_MAP_LEVEL, &bytes),
	                 AUTONOMI_OK);
	data_expect(bytes, level);
	autonomi_data_map_free(map);
	ck_assert_int_eq(autonomi_data_map_decode(AUTONOMI_DATA_MAP_LEVEL, level.data, level.size,
	                                          &map),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_data_map_encode(map, AUTONOMI_DATA_MAP_ROOT, &bytes),
	                 AUTONOMI_OK);
	data_expect(bytes, root);
	autonomi_data_map_free(map);
}

static void check_read(const json_t *vector, uint32_t form)
{
	const struct an_span bytes = vector_bytes(vector, "bytes");
	autonomi_data_map *map = NULL;
	const autonomi_status status = autonomi_data_map_decode(form, bytes.data, bytes.size, &map);
	if (!json_is_true(vector_get(vector, "ok"))) {
		ck_assert_msg(status == AUTONOMI_E_CORRUPT, "%s", vector_id());
		return;
	}
	ck_assert_msg(status == AUTONOMI_OK, "%s", vector_id());
	expect_map(map, vector_get(vector, "data_map"));
	autonomi_data_map_free(map);
}

static void check_read_root(const json_t *vector)
{
	check_read(vector, AUTONOMI_DATA_MAP_ROOT);
}

START_TEST(data_maps_are_read_and_written_as_the_real_crate_does)
{
	ck_assert_uint_gt(vector_each("self_encryption", "data_map", check_map), 0);
	ck_assert_uint_gt(vector_each("self_encryption", "data_map_read", check_read_root), 0);
}
END_TEST

START_TEST(a_false_chunk_is_refused_and_stays_wanted)
{
	static const uint8_t data[] = "some data that is encrypted";
	autonomi_data_map *map = NULL;
	autonomi_decryptor *decryptor = NULL;
	autonomi_bytes *piece = NULL;
	uint8_t address[AUTONOMI_NAME_SIZE], again[AUTONOMI_NAME_SIZE];
	ck_assert_int_eq(encrypt(an_span(data, sizeof(data)), sizeof(data), &map), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_decryptor_new(map, &decryptor), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_decryptor_wanted(decryptor, address), 1);
	ck_assert_int_eq(autonomi_decryptor_give(decryptor, data, sizeof(data), &piece),
	                 AUTONOMI_E_CORRUPT);
	ck_assert_ptr_null(piece);
	ck_assert_int_eq(autonomi_decryptor_wanted(decryptor, again), 1);
	ck_assert_mem_eq(address, again, sizeof(address));
	autonomi_decryptor_free(decryptor);
	autonomi_data_map_free(map);
	empty_store();
}
END_TEST

/* A root map, as a hostile owner writes it: 0x93 version 1, entries, child. */
static autonomi_data_map *map_of(struct an_span data, const uint8_t *child, size_t child_size,
                                 uint8_t source_size)
{
	autonomi_data_map *map = NULL, *hostile = NULL;
	autonomi_bytes *bytes = NULL;
	uint8_t encoded[1024];
	ck_assert_int_eq(encrypt(data, data.size, &map), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_data_map_encode(map, AUTONOMI_DATA_MAP_ROOT, &bytes),
	                 AUTONOMI_OK);
	struct an_span good = data_span(bytes);
	ck_assert_uint_lt(good.size + child_size, sizeof(encoded));
	memcpy(encoded, good.data, good.size);
	encoded[good.size - 2] = source_size; /* of the last entry; behind it the child: nil */
	memcpy(encoded + good.size - 1, child, child_size);
	ck_assert_int_eq(autonomi_data_map_decode(AUTONOMI_DATA_MAP_ROOT, encoded,
	                                          good.size - 1 + child_size, &hostile),
	                 AUTONOMI_OK);
	autonomi_bytes_free(bytes);
	autonomi_data_map_free(map);
	return hostile;
}

START_TEST(maps_that_say_what_cannot_be_are_refused)
{
	static const uint8_t data[] = "nine byte", nil[] = {0xc0}, one[] = {0x00};
	uint8_t *back = NULL;
	size_t size = 0;
	uint8_t address[AUTONOMI_NAME_SIZE];
	autonomi_bytes *piece = NULL;
	autonomi_data_map *map = map_of(an_span(data, 9), nil, sizeof(nil), 4);
	ck_assert_int_eq(decrypt(map, &back, &size), AUTONOMI_E_CORRUPT);
	autonomi_data_map_free(map);
	map = map_of(an_span(data, 9), one, sizeof(one), 3);
	ck_assert_uint_eq(autonomi_data_map_depth(map), 1);
	ck_assert_int_eq(decrypt(map, &back, &size), AUTONOMI_E_CORRUPT);
	autonomi_data_map_free(map);
	free(back);

	/* What decrypts is a map, but one without entries. */
	static const uint8_t empty[] = {1, 0, 0, 0, 0, 0, 0, 0, 0, 0};
	autonomi_decryptor *decryptor = NULL;
	map = map_of(an_span(empty, sizeof(empty)), one, sizeof(one), 4);
	ck_assert_int_eq(autonomi_decryptor_new(map, &decryptor), AUTONOMI_OK);
	autonomi_status status = AUTONOMI_OK;
	for (size_t i = 0; i < 3; i++) {
		ck_assert_int_eq(autonomi_decryptor_wanted(decryptor, address), 1);
		status = autonomi_decryptor_give(decryptor, fetch(address).data,
		                                 fetch(address).size, &piece);
	}
	ck_assert_int_eq(status, AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_decryptor_wanted(decryptor, address), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_decryptor_give(decryptor, data, 1, &piece), AUTONOMI_E_CORRUPT);
	autonomi_decryptor_free(decryptor);
	autonomi_data_map_free(map);
	map = NULL;
	ck_assert_int_eq(autonomi_data_map_decode(AUTONOMI_DATA_MAP_LEVEL, empty, sizeof(empty),
	                                          &map),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_decryptor_new(map, &decryptor), AUTONOMI_E_CORRUPT);
	autonomi_data_map_free(map);
	empty_store();
}
END_TEST

START_TEST(arguments_are_checked)
{
	autonomi_encryptor *encryptor = NULL;
	autonomi_decryptor *decryptor = NULL;
	autonomi_data_map *map = NULL;
	autonomi_data_map_entry_view view;
	autonomi_bytes *bytes = NULL;
	uint8_t out[AUTONOMI_NAME_SIZE];
	uint64_t number;
	const uint8_t *const data = (const uint8_t *)"abcd";
	ck_assert_int_eq(autonomi_encryptor_new(2, &encryptor), AUTONOMI_E_TOO_SMALL);
	ck_assert_int_eq(autonomi_encryptor_new(UINT64_MAX, &encryptor), AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(autonomi_encryptor_new(3, NULL), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_encryptor_write(NULL, data, 1), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_encryptor_finish(NULL, &map), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_encryptor_next_chunk(NULL, out, &bytes), AUTONOMI_E_INVALID);
	ck_assert_ptr_null(autonomi_encryptor_free(NULL));
	ck_assert_int_eq(autonomi_encryptor_new(4, &encryptor), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_encryptor_write(encryptor, data, 3), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_encryptor_finish(encryptor, &map), AUTONOMI_E_TOO_SMALL);
	ck_assert_int_eq(autonomi_encryptor_write(encryptor, data, 2), AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(autonomi_encryptor_write(encryptor, data + 3, 1), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_encryptor_finish(encryptor, &map), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_encryptor_finish(encryptor, &map), AUTONOMI_E_INVALID);
	autonomi_encryptor_free(encryptor);
	ck_assert_int_eq(autonomi_data_map_at(map, 3, &view, sizeof(view)), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_data_map_encode(map, 3, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_data_map_encode(NULL, 1, &bytes), AUTONOMI_E_INVALID);
	ck_assert_uint_eq(autonomi_data_map_size(map), 4);
	autonomi_data_map_free(map);
	ck_assert_ptr_null(autonomi_data_map_free(NULL));
	ck_assert_uint_eq(autonomi_data_map_count(NULL), 0);
	ck_assert_uint_eq(autonomi_data_map_depth(NULL), 0);
	ck_assert_uint_eq(autonomi_data_map_size(NULL), 0);
	ck_assert_int_eq(autonomi_data_map_decode(3, data, 4, &map), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_decryptor_new(NULL, &decryptor), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_decryptor_wanted(NULL, out), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_decryptor_give(NULL, data, 1, &bytes), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_decryptor_size(NULL, &number), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_decryptor_seek(NULL, 0, &number), AUTONOMI_E_INVALID);
	ck_assert_ptr_null(autonomi_decryptor_free(NULL));
	ck_assert_ptr_null(bytes);
}
END_TEST

/* A list of four entries in the form of a level becomes the data's own map of a larger root. */
static autonomi_status go_there_and_back(void)
{
	static const uint8_t data[] = "some data that is encrypted";
	autonomi_data_map *map = NULL, *read = NULL;
	autonomi_bytes *bytes = NULL;
	uint8_t *back = NULL;
	size_t size = 0;
	autonomi_status status = encrypt(an_span(data, sizeof(data)), 5, &map);
	if (status == AUTONOMI_OK)
		status = autonomi_data_map_encode(map, AUTONOMI_DATA_MAP_ROOT, &bytes);
	if (status == AUTONOMI_OK)
		status = autonomi_data_map_decode(AUTONOMI_DATA_MAP_ROOT, data_span(bytes).data,
		                                  data_span(bytes).size, &read);
	if (status == AUTONOMI_OK)
		status = decrypt(read, &back, &size);
	free(back);
	autonomi_bytes_free(bytes);
	autonomi_data_map_free(map);
	autonomi_data_map_free(read);
	empty_store();
	return status;
}

START_TEST(without_memory_nothing_is_made_and_nothing_leaks)
{
	data_without_memory(go_there_and_back, 20);
}
END_TEST

START_TEST(an_encryptor_that_failed_stays_failed)
{
#ifdef AN_FAULT_INJECTION
	autonomi_encryptor *encryptor = NULL;
	autonomi_data_map *map = NULL;
	ck_assert_int_eq(autonomi_encryptor_new(3, &encryptor), AUTONOMI_OK);
	an_memory_fail_after(0);
	const autonomi_status first = autonomi_encryptor_write(encryptor, (const uint8_t *)"a", 1);
	an_memory_fail_after(UINT64_MAX);
	ck_assert_int_eq(first, AUTONOMI_E_NO_MEMORY);
	ck_assert_int_eq(autonomi_encryptor_write(encryptor, (const uint8_t *)"a", 1),
	                 AUTONOMI_E_NO_MEMORY);
	ck_assert_int_eq(autonomi_encryptor_finish(encryptor, &map), AUTONOMI_E_NO_MEMORY);
	autonomi_encryptor_free(encryptor);
#endif
}
END_TEST

Suite *suite(void)
{
	Suite *encryption = suite_create("data_encryption");
	TCase *tests = tcase_create("encryption");
	tcase_add_test(tests, data_becomes_the_chunks_of_the_real_crate_and_comes_back);
	tcase_add_test(tests, large_data_has_a_map_of_two_levels);
	tcase_add_test(tests, data_that_the_real_crate_encrypted_is_decrypted);
	tcase_add_test(tests, data_maps_are_read_and_written_as_the_real_crate_does);
	tcase_add_test(tests, a_false_chunk_is_refused_and_stays_wanted);
	tcase_add_test(tests, maps_that_say_what_cannot_be_are_refused);
	tcase_add_test(tests, arguments_are_checked);
	tcase_add_test(tests, without_memory_nothing_is_made_and_nothing_leaks);
	tcase_add_test(tests, an_encryptor_that_failed_stays_failed);
	suite_add_tcase(encryption, tests);
	return encryption;
}
