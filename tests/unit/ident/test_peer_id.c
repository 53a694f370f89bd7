/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ident/peer_id.h"

#include "harness.h"
#include "support/vectors.h"

static json_t *vectors;

static void load(void)
{
	vectors = vectors_load("addresses");
}

static void unload(void)
{
	json_decref(vectors);
}

static void assert_text(const struct an_peer_id *id, const char *expected)
{
	char text[AN_PEER_ID_TEXT_MAX];
	struct an_peer_id back;
	an_peer_id_to_text(id, text);
	ck_assert_str_eq(text, expected);
	ck_assert_int_eq(an_peer_id_from_text(&back, an_span_text(expected)), AUTONOMI_OK);
	ck_assert(an_peer_id_equal(&back, id));
}

START_TEST(bytes_and_text_of_peers_are_autonomis)
{
	size_t index = 0, count = 0;
	const json_t *item;
	for (; (item = vectors_next(vectors, "peer_id", &index)) != NULL; count++) {
		uint8_t bytes[100], key[AN_DHT_KEY_SIZE];
		struct an_peer_id id;
		ck_assert_int_eq(an_peer_id_from_bytes(&id,
		                                       vectors_bytes(item, "bytes", bytes, 100)),
		                 AUTONOMI_OK);
		assert_text(&id, vectors_text(item, "base58"));
		vectors_bytes(item, "kbucket_key", key, sizeof(key));
		const struct an_dht_key own = an_peer_id_dht_key(&id);
		ck_assert_mem_eq(own.bytes, key, sizeof(key));
	}
	ck_assert_uint_eq(count, 12);
}
END_TEST

START_TEST(what_is_a_peer_id_is_what_autonomi_takes)
{
	size_t index = 0, count = 0;
	const json_t *item;
	for (; (item = vectors_next(vectors, "peer_id_parse", &index)) != NULL; count++) {
		uint8_t bytes[100];
		struct an_peer_id id;
		const bool fine = json_is_true(json_object_get(item, "ok"));
		ck_assert_int_eq(an_peer_id_from_bytes(&id,
		                                       vectors_bytes(item, "bytes", bytes, 100)),
		                 fine ? AUTONOMI_OK : AUTONOMI_E_ADDRESS);
		if (fine)
			assert_text(&id, vectors_text(item, "base58"));
	}
	ck_assert_uint_eq(count, 9);
}
END_TEST

START_TEST(bytes_of_every_length_come_back_from_text)
{
	for (uint8_t size = 0; size <= AN_PEER_ID_MAX - 2; size++)
		for (unsigned fill = 0; fill < 256; fill += 51) {
			struct an_peer_id id = {.size = (uint8_t)(size + 2), .bytes = {0, size}};
			char text[AN_PEER_ID_TEXT_MAX];
			memset(id.bytes + 2, (int)fill, size);
			an_peer_id_to_text(&id, text);
			assert_text(&id, text);
		}
}
END_TEST

static an_status read_text(const char *text)
{
	struct an_peer_id id;
	return an_peer_id_from_text(&id, an_span_text(text));
}

START_TEST(text_that_is_no_peer_id_is_refused)
{
	static const char good[] = "12D3KooWRr3aoYrmh6hGbeTPHGTaQtStn2kKp6j1muQHR8UTLPii";
	ck_assert_int_eq(read_text(good), AUTONOMI_OK);
	ck_assert_int_eq(read_text(""), AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(read_text(good + 1), AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(read_text("112D3KooWRr3aoYrmh6hGbeTPHGTaQtStn2kKp6j1muQHR8UTLPii"),
	                 AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(read_text("12D3KooWRr3aoYrmh6hGbeTPHGTaQtStn2kKp6j1muQHR8UTLPi"),
	                 AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(read_text("12D3KooWRr3aoYrmh6hGbeTPHGTaQtStn2kKp6j1muQHR8UTLPi0"),
	                 AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(read_text("12D3KooWRr3aoYrmh6hGbeTPHGTaQtStn2kKp6j1muQHR8UTLPii "),
	                 AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(read_text(
				 "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"),
	                 AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(
		read_text("1111111111111111111111111111111111111111111111111111111111111111"),
		AUTONOMI_E_ADDRESS);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ident/peer_id");
	TCase *all = tcase_create("peer ids");
	tcase_add_checked_fixture(all, load, unload);
	tcase_add_test(all, bytes_and_text_of_peers_are_autonomis);
	tcase_add_test(all, what_is_a_peer_id_is_what_autonomi_takes);
	tcase_add_test(all, bytes_of_every_length_come_back_from_text);
	tcase_add_test(all, text_that_is_no_peer_id_is_refused);
	suite_add_tcase(s, all);
	return s;
}
