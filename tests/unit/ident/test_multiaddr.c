/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ident/multiaddr.h"

#include <stdlib.h>

#include "harness.h"
#include "support/vectors.h"

#define PEER "12D3KooWRr3aoYrmh6hGbeTPHGTaQtStn2kKp6j1muQHR8UTLPii"

static struct an_buffer bytes, text;
static struct an_multiaddr_error error;

static void setup(void)
{
	an_buffer_init(&bytes, 4096);
	an_buffer_init(&text, 4096);
}

static void teardown(void)
{
	an_buffer_done(&bytes);
	an_buffer_done(&text);
}

static an_status read_text(const char *from)
{
	an_buffer_clear(&bytes);
	return an_multiaddr_from_text(&bytes, an_span_text(from), &error);
}

START_TEST(both_forms_are_autonomis)
{
	json_t *vectors = vectors_load("addresses");
	size_t index = 0, count = 0;
	const json_t *item;
	for (; (item = vectors_next(vectors, "multiaddr", &index)) != NULL; count++) {
		uint8_t expected_bytes[AN_MULTIADDR_MAX];
		const char *expected_text = vectors_text(item, "text");
		const struct an_span expected = vectors_bytes(item, "bytes", expected_bytes,
		                                              sizeof(expected_bytes));
		ck_assert_int_eq(read_text(expected_text), AUTONOMI_OK);
		ck_assert(an_span_equal(an_buffer_span(&bytes), expected));
		ck_assert_int_eq(an_multiaddr_check(expected), AUTONOMI_OK);

		an_buffer_clear(&text);
		ck_assert_int_eq(an_multiaddr_to_text(&text, expected), AUTONOMI_OK);
		ck_assert(an_span_equal(an_buffer_span(&text), an_span_text(expected_text)));

		uint16_t port = 0;
		const json_t *udp_port = json_object_get(item, "udp_port");
		ck_assert(an_multiaddr_udp_port(&port, expected) == json_is_integer(udp_port));
		ck_assert_uint_eq(port, (unsigned)json_integer_value(udp_port));
	}
	ck_assert_uint_eq(count, 10);
	json_decref(vectors);
}
END_TEST

START_TEST(more_texts_come_back_as_they_were)
{
	static const char *const texts[] = {
		"/dns/example.com/tcp/443/wss",
		"/dnsaddr/bootstrap.example.org/p2p/" PEER,
		"/ip6zone/eth0/ip6/fe80::1/udp/1/quic-v1",
		"/ip4/1.2.3.4/udp/9/quic-v1/webtransport",
		"/ip6/::ffff:1.2.3.4/tcp/0",
		"/ip4/1.2.3.4/tcp/1/tls/sni/example.com/http",
		"/ip4/10.0.0.0/ipcidr/8",
		"/memory/18446744073709551615",
		"/p2p/" PEER,
		"/p2p-circuit",
		"/p2p-stardust",
		"/dnsaddr/b\u00fccher.example/udp/9/quic",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ck_assert_msg(read_text(texts[i]) == AUTONOMI_OK, "%s", texts[i]);
		an_buffer_clear(&text);
		ck_assert_int_eq(an_multiaddr_to_text(&text, an_buffer_span(&bytes)), AUTONOMI_OK);
		ck_assert(an_span_equal(an_buffer_span(&text), an_span_text(texts[i])));
	}
}
END_TEST

