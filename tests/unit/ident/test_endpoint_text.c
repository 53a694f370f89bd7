/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ident/endpoint_text.h"

#include <arpa/inet.h>

#include "harness.h"

static struct an_endpoint endpoint;

static an_status read_endpoint(const char *text)
{
	return an_endpoint_read(&endpoint, an_span_text(text));
}

START_TEST(endpoints_read_and_write_back)
{
	static const char *const texts[] = {
		"1.2.3.4:5",
		"0.0.0.0:0",
		"255.255.255.255:65535",
		"[2001:db8::1]:5",
		"[::]:0",
		"[::1]:12000",
		"[1:2:3:4:5:6:7:8]:9",
		"[fe80::a:b]:1",
		"[1::]:1",
		"[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char text[AN_ENDPOINT_TEXT_MAX];
		ck_assert_msg(read_endpoint(texts[i]) == AUTONOMI_OK, "%s", texts[i]);
		an_endpoint_write(&endpoint, text);
		ck_assert_str_eq(text, texts[i]);
	}
}
END_TEST

START_TEST(a_mapped_address_is_the_ip4_endpoint)
{
	const struct an_endpoint expected = an_endpoint_ip4(1, 2, 3, 4, 5);
	ck_assert_int_eq(read_endpoint("[::ffff:1.2.3.4]:5"), AUTONOMI_OK);
	ck_assert(an_endpoint_equal(&endpoint, &expected));
	ck_assert_int_eq(read_endpoint("1.2.3.4:5"), AUTONOMI_OK);
	ck_assert(an_endpoint_equal(&endpoint, &expected));
}
END_TEST

START_TEST(malformed_endpoints_are_refused)
{
	static const char *const texts[] = {
		"",
		":",
		"1.2.3.4",
		"1.2.3.4:",
		"1.2.3:5",
		"1.2.3.4.5:6",
		"1.2.3.256:5",
		"1.2.3.04:5",
		"1.2.3.4:65536",
		"1.2.3.4:05",
		"1.2.3.4:-5",
		" 1.2.3.4:5",
		"1.2.3.4:5 ",
		"1.2.3.4 :5",
		"::1:5",
		"[::1]",
		"[::1]:",
		"[::1:5",
		"::1]:5",
		"[::1]5",
		"[1.2.3.4]:5",
		"[]:5",
		"[::1%eth0]:5",
		"0x1.2.3.4:5",
		"1.2.3.4:5:6",
		"[::1]]:5",
		"a.b.c.d:5",
		"1.2.3.4:999999",
		"1..3.4:5",
		"[::1] :5",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ck_assert_msg(read_endpoint(texts[i]) == AUTONOMI_E_ADDRESS, "%s", texts[i]);
}
END_TEST

START_TEST(ip6_addresses_are_those_of_the_system)
{
	static const char *const texts[] = {
		"::",
		"::1",
		"1::",
		"1::8",
		"1:2:3:4:5:6:7::",
		"::2:3:4:5:6:7:8",
		"1:0:0:4::8",
		"2001:DB8::A",
		"1:2:3:4:5:6:1.2.3.4",
		"::1.2.3.4",
		"64:ff9b::192.0.2.33",
		"1:2:3:4:5::1.2.3.4",
		"0:0:0:0:0:0:0:0",
		"1:2:3:4:5:6:7:8",
		"0001:0020::",
		/* and those that are none */
		"",
		":",
		":::",
		"1",
		"1:",
		":1",
		"1:2",
		"1:2:3:4:5:6:7",
		"1:2:3:4:5:6:7:8:9",
		"1::2::3",
		"1:::2",
		"::12345",
		"::g",
		"1.2.3.4",
		"::1.2.3",
		"::1.2.3.4:5",
		"1:2:3:4:5:6:7:1.2.3.4",
		"1:2:3:4:5:6:7:8::",
		"::1:2:3:4:5:6:7:8",
		"1:2:3:4:5:6:7:",
		"1::2:",
		":1::2",
		"1 ::",
		"::ffff:1.2.3.256",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		uint8_t own[16], expected[16];
		const bool fine = inet_pton(AF_INET6, texts[i], expected) == 1;
		ck_assert_msg(an_ip6_read(own, an_span_text(texts[i])) == fine, "%s", texts[i]);
		if (fine)
			ck_assert_mem_eq(own, expected, sizeof(own));
	}
}
END_TEST

/* All addresses whose groups are 0, 1 or ffff in a pattern of 8 bits: every place of a gap. */
START_TEST(ip6_addresses_are_written_as_the_system_does)
{
	for (unsigned pattern = 0; pattern < 256; pattern++) {
		uint8_t address[16] = {0}, back[16];
		char own[AN_ADDRESS_TEXT_MAX], expected[INET6_ADDRSTRLEN];
		for (unsigned group = 0; group < 8; group++)
			if (pattern >> group & 1)
				address[2 * group] = address[2 * group + 1] = group % 2 ? 0xff
				                                                        : 0x01;
		an_ip6_write(address, own);
		ck_assert(an_ip6_read(back, an_span_text(own)));
		ck_assert_mem_eq(back, address, sizeof(back));
		inet_ntop(AF_INET6, address, expected, sizeof(expected));
		/* The system also writes addresses below 2^32 as IPv4-compatible ones. */
		if (strchr(expected, '.') == NULL)
			ck_assert_str_eq(own, expected);
	}
}
END_TEST

START_TEST(a_mapped_address_is_written_with_dots)
{
	const struct an_endpoint ip4 = an_endpoint_ip4(192, 0, 2, 1, 0);
	char text[AN_ADDRESS_TEXT_MAX];
	an_ip6_write(ip4.address, text);
	ck_assert_str_eq(text, "::ffff:192.0.2.1");
	an_endpoint_write_address(&ip4, text);
	ck_assert_str_eq(text, "192.0.2.1");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ident/endpoint_text");
	TCase *all = tcase_create("addresses as text");
	tcase_add_test(all, endpoints_read_and_write_back);
	tcase_add_test(all, a_mapped_address_is_the_ip4_endpoint);
	tcase_add_test(all, malformed_endpoints_are_refused);
	tcase_add_test(all, ip6_addresses_are_those_of_the_system);
	tcase_add_test(all, ip6_addresses_are_written_as_the_system_does);
	tcase_add_test(all, a_mapped_address_is_written_with_dots);
	suite_add_tcase(s, all);
	return s;
}
