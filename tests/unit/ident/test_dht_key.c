/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ident/dht_key.h"

#include <stdlib.h>

#include "harness.h"
#include "ident/peer_id.h"
#include "support/vectors.h"

static const char *const files_with_distances[] = {"hashes", "addresses"};

static struct an_dht_key key_of_field(const json_t *item, const char *field)
{
	uint8_t bytes[200];
	return an_dht_key_of(vectors_bytes(item, field, bytes, sizeof(bytes)));
}

static void assert_key(const json_t *item, const char *field, const struct an_dht_key *key)
{
	uint8_t expected[AN_DHT_KEY_SIZE];
	vectors_bytes(item, field, expected, sizeof(expected));
	ck_assert_mem_eq(key->bytes, expected, sizeof(expected));
}

START_TEST(keys_distances_and_buckets_are_autonomis)
{
	json_t *vectors = vectors_load(files_with_distances[_i]);
	size_t index = 0, count = 0;
	const json_t *item;
	for (; (item = vectors_next(vectors, "distance", &index)) != NULL; count++) {
		const struct an_dht_key a = key_of_field(item, "a"), b = key_of_field(item, "b");
		const struct an_dht_key distance = an_dht_key_distance(&a, &b);
		assert_key(item, "key_a", &a);
		assert_key(item, "key_b", &b);
		assert_key(item, "distance", &distance);
		const json_t *bucket = json_object_get(item, "ilog2");
		ck_assert_int_eq(an_dht_key_bucket(&a, &b),
		                 json_is_null(bucket) ? -1 : (int)json_integer_value(bucket));
	}
	ck_assert_uint_ge(count, 13);
	json_decref(vectors);
}
END_TEST

static int sign(int number)
{
	return (number > 0) - (number < 0);
}

START_TEST(which_key_is_nearer_is_autonomis)
{
	json_t *vectors = vectors_load("hashes");
	size_t index = 0;
	const json_t *item;
	while ((item = vectors_next(vectors, "cmp_distance", &index)) != NULL) {
		struct an_dht_key base, lhs, rhs;
		vectors_bytes(item, "base", base.bytes, AN_DHT_KEY_SIZE);
		vectors_bytes(item, "lhs", lhs.bytes, AN_DHT_KEY_SIZE);
		vectors_bytes(item, "rhs", rhs.bytes, AN_DHT_KEY_SIZE);
		ck_assert_int_eq(sign(an_dht_key_compare(&base, &lhs, &rhs)),
		                 (int)json_integer_value(json_object_get(item, "order")));
	}
	json_decref(vectors);
}
END_TEST

enum { CANDIDATES_MAX = 64 };

/* The order of `candidates` around `target`: each is nearer than the one that follows it. */
static void assert_order(const struct an_dht_key *target, const struct an_dht_key *candidates,
                         size_t count, const json_t *order)
{
	bool listed[CANDIDATES_MAX] = {false};
	const struct an_dht_key *last = NULL;
	for (size_t i = 0; i < json_array_size(order); i++) {
		const size_t at = (size_t)json_integer_value(json_array_get(order, i));
		ck_assert_uint_lt(at, count);
		listed[at] = true;
		if (last != NULL)
			ck_assert_int_lt(an_dht_key_compare(target, last, &candidates[at]), 0);
		last = &candidates[at];
	}
	for (size_t i = 0; i < count; i++)
		if (!listed[i])
			ck_assert_int_gt(an_dht_key_compare(target, &candidates[i], last), 0);
}

START_TEST(candidates_are_in_autonomis_order)
{
	json_t *vectors = vectors_load("hashes");
	size_t index = 0;
	const json_t *item;
	while ((item = vectors_next(vectors, "distance_order", &index)) != NULL) {
		const struct an_dht_key target = key_of_field(item, "target");
		struct an_dht_key candidates[CANDIDATES_MAX];
		size_t i;
		const json_t *text;
		json_array_foreach(json_object_get(item, "candidates"), i, text)
		{
			size_t size;
			uint8_t *bytes = vectors_hex(json_string_value(text), &size);
			candidates[i] = an_dht_key_of(an_span(bytes, size));
			free(bytes);
		}
		assert_order(&target, candidates, i, json_object_get(item, "order"));
	}
	json_decref(vectors);
}
END_TEST

START_TEST(the_closest_peers_are_autonomis)
{
	json_t *vectors = vectors_load("addresses");
	size_t index = 0, count = 0;
	const json_t *item;
	while ((item = vectors_next(vectors, "closest", &index)) != NULL) {
		const struct an_dht_key target = key_of_field(json_object_get(item, "target"),
		                                              "bytes");
		struct an_dht_key candidates[CANDIDATES_MAX];
		size_t i;
		const json_t *text;
		if (json_is_null(json_object_get(item, "order")))
			continue;
		json_array_foreach(json_object_get(item, "peers"), i, text)
		{
			struct an_peer_id id;
			ck_assert_int_eq(an_peer_id_from_text(&id, an_span_text(json_string_value(
									   text))),
			                 AUTONOMI_OK);
			candidates[i] = an_peer_id_dht_key(&id);
		}
		assert_order(&target, candidates, i, json_object_get(item, "order"));
		count++;
	}
	ck_assert_uint_eq(count, 4);
	json_decref(vectors);
}
END_TEST

START_TEST(a_distance_is_multiplied_and_stays_at_the_most_there_is)
{
	const struct an_dht_key low = {{[30] = 0x01, [31] = 0xff}}, half = {{0x80}};
	struct an_dht_key product = an_dht_key_times(&low, 10);
	ck_assert_mem_eq(product.bytes, ((struct an_dht_key){{[30] = 0x13, [31] = 0xf6}}).bytes,
	                 AN_DHT_KEY_SIZE);
	product = an_dht_key_times(&half, 1);
	ck_assert_mem_eq(product.bytes, half.bytes, AN_DHT_KEY_SIZE);
	product = an_dht_key_times(&half, 2);
	for (size_t i = 0; i < AN_DHT_KEY_SIZE; i++)
		ck_assert_uint_eq(product.bytes[i], 0xff);
	product = an_dht_key_times(&low, UINT32_MAX);
	ck_assert_mem_eq(product.bytes,
	                 ((struct an_dht_key){{[26] = 0x01,
	                                       [27] = 0xfe,
	                                       [28] = 0xff,
	                                       [29] = 0xff,
	                                       [30] = 0xfe,
	                                       [31] = 0x01}})
	                         .bytes,
	                 AN_DHT_KEY_SIZE);
}
END_TEST

START_TEST(every_bit_has_its_bucket)
{
	const struct an_dht_key zero = {{0}};
	for (int bit = 0; bit < 256; bit++) {
		struct an_dht_key key = {{0}};
		key.bytes[31 - bit / 8] = (uint8_t)(1U << (bit % 8));
		ck_assert_int_eq(an_dht_key_bucket(&zero, &key), bit);
		key.bytes[31] |= 1;
		ck_assert_int_eq(an_dht_key_bucket(&key, &zero), bit);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ident/dht_key");
	TCase *all = tcase_create("vectors");
	tcase_add_loop_test(all, keys_distances_and_buckets_are_autonomis, 0, 2);
	tcase_add_test(all, which_key_is_nearer_is_autonomis);
	tcase_add_test(all, candidates_are_in_autonomis_order);
	tcase_add_test(all, the_closest_peers_are_autonomis);
	tcase_add_test(all, a_distance_is_multiplied_and_stays_at_the_most_there_is);
	tcase_add_test(all, every_bit_has_its_bucket);
	suite_add_tcase(s, all);
	return s;
}
