/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that Autonomi's own code wrote or read: tests/vectors/bootstrap.json. */
#include "harness.h"

#include <stdlib.h>

#include "base/memory.h"
#include "ident/multiaddr.h"
#include "kad/bootstrap_cache.h"
#include "support/vectors.h"

static struct an_kad_cache cache;
static json_t *vectors;

static void setup(void)
{
	an_kad_cache_init(&cache, &an_profile_autonomi);
	vectors = vectors_load("bootstrap");
}

static void teardown(void)
{
	an_kad_cache_done(&cache);
	json_decref(vectors);
}

/* The contact of an address; false where it is of a form that we do not dial. */
static bool contact_of(const char *address, struct an_contact *ret_contact)
{
	struct an_multiaddr_target target;
	if (an_multiaddr_target_from_text(&target, an_span_text(address), NULL) != AUTONOMI_OK ||
	    target.id.size == 0)
		return false;
	*ret_contact = (struct an_contact){.id = target.id,
	                                   .endpoint_count = 1,
	                                   .endpoints = {target.endpoint}};
	return true;
}

static void add(const char *address)
{
	struct an_contact contact;
	ck_assert_msg(contact_of(address, &contact), "%s", address);
	ck_assert_int_eq(an_kad_cache_add(&cache, &contact), AUTONOMI_OK);
}

static void add_all(const json_t *addresses)
{
	for (size_t i = 0; i < json_array_size(addresses); i++)
		add(json_string_value(json_array_get(addresses, i)));
}

static void assert_written(const struct an_kad_cache *written, const char *expected)
{
	struct an_buffer text;
	an_buffer_init(&text, AN_KAD_CACHE_BYTES_MAX);
	ck_assert_int_eq(an_kad_cache_encode(written, "1_1.0", &text), AUTONOMI_OK);
	an_buffer_append_byte(&text, 0);
	ck_assert_str_eq((const char *)text.data, expected);
	an_buffer_done(&text);
}

/* The clock of a vector stands in its file. */
static void take_clock(const char *text)
{
	struct an_kad_cache file;
	an_kad_cache_init(&file, &an_profile_autonomi);
	ck_assert_int_eq(an_kad_cache_decode(&file, an_span_text(text)), AUTONOMI_OK);
	cache.seconds = file.seconds;
	cache.nanoseconds = file.nanoseconds;
	an_kad_cache_done(&file);
}

/* Cases whose input has addresses that Autonomi repairs or drops before they reach its store are
 * tested elsewhere: ours never come as text. */
static bool is_plain(const json_t *addresses)
{
	struct an_contact contact;
	for (size_t i = 0; i < json_array_size(addresses); i++) {
		if (!contact_of(json_string_value(json_array_get(addresses, i)), &contact) ||
		    !an_endpoint_is_ip4(&contact.endpoints[0]))
			return false;
	}
	return true;
}

START_TEST(what_was_added_is_written_as_autonomi_writes_it)
{
	size_t index = 0, ran = 0;
	const json_t *item;
	while ((item = vectors_next(vectors, "cache_file", &index)) != NULL) {
		const json_t *addresses = json_object_get(item, "add");
		if (!is_plain(addresses))
			continue;
		an_kad_cache_done(&cache);
		an_kad_cache_init(&cache, &an_profile_autonomi);
		cache.peers_max = (size_t)json_integer_value(json_object_get(item, "max_peers"));
		cache.addresses_max = (size_t)json_integer_value(
			json_object_get(item, "max_addresses_per_peer"));
		add_all(addresses);
		const char *file = vectors_text(item, "file");
		take_clock(file);
		assert_written(&cache, file);
		ran++;
	}
	ck_assert_uint_ge(ran, 6);
}
END_TEST

START_TEST(own_peers_and_those_of_the_file_are_merged_as_autonomi_does)
{
	size_t index = 0;
	const json_t *item = vectors_next(vectors, "cache_sync", &index);
	ck_assert_ptr_nonnull(item);
	add_all(json_object_get(item, "add"));

	struct an_kad_cache file;
	an_kad_cache_init(&file, &an_profile_autonomi);
	const char *before = vectors_text(item, "file_before");
	ck_assert_int_eq(an_kad_cache_decode(&file, an_span_text(before)), AUTONOMI_OK);
	ck_assert_int_eq(an_kad_cache_merge(&cache, &file), AUTONOMI_OK);
	an_kad_cache_done(&file);

	const json_t *removed = json_object_get(item, "remove");
	for (size_t i = 0; i < json_array_size(removed); i++) {
		const char *text = json_string_value(json_array_get(removed, i));
		struct an_peer_id id;
		ck_assert_int_eq(an_peer_id_from_text(&id, an_span_text(text)), AUTONOMI_OK);
		an_kad_cache_remove(&cache, &id);
	}
	take_clock(vectors_text(item, "file_after"));
	assert_written(&cache, vectors_text(item, "file_after"));
}
END_TEST

