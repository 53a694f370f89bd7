/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/endpoint.h"

#include "harness.h"

START_TEST(an_ip4_endpoint_is_kept_mapped)
{
	const struct an_endpoint endpoint = an_endpoint_ip4(192, 0, 2, 1, 12000);
	const uint8_t expected[16] = {[10] = 0xff, 0xff, 192, 0, 2, 1};
	ck_assert_mem_eq(endpoint.address, expected, sizeof(expected));
	ck_assert_uint_eq(endpoint.port, 12000);
	ck_assert(an_endpoint_is_ip4(&endpoint));
}
END_TEST

START_TEST(only_mapped_addresses_are_ip4)
{
	const struct an_endpoint unspecified = {0};
	const struct an_endpoint compatible = {.address = {[12] = 1, 2, 3, 4}};
	const struct an_endpoint ip6 = {.address = {0x20, 0x01, [10] = 0xff, 0xff, 1, 2, 3, 4}};
	ck_assert(!an_endpoint_is_ip4(&unspecified));
	ck_assert(!an_endpoint_is_ip4(&compatible));
	ck_assert(!an_endpoint_is_ip4(&ip6));
}
END_TEST

START_TEST(endpoints_are_equal_where_all_fields_are)
{
	const struct an_endpoint a = an_endpoint_ip4(1, 2, 3, 4, 5);
	struct an_endpoint b = a;
	ck_assert(an_endpoint_equal(&a, &b));
	b.port++;
	ck_assert(!an_endpoint_equal(&a, &b));
	b = a;
	b.scope++;
	ck_assert(!an_endpoint_equal(&a, &b));
	b = a;
	b.address[15]++;
	ck_assert(!an_endpoint_equal(&a, &b));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("base/endpoint");
	TCase *all = tcase_create("endpoints");
	tcase_add_test(all, an_ip4_endpoint_is_kept_mapped);
	tcase_add_test(all, only_mapped_addresses_are_ip4);
	tcase_add_test(all, endpoints_are_equal_where_all_fields_are);
	suite_add_tcase(s, all);
	return s;
}