START_TEST(a_bad_text_is_explained_where_it_is_wrong)
{
	static const struct {
		const char *text;
		size_t offset;
		const char *reason;
	} rows[] = {
		{"", 0, "an address starts with a slash"},
		{"ip4/1.2.3.4", 0, "an address starts with a slash"},
		{"/", 1, "the name of a protocol is missing here"},
		{"/ip4/1.2.3.4/", 13, "the name of a protocol is missing here"},
		{"/ip4/1.2.3.4//udp/1", 13, "the name of a protocol is missing here"},
		{"/ip5/1.2.3.4", 1, "there is no such protocol"},
		{"/IP4/1.2.3.4", 1, "there is no such protocol"},
		{"/ip4", 4, "the value of the protocol is missing here"},
		{"/ip4/1.2.3.256", 5, "this is not an IPv4 address"},
		{"/ip4/::1", 5, "this is not an IPv4 address"},
		{"/ip6/1.2.3.4", 5, "this is not an IPv6 address"},
		{"/ip4/1.2.3.4/udp/65536", 17, "a port is a number from 0 to 65535"},
		{"/ip4/1.2.3.4/udp/", 17, "a port is a number from 0 to 65535"},
		{"/ip4/1.2.3.4/udp/01", 17, "a port is a number from 0 to 65535"},
		{"/ip4/1.2.3.4/udp/1/p2p/12D3", 23, "this is not a peer id"},
		{"/dns4//tcp/1", 6, "a name is missing here"},
		{"/dns4/a b/tcp/1", 6, "a name has printable characters only"},
		{"/memory/18446744073709551616", 8, "this is not a number, or it is too large"},
		{"/certhash/uEiA", 10, "the value of this protocol is not read from text"},
		{"/ws/ws/ws/ws/ws/ws/ws/ws/ws/ws/ws/ws/ws/ws/ws/ws/ws", 48,
	         "the address has too many parts"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_msg(read_text(rows[i].text) == AUTONOMI_E_ADDRESS, "%s", rows[i].text);
		ck_assert_str_eq(error.reason, rows[i].reason);
		ck_assert_msg(error.offset == rows[i].offset, "%s: %zu", rows[i].text,
		              error.offset);
		ck_assert_uint_eq(bytes.size, 0);
	}
}
END_TEST

START_TEST(a_text_that_is_too_long_is_refused)
{
	char longest[AN_MULTIADDR_TEXT_MAX + 2] = "/dns4/";
	memset(longest + 6, 'n', AN_MULTIADDR_TEXT_MAX - 6);
	ck_assert_int_eq(read_text(longest), AUTONOMI_E_ADDRESS); /* more than AN_MULTIADDR_MAX */
	longest[AN_MULTIADDR_TEXT_MAX] = 'n';
	ck_assert_int_eq(read_text(longest), AUTONOMI_E_ADDRESS);
	longest[AN_MULTIADDR_MAX] = '\0';
	ck_assert_int_eq(read_text(longest), AUTONOMI_OK);
}
END_TEST

static an_status check_hex(const char *hex)
{
	size_t size;
	uint8_t *found = vectors_hex(hex, &size);
	const an_status status = an_multiaddr_check(an_span(found, size));
	free(found);
	return status;
}

START_TEST(malformed_bytes_are_refused)
{
	static const char *const texts[] = {
		"04",                     /* ip4 without an address */
		"047f0000",               /* cut */
		"8400047f000001",         /* a code in a longer form than needed */
		"047f00000191021f",       /* a port of one byte */
		"3600",                   /* dns4 with an empty name */
		"360b6578616d706c65",     /* a name that is cut */
		"3603612f62",             /* a slash in a name */
		"3603610062",             /* a zero byte in a name */
		"3603617f62",             /* a control character in a name */
		"3602c328",               /* a name that is not UTF-8 */
		"36ffffffffffffffff7f61", /* a name of 2^63 bytes */
		"a503020024",             /* a peer id that is cut */
		"a50300",                 /* a peer id of no bytes */
		"ff7f",                   /* a code that nobody has given away */
		"ffffffffffffffffffff01", /* a code of 64 bits and more */
		"a5032600240801122028064d3ed54ecfd5a6b18b268c3fc209904786050cf48a71b262001b7a6496",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ck_assert_msg(check_hex(texts[i]) == AUTONOMI_E_ADDRESS, "%s", texts[i]);
}
END_TEST

START_TEST(known_protocols_that_have_no_text_are_read_in_bytes)
{
	/* /ip4/127.0.0.1/udp/1/quic-v1/webtransport/certhash/<3 bytes> */
	static const char hex[] = "047f00000191020001cd03d103d20303abcdef";
	size_t size;
	uint8_t *found = vectors_hex(hex, &size);
	ck_assert_int_eq(an_multiaddr_check(an_span(found, size)), AUTONOMI_OK);
	ck_assert_int_eq(an_multiaddr_to_text(&text, an_span(found, size)), AUTONOMI_E_UNSUPPORTED);
	ck_assert_uint_eq(text.size, 0);
	free(found);
}
END_TEST

START_TEST(an_address_has_a_limited_number_of_parts)
{
	uint8_t parts[2 * (AN_MULTIADDR_PARTS_MAX + 1)];
	for (size_t i = 0; i < sizeof(parts); i += 2)
		memcpy(parts + i, "\xdd\x03", 2); /* ws */
	ck_assert_int_eq(an_multiaddr_check(an_span(parts, sizeof(parts) - 2)), AUTONOMI_OK);
	ck_assert_int_eq(an_multiaddr_check(an_span(parts, sizeof(parts))), AUTONOMI_E_ADDRESS);
}
END_TEST

START_TEST(an_address_has_a_limited_number_of_bytes)
{
	uint8_t name[AN_MULTIADDR_MAX + 1] = {54, 0xfd, 0x03}; /* dns4, 509 bytes */
	memset(name + 3, 'n', sizeof(name) - 3);
	ck_assert_int_eq(an_multiaddr_check(an_span(name, sizeof(name) - 1)), AUTONOMI_OK);
	name[1] = 0xfe;
	ck_assert_int_eq(an_multiaddr_check(an_span(name, sizeof(name))), AUTONOMI_E_ADDRESS);
}
END_TEST

START_TEST(malformed_bytes_have_no_port)
{
	uint16_t port;
	ck_assert(!an_multiaddr_udp_port(&port, an_span("\x91\x02\x00\x01\x04", 5)));
}
END_TEST

static an_status target_of(const char *from, struct an_multiaddr_target *target)
{
	return an_multiaddr_target_from_text(target, an_span_text(from), &error);
}

START_TEST(a_target_is_an_endpoint_and_a_peer)
{
	struct an_multiaddr_target target;
	struct an_peer_id id;
	const struct an_endpoint expected = an_endpoint_ip4(10, 1, 2, 3, 12000);
	ck_assert_int_eq(an_peer_id_from_text(&id, an_span_text(PEER)), AUTONOMI_OK);
	ck_assert_int_eq(target_of("/ip4/10.1.2.3/udp/12000/quic-v1/p2p/" PEER, &target),
	                 AUTONOMI_OK);
	ck_assert(an_endpoint_equal(&target.endpoint, &expected));
	ck_assert(an_peer_id_equal(&target.id, &id));
	ck_assert_int_eq(target_of("/ip4/10.1.2.3/udp/12000/quic-v1", &target), AUTONOMI_OK);
	ck_assert(an_endpoint_equal(&target.endpoint, &expected));
	ck_assert_uint_eq(target.id.size, 0);
}
END_TEST

START_TEST(a_target_is_written_back)
{
	static const char *const texts[] = {
		"/ip4/10.1.2.3/udp/12000/quic-v1/p2p/" PEER,
		"/ip6/2001:db8::1/udp/443/quic-v1/p2p/" PEER,
		"/ip6/::1/udp/65535/quic-v1",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct an_multiaddr_target target;
		ck_assert_int_eq(target_of(texts[i], &target), AUTONOMI_OK);
		an_buffer_clear(&text);
		ck_assert_int_eq(an_multiaddr_text_of(&text, &target.endpoint, &target.id),
		                 AUTONOMI_OK);
		ck_assert(an_span_equal(an_buffer_span(&text), an_span_text(texts[i])));
	}
}
END_TEST

START_TEST(the_longest_contact_fits_its_limit)
{
	struct an_buffer small;
	struct an_endpoint endpoint = {.address = {0x20, 1}, .port = 1};
	struct an_peer_id id = {.size = AN_PEER_ID_MAX, .bytes = {0, AN_PEER_ID_MAX - 2}};
	an_buffer_init(&small, AN_MULTIADDR_CONTACT_MAX);
	ck_assert_int_eq(an_multiaddr_of(&small, &endpoint, &id), AUTONOMI_OK);
	an_buffer_done(&small);
}
END_TEST

START_TEST(what_cannot_be_dialled_is_no_target)
{
	static const char *const texts[] = {
		"/ip4/1.2.3.4/tcp/80",
		"/ip4/1.2.3.4/udp/80",
		"/ip4/1.2.3.4/udp/80/quic",
		"/dns4/example.com/udp/80/quic-v1",
		"/udp/80/quic-v1",
		"/p2p/" PEER,
		"/ip4/1.2.3.4/udp/80/quic-v1/p2p/" PEER "/p2p-circuit",
		"/ip4/1.2.3.4/udp/80/quic-v1/p2p/" PEER "/p2p-circuit/p2p/" PEER,
		"/ip4/1.2.3.4/udp/80/quic-v1/webtransport",
	};
	struct an_multiaddr_target target;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ck_assert_msg(target_of(texts[i], &target) == AUTONOMI_E_UNSUPPORTED, "%s",
		              texts[i]);
		ck_assert_ptr_nonnull(error.reason);
	}
	ck_assert_int_eq(target_of("1.2.3.4:80", &target), AUTONOMI_E_ADDRESS);
	ck_assert_int_eq(an_multiaddr_target(&target, an_span(NULL, 0)), AUTONOMI_E_UNSUPPORTED);
	ck_assert_int_eq(an_multiaddr_target(&target, an_span("\x04\x01", 2)), AUTONOMI_E_ADDRESS);
}
END_TEST

/* Every prefix of an address, and every byte of it changed: never read beyond the end, never
 * accepted and then not written. */
START_TEST(damaged_bytes_do_no_harm)
{
	ck_assert_int_eq(read_text("/ip6/2001:db8::1/udp/9/quic-v1/p2p/" PEER "/p2p-circuit"),
	                 AUTONOMI_OK);
	for (size_t i = 0; i < bytes.size; i++)
		for (unsigned value = 0; value < 256; value++) {
			uint8_t *damaged = malloc(bytes.size);
			memcpy(damaged, bytes.data, bytes.size);
			damaged[i] = (uint8_t)value;
			const struct an_span span = an_span(damaged,
			                                    value % 2 ? i + 1 : bytes.size);
			an_buffer_clear(&text);
			const an_status status = an_multiaddr_to_text(&text, span);
			if (an_multiaddr_check(span) == AUTONOMI_OK)
				ck_assert(status == AUTONOMI_OK ||
				          status == AUTONOMI_E_UNSUPPORTED);
			else
				ck_assert_int_eq(status, AUTONOMI_E_ADDRESS);
			free(damaged);
		}
}
END_TEST

#define ID "12D3KooWA7w7TzWuTM9suLwD2vR9u3z79wU4A1vd99JNwkLjmq6b"

/* `expected` NULL: there is nothing to make of it. */
static void assert_repaired(const char *given, bool needs_peer, const char *expected)
{
	struct an_buffer both, again;
	an_buffer_init(&both, 2 * AN_MULTIADDR_MAX);
	an_buffer_init(&again, AN_MULTIADDR_TEXT_MAX);
	ck_assert_int_eq(an_multiaddr_from_text(&both, an_span_text(given), NULL), AUTONOMI_OK);
	const size_t size = both.size;
	const an_status status = an_multiaddr_repair(&both, an_buffer_span(&both), needs_peer);
	ck_assert_int_eq(status, expected != NULL ? AUTONOMI_OK : AUTONOMI_E_UNSUPPORTED);
	if (expected != NULL) {
		const struct an_span made = an_span(both.data + size, both.size - size);
		ck_assert_int_eq(an_multiaddr_to_text(&again, made), AUTONOMI_OK);
		an_buffer_append_byte(&again, 0);
		ck_assert_str_eq((const char *)again.data, expected);
	}
	an_buffer_done(&both);
	an_buffer_done(&again);
}

START_TEST(an_address_is_put_together_anew_from_its_first_parts)
{
	assert_repaired("/p2p/" ID "/ip4/1.2.3.4/udp/5/quic-v1", true,
	                "/ip4/1.2.3.4/udp/5/quic-v1/p2p/" ID);
	assert_repaired("/ip4/1.2.3.4/tcp/6/udp/5/ip4/9.9.9.9/p2p/" ID, true,
	                "/ip4/1.2.3.4/udp/5/p2p/" ID);
	assert_repaired("/ip4/1.2.3.4/tcp/6/ws/p2p/" ID, true, "/ip4/1.2.3.4/tcp/6/ws/p2p/" ID);
	assert_repaired("/ip4/1.2.3.4/udp/5", false, "/ip4/1.2.3.4/udp/5");
	assert_repaired("/ip4/1.2.3.4/udp/5", true, NULL);
	assert_repaired("/ip4/1.2.3.4/p2p/" ID, true, NULL);
	assert_repaired("/ip6/::1/udp/5/p2p/" ID, true, NULL);
	struct an_buffer out;
	an_buffer_init(&out, 16);
	ck_assert_int_eq(an_multiaddr_repair(&out, an_span("\x04\x01", 2), false),
	                 AUTONOMI_E_UNSUPPORTED);
	an_buffer_done(&out);
}
END_TEST

START_TEST(a_part_is_found_by_its_code)
{
	struct an_buffer whole;
	an_buffer_init(&whole, AN_MULTIADDR_MAX);
	(void)an_multiaddr_from_text(&whole, an_span_text("/ip4/1.2.3.4/udp/5/ipfs/" ID), NULL);
	ck_assert(an_multiaddr_has(an_buffer_span(&whole), AN_MULTIADDR_P2P));
	ck_assert(!an_multiaddr_has(an_buffer_span(&whole), AN_MULTIADDR_P2P_CIRCUIT));
	an_buffer_done(&whole);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ident/multiaddr");
	TCase *all = tcase_create("addresses");
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_add_test(all, both_forms_are_autonomis);
	tcase_add_test(all, more_texts_come_back_as_they_were);
	tcase_add_test(all, a_bad_text_is_explained_where_it_is_wrong);
	tcase_add_test(all, a_text_that_is_too_long_is_refused);
	tcase_add_test(all, malformed_bytes_are_refused);
	tcase_add_test(all, known_protocols_that_have_no_text_are_read_in_bytes);
	tcase_add_test(all, an_address_has_a_limited_number_of_parts);
	tcase_add_test(all, an_address_has_a_limited_number_of_bytes);
	tcase_add_test(all, malformed_bytes_have_no_port);
	tcase_add_test(all, a_target_is_an_endpoint_and_a_peer);
	tcase_add_test(all, a_target_is_written_back);
	tcase_add_test(all, the_longest_contact_fits_its_limit);
	tcase_add_test(all, what_cannot_be_dialled_is_no_target);
	tcase_add_test(all, damaged_bytes_do_no_harm);
	tcase_add_test(all, an_address_is_put_together_anew_from_its_first_parts);
	tcase_add_test(all, a_part_is_found_by_its_code);
	suite_add_tcase(s, all);
	return s;
}