/* The addresses of a peer that we would dial: of the quic form, and its own. */
static void assert_peer(const json_t *peer, size_t *place)
{
	struct an_peer_id id;
	ck_assert_int_eq(an_peer_id_from_text(&id, an_span_text(vectors_text(peer, "peer"))),
	                 AUTONOMI_OK);
	const json_t *addresses = json_object_get(peer, "addresses");
	size_t count = 0;
	for (size_t i = 0; i < json_array_size(addresses); i++) {
		const char *text = json_string_value(json_array_get(addresses, i));
		struct an_multiaddr_target target;
		ck_assert_int_eq(an_multiaddr_target_from_text(&target, an_span_text(text), NULL),
		                 AUTONOMI_OK);
		if (target.id.size > 0 && !an_peer_id_equal(&target.id, &id))
			continue;
		ck_assert_uint_lt(*place, cache.count);
		ck_assert(an_peer_id_equal(&cache.peers[*place].id, &id));
		ck_assert(an_endpoint_equal(&cache.peers[*place].endpoints[count++],
		                            &target.endpoint));
	}
	*place += count > 0;
}

START_TEST(files_are_read_as_autonomi_reads_them)
{
	size_t index = 0, read = 0, refused = 0;
	const json_t *item;
	while ((item = vectors_next(vectors, "cache_load", &index)) != NULL) {
		an_kad_cache_done(&cache);
		const an_status status = an_kad_cache_decode(&cache,
		                                             an_span_text(
								     vectors_text(item, "text")));
		const json_t *peers = json_object_get(item, "in_v1_place");
		const char *id = vectors_text(item, "id");
		if (!json_is_array(peers)) {
			ck_assert_msg(status == AUTONOMI_E_CORRUPT, "%s", id);
			ck_assert_uint_eq(cache.count, 0);
			refused++;
			continue;
		}
		ck_assert_msg(status == AUTONOMI_OK, "%s", id);
		size_t place = 0;
		for (size_t i = 0; i < json_array_size(peers); i++)
			assert_peer(json_array_get(peers, i), &place);
		ck_assert_uint_eq(place, cache.count);
		read++;
	}
	ck_assert_uint_ge(read, 8);
	ck_assert_uint_ge(refused, 10);
}
END_TEST

START_TEST(ip6_addresses_are_kept)
{
	add("/ip6/2a01:4f8::17/udp/10000/quic-v1/p2p/"
	    "12D3KooWEEZgfRinMAC3HCzfchjEBwUq5z7TwSSW4rb6FkUqj3FP");
	struct an_buffer text;
	an_buffer_init(&text, AN_KAD_CACHE_BYTES_MAX);
	ck_assert_int_eq(an_kad_cache_encode(&cache, "1_1.0", &text), AUTONOMI_OK);

	struct an_kad_cache again;
	an_kad_cache_init(&again, &an_profile_autonomi);
	ck_assert_int_eq(an_kad_cache_decode(&again, an_buffer_span(&text)), AUTONOMI_OK);
	ck_assert_uint_eq(again.count, 1);
	ck_assert(an_endpoint_equal(&again.peers[0].endpoints[0], &cache.peers[0].endpoints[0]));
	ck_assert(!an_endpoint_is_ip4(&again.peers[0].endpoints[0]));
	an_kad_cache_done(&again);
	an_buffer_done(&text);
}
END_TEST

START_TEST(every_cut_of_a_file_is_refused)
{
	size_t index = 0;
	const char *file = vectors_text(vectors_next(vectors, "cache_file", &index), "file");
	const size_t whole = strlen(file) - 1; /* the last newline may be missing */
	for (size_t size = 0; size < whole; size++) {
		ck_assert_int_eq(an_kad_cache_decode(&cache, an_span(file, size)),
		                 AUTONOMI_E_CORRUPT);
		ck_assert_uint_eq(cache.count, 0);
	}
	ck_assert_int_eq(an_kad_cache_decode(&cache, an_span(file, whole)), AUTONOMI_OK);
}
END_TEST

