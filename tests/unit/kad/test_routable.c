/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness.h"

#include <stdlib.h>

#include "ident/endpoint_text.h"
#include "kad/routable.h"

static bool routable(const char *text, bool private_addresses)
{
	struct an_endpoint endpoint;
	ck_assert_msg(an_endpoint_read(&endpoint, an_span_text(text)) == AUTONOMI_OK, "%s", text);
	return an_kad_endpoint_routable(&endpoint, private_addresses);
}

START_TEST(global_addresses_are_dialled)
{
	static const char *const global[] = {
		"1.2.3.4:1",      "9.255.255.255:1",   "11.0.0.0:1",       "172.15.255.255:1",
		"172.32.0.0:1",   "192.167.0.1:1",     "100.63.255.255:1", "100.128.0.0:1",
		"198.51.101.1:1", "223.255.255.255:1", "[2a01:4f8::1]:1",  "[2001:db9::1]:1",
		"[fe00::1]:1",
	};
	for (size_t i = 0; i < sizeof(global) / sizeof(global[0]); i++)
		ck_assert_msg(routable(global[i], false), "%s", global[i]);
}
END_TEST

START_TEST(private_addresses_are_dialled_in_local_networks_only)
{
	static const char *const private[] = {
		"10.0.0.1:1",      "172.16.0.1:1",   "172.31.255.255:1", "192.168.255.1:1",
		"100.64.0.1:1",    "127.0.0.1:1",    "127.255.0.1:1",    "169.254.1.1:1",
		"192.0.2.1:1",     "198.51.100.1:1", "203.0.113.9:1",    "[::1]:1",
		"[fe80::1]:1",     "[febf::1]:1",    "[fc00::1]:1",      "[fdff::1]:1",
		"[2001:db8::1]:1",
	};
	for (size_t i = 0; i < sizeof(private) / sizeof(private[0]); i++) {
		ck_assert_msg(!routable(private[i], false), "%s", private[i]);
		ck_assert_msg(routable(private[i], true), "%s", private[i]);
	}
}
END_TEST

START_TEST(what_is_no_address_of_one_peer_is_never_dialled)
{
	static const char *const never[] = {
		"0.0.0.0:1",   "0.1.2.3:1", "224.0.0.1:1", "239.255.255.255:1", "255.255.255.255:1",
		"240.0.0.1:1", "[::]:1",    "[ff02::1]:1", "1.2.3.4:0",         "[2a01:4f8::1]:0",
	};
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		ck_assert_msg(!routable(never[i], true), "%s", never[i]);
}
END_TEST

START_TEST(a_contact_keeps_the_addresses_that_may_be_dialled)
{
	struct an_contact contact = {
		.endpoint_count = 3,
		.endpoints = {an_endpoint_ip4(10, 0, 0, 1, 1), an_endpoint_ip4(44, 0, 0, 1, 2),
	                      an_endpoint_ip4(127, 0, 0, 1, 3)},
	};
	ck_assert(an_kad_contact_routable(&contact, false));
	ck_assert_uint_eq(contact.endpoint_count, 1);
	ck_assert_uint_eq(contact.endpoints[0].port, 2);
	contact.endpoints[0] = an_endpoint_ip4(10, 0, 0, 1, 1);
	ck_assert(!an_kad_contact_routable(&contact, false));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("kad/routable");
	TCase *all = tcase_create("addresses");
	tcase_add_test(all, global_addresses_are_dialled);
	tcase_add_test(all, private_addresses_are_dialled_in_local_networks_only);
	tcase_add_test(all, what_is_no_address_of_one_peer_is_never_dialled);
	tcase_add_test(all, a_contact_keeps_the_addresses_that_may_be_dialled);
	suite_add_tcase(s, all);
	return s;
}