static an_status decode_with(const char *unknown)
{
	struct an_buffer text;
	an_buffer_init(&text, 1 << 20);
	an_buffer_append(&text, an_span_text("{\"peers\":[],\"last_updated\":{"
	                                     "\"secs_since_epoch\":1,\"nanos_since_epoch\":2},"
	                                     "\"network_version\":\"1_1.0\",\"x\":"));
	an_buffer_append(&text, an_span_text(unknown));
	an_buffer_append(&text, an_span_text(",\"cache_version\":\"1\"}"));
	const an_status status = an_kad_cache_decode(&cache, an_buffer_span(&text));
	an_buffer_done(&text);
	return status;
}

START_TEST(an_unknown_field_may_have_any_value_that_is_json)
{
	static const char *const good[] = {
		"null",
		"true",
		"-0.5e+9",
		"\"\\u00e9\\n\\\\\"",
		"[]",
		"{}",
		"[1,[2,{\"a\":[]}],3]",
		"{\"a\":{\"b\":[{}]}}",
		"\"\\ud83d\\ude00\"",
		" [ 1 , 2 ] ",
	};
	static const char *const bad[] = {
		"",           "nul",   "01",      "1.",     "-",           "[1,]", "{\"a\"}",
		"{\"a\":1,}", "[1 2]", "\"\\x\"", "\"\n\"", "[}",          "{]",   "\"\\ud800\"",
		"{1:2}",      "[,1]",  "1e",      "'a'",    "\"\\u12g4\"",
	};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_msg(decode_with(good[i]) == AUTONOMI_OK, "%s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(decode_with(bad[i]) == AUTONOMI_E_CORRUPT, "%s", bad[i]);
}
END_TEST

START_TEST(nesting_is_bounded)
{
	char deep[300];
	memset(deep, '[', 64);
	memset(deep + 64, ']', 64);
	deep[128] = 0;
	ck_assert_int_eq(decode_with(deep), AUTONOMI_OK);
	memset(deep, '[', 65);
	memset(deep + 65, ']', 65);
	deep[130] = 0;
	ck_assert_int_eq(decode_with(deep), AUTONOMI_E_CORRUPT);
}
END_TEST

START_TEST(a_field_that_comes_twice_spoils_the_file)
{
	ck_assert_int_eq(decode_with("1,\"peers\":[]"), AUTONOMI_E_CORRUPT);
}
END_TEST

START_TEST(a_file_with_more_peers_than_the_limit_gives_the_first_ones)
{
	size_t index = 1;
	const char *file = vectors_text(vectors_next(vectors, "cache_file", &index), "file");
	cache.peers_max = 2;
	ck_assert_int_eq(an_kad_cache_decode(&cache, an_span_text(file)), AUTONOMI_OK);
	ck_assert_uint_eq(cache.count, 2);
}
END_TEST

/* ---- Lists as they come: files of both versions, contact lists. */

static size_t peers_told, addresses_told;
static an_status sink_answer;

static an_status count_peer(void *context, const struct an_peer_id *id)
{
	(void)context;
	(void)id;
	peers_told++;
	return AUTONOMI_OK;
}

static an_status count_address(void *context, struct an_span multiaddr)
{
	(void)context;
	ck_assert_int_eq(an_multiaddr_check(multiaddr), AUTONOMI_OK);
	addresses_told++;
	return sink_answer;
}

static an_status read_list(const char *text, enum an_kad_file_form form)
{
	static const struct an_kad_file_sink sink = {count_peer, count_address, NULL};
	struct an_kad_file_head head;
	peers_told = addresses_told = 0;
	sink_answer = AUTONOMI_OK;
	return an_kad_cache_file_read(an_span_text(text), form, "1_1.0", &sink, &head);
}

START_TEST(both_versions_are_read_where_autonomi_reads_them)
{
	size_t index = 0, old = 0;
	const json_t *item;
	while ((item = vectors_next(vectors, "cache_load", &index)) != NULL) {
		const char *text = vectors_text(item, "text");
		const json_t *v1 = json_object_get(item, "in_v1_place");
		const json_t *v0 = json_object_get(item, "in_v0_place");
		ck_assert((read_list(text, AN_KAD_FILE_V1) == AUTONOMI_OK) == json_is_array(v1));
		ck_assert(!json_is_array(v1) || peers_told == json_array_size(v1));
		ck_assert((read_list(text, AN_KAD_FILE_V0) == AUTONOMI_OK) == json_is_array(v0));
		ck_assert(!json_is_array(v0) || peers_told == json_array_size(v0));
		old += json_is_array(v0);
	}
	ck_assert_uint_ge(old, 1);
}
END_TEST

START_TEST(a_file_of_version_0_is_written_as_autonomi_writes_it)
{
	size_t index = 0, written = 0;
	const json_t *item;
	while ((item = vectors_next(vectors, "cache_v0", &index)) != NULL) {
		if (json_object_get(item, "v1_file") == NULL)
			continue;
		ck_assert_int_eq(an_kad_cache_decode(&cache,
		                                     an_span_text(vectors_text(item, "v1_file"))),
		                 AUTONOMI_OK);
		struct an_buffer text;
		an_buffer_init(&text, AN_KAD_CACHE_BYTES_MAX);
		ck_assert_int_eq(an_kad_cache_encode_old(&cache, "1_1.0", &text), AUTONOMI_OK);
		an_buffer_append_byte(&text, 0);
		ck_assert_str_eq((const char *)text.data, vectors_text(item, "file"));
		an_buffer_done(&text);
		written++;
	}
	ck_assert_uint_ge(written, 1);
}
END_TEST

#define TIME       "{\"secs_since_epoch\":1,\"nanos_since_epoch\":2}"
#define ADDRESS    "\"/ip4/10.0.0.1/udp/5\""
#define PEER       "\"12D3KooWEEZgfRinMAC3HCzfchjEBwUq5z7TwSSW4rb6FkUqj3FP\""
#define OLD(peers) "{\"peers\":{" peers "},\"last_updated\":" TIME ",\"network_version\":\"1_1.0\"}"
#define ENTRY(count, seen)                                                                         \
	PEER ":[{\"addr\":" ADDRESS ",\"success_count\":" count                                    \
	     ",\"failure_count\":2,\"last_seen\":" seen "}]"

START_TEST(version_0_must_have_every_field_once)
{
	ck_assert_int_eq(read_list(OLD(""), AN_KAD_FILE_V0), AUTONOMI_OK);
	ck_assert_int_eq(read_list(OLD(ENTRY("1", TIME)), AN_KAD_FILE_V0), AUTONOMI_OK);
	ck_assert_uint_eq(peers_told, 1);
	ck_assert_uint_eq(addresses_told, 1);
	static const char *const bad[] = {
		OLD(ENTRY("4294967296", TIME)),
		OLD(ENTRY("-1", TIME)),
		OLD(ENTRY("1", "5")),
		OLD(ENTRY("1", "{\"secs_since_epoch\":1}")),
		OLD(ENTRY("1", "{\"secs_since_epoch\":1,\"secs_since_epoch\":1}")),
		OLD(ENTRY("1", "{\"secs_since_epoch\":1,\"nanos_since_epoch\":1,\"x\":1}")),
		OLD(ENTRY("1", "{\"secs_since_epoch\":1,\"nanos_since_epoch\":4294967296}")),
		OLD(ENTRY("1,\"addr\":" ADDRESS, TIME)),
		OLD(PEER ":[{\"addr\":" ADDRESS "}]"),
		OLD(PEER ":{}"),
		OLD(PEER ":[5]"),
		OLD(PEER ":[{5}]"),
		OLD("\"nobody\":[]"),
		OLD("5"),
		"{\"peers\":5}",
		"{5}",
		"[]",
		"",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(read_list(bad[i], AN_KAD_FILE_V0) == AUTONOMI_E_CORRUPT, "%s",
		              bad[i]);
	ck_assert_int_eq(read_list(OLD(ENTRY("1,\"more\":[1]", TIME)), AN_KAD_FILE_V0),
	                 AUTONOMI_OK);
}
END_TEST

static an_status read_contacts(const char *body)
{
	addresses_told = 0;
	sink_answer = AUTONOMI_OK;
	return an_kad_contact_list_read(an_span_text(body), "1_1.0", count_address, NULL);
}

START_TEST(contact_lists_give_what_they_give_autonomi)
{
	size_t index = 0, ran = 0;
	const json_t *item;
	while ((item = vectors_next(vectors, "contacts", &index)) != NULL) {
		ck_assert_int_eq(read_contacts(vectors_text(item, "body")), AUTONOMI_OK);
		ck_assert_uint_eq(addresses_told,
		                  json_array_size(json_object_get(item, "addresses")));
		ran++;
	}
	ck_assert_uint_ge(ran, 20);
}
END_TEST

START_TEST(whoever_takes_addresses_may_end_it)
{
	const char *const body = "/ip4/1.2.3.4/udp/5/p2p/"
				 "12D3KooWEEZgfRinMAC3HCzfchjEBwUq5z7TwSSW4rb6FkUqj3FP\n"
				 "/ip4/1.2.3.4/udp/5/p2p/"
				 "12D3KooWEEZgfRinMAC3HCzfchjEBwUq5z7TwSSW4rb6FkUqj3FP\n";
	ck_assert_int_eq(read_contacts(body), AUTONOMI_OK);
	ck_assert_uint_eq(addresses_told, 2);
	addresses_told = 0;
	sink_answer = AUTONOMI_E_FULL;
	ck_assert_int_eq(an_kad_contact_list_read(an_span_text(body), "1_1.0", count_address, NULL),
	                 AUTONOMI_E_FULL);
	ck_assert_uint_eq(addresses_told, 1);
	addresses_told = 0;
	ck_assert_int_eq(an_kad_contact_list_read(an_span_text(OLD(ENTRY("1", TIME))), "1_1.0",
	                                          count_address, NULL),
	                 AUTONOMI_E_FULL);
	ck_assert_uint_eq(addresses_told, 1);
}
END_TEST

START_TEST(a_list_that_is_too_long_is_refused)
{
	const size_t size = (size_t)AN_KAD_CACHE_BYTES_MAX + 1;
	char *body = malloc(size + 1);
	memset(body, ' ', size);
	body[size] = '\0';
	ck_assert_int_eq(read_contacts(body), AUTONOMI_E_TOO_LARGE);
	free(body);
}
END_TEST

#ifdef AN_FAULT_INJECTION
START_TEST(without_memory_a_contact_list_says_so)
{
	static const char *const bodies[] = {
		OLD(ENTRY("1", TIME)),
		"/ip4/1.2.3.4/udp/5/p2p/12D3KooWEEZgfRinMAC3HCzfchjEBwUq5z7TwSSW4rb6FkUqj3FP",
	};
	for (size_t i = 0; i < 2; i++) {
		an_status status = AUTONOMI_E_NO_MEMORY;
		uint64_t n = 0;
		for (; status == AUTONOMI_E_NO_MEMORY; n++) {
			an_memory_fail_after(n);
			status = read_contacts(bodies[i]);
			an_memory_fail_after(UINT64_MAX);
		}
		ck_assert_int_eq(status, AUTONOMI_OK);
		ck_assert_uint_gt(n, 1);
	}
}
END_TEST

START_TEST(without_memory_reading_and_writing_say_so_and_lose_nothing)
{
	size_t index = 1;
	const char *file = vectors_text(vectors_next(vectors, "cache_file", &index), "file");
	an_status status = AUTONOMI_E_NO_MEMORY;
	for (uint64_t n = 0; status == AUTONOMI_E_NO_MEMORY; n++) {
		struct an_buffer text;
		an_buffer_init(&text, AN_KAD_CACHE_BYTES_MAX);
		an_kad_cache_done(&cache);
		an_memory_fail_after(n);
		status = an_kad_cache_decode(&cache, an_span_text(file));
		if (status == AUTONOMI_OK)
			status = an_kad_cache_encode(&cache, "1_1.0", &text);
		an_memory_fail_after(UINT64_MAX);
		an_buffer_done(&text);
	}
	ck_assert_int_eq(status, AUTONOMI_OK);
	ck_assert_uint_eq(cache.count, 4);
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("kad/bootstrap_cache");
	TCase *files = tcase_create("files");
	tcase_add_checked_fixture(files, setup, teardown);
	tcase_add_test(files, what_was_added_is_written_as_autonomi_writes_it);
	tcase_add_test(files, own_peers_and_those_of_the_file_are_merged_as_autonomi_does);
	tcase_add_test(files, files_are_read_as_autonomi_reads_them);
	tcase_add_test(files, ip6_addresses_are_kept);
	tcase_add_test(files, every_cut_of_a_file_is_refused);
	tcase_add_test(files, an_unknown_field_may_have_any_value_that_is_json);
	tcase_add_test(files, nesting_is_bounded);
	tcase_add_test(files, a_field_that_comes_twice_spoils_the_file);
	tcase_add_test(files, a_file_with_more_peers_than_the_limit_gives_the_first_ones);
	tcase_add_test(files, both_versions_are_read_where_autonomi_reads_them);
	tcase_add_test(files, a_file_of_version_0_is_written_as_autonomi_writes_it);
	tcase_add_test(files, version_0_must_have_every_field_once);
	tcase_add_test(files, contact_lists_give_what_they_give_autonomi);
	tcase_add_test(files, whoever_takes_addresses_may_end_it);
	tcase_add_test(files, a_list_that_is_too_long_is_refused);
#ifdef AN_FAULT_INJECTION
	tcase_add_test(files, without_memory_a_contact_list_says_so);
	tcase_add_test(files, without_memory_reading_and_writing_say_so_and_lose_nothing);
#endif
	suite_add_tcase(s, files);
	return s;
}
