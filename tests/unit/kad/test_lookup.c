/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one lookup costs at most, whatever peers say. */
#include "harness.h"

#include <stdlib.h>

#include "kad/lookup.h"
#include "support.h"

enum { CONTACTS = 2 * AN_KAD_LOOKUP_CANDIDATES_MAX, WANTED = 20 };

static struct an_kad_lookup lookup;
static struct an_contact contacts[CONTACTS]; /* nearest to the target first */

static int compare(const void *a, const void *b)
{
	const struct an_contact *x = a, *y = b;
	const struct an_dht_key p = an_peer_id_dht_key(&x->id), q = an_peer_id_dht_key(&y->id);
	return an_dht_key_compare(&lookup.key, &p, &q);
}

static void setup(void)
{
	an_kad_lookup_init(&lookup, &an_profile_autonomi, an_span_text("name"), WANTED, 0);
	for (uint32_t i = 0; i < CONTACTS; i++)
		contacts[i] = sim_contact(i);
	qsort(contacts, CONTACTS, sizeof(contacts[0]), compare);
}

static void teardown(void)
{
	an_kad_lookup_done(&lookup);
}

static void add(size_t contact, int source)
{
	an_kad_lookup_add(&lookup, &contacts[contact], source, AN_KAD_STANDING_GOOD);
}

static bool holds(size_t contact)
{
	return an_kad_lookup_find(&lookup, &contacts[contact].id) >= 0;
}

static size_t answer_all_with_nearer_ones(void)
{
	struct an_kad_want want;
	size_t asked = 0, next = CONTACTS - 1;
	add(next, AN_KAD_SOURCE_OWN);
	while (an_kad_lookup_next(&lookup, 0, &want)) {
		const int candidate = an_kad_lookup_find(&lookup, &want.contact.id);
		ck_assert_int_ge(candidate, 0);
		if (next > 0)
			add(--next, candidate);
		an_kad_lookup_answered(&lookup, candidate, 0);
		ck_assert_uint_le(++asked, CONTACTS);
	}
	return asked;
}

START_TEST(where_each_names_one_that_is_nearer_the_requests_are_bounded)
{
	ck_assert_uint_eq(answer_all_with_nearer_ones(), AN_KAD_LOOKUP_REQUESTS_MAX);
	ck_assert(an_kad_lookup_ended(&lookup, 0));
}
END_TEST

START_TEST(of_many_candidates_the_nearest_are_remembered)
{
	enum { MAX = AN_KAD_LOOKUP_CANDIDATES_MAX };
	struct an_kad_want want;
	for (size_t i = 1; i <= MAX; i++)
		add(i, AN_KAD_SOURCE_OWN);
	add(MAX + 1, AN_KAD_SOURCE_OWN);
	ck_assert(!holds(MAX + 1));
	add(0, AN_KAD_SOURCE_OWN);
	ck_assert(holds(0));
	ck_assert(!holds(MAX));
	ck_assert(holds(MAX - 1));
	ck_assert_uint_eq(lookup.size, MAX);
	ck_assert(an_kad_lookup_next(&lookup, 0, &want));
	ck_assert(an_peer_id_equal(&want.contact.id, &contacts[0].id));
}
END_TEST

START_TEST(one_that_was_asked_does_not_give_way)
{
	enum { MAX = AN_KAD_LOOKUP_CANDIDATES_MAX };
	struct an_kad_want want;
	add(MAX, AN_KAD_SOURCE_OWN);
	ck_assert(an_kad_lookup_next(&lookup, 0, &want));
	for (size_t i = 1; i < MAX; i++)
		add(i, AN_KAD_SOURCE_OWN);
	add(0, AN_KAD_SOURCE_OWN);
	ck_assert(holds(0));
	ck_assert(holds(MAX));
	ck_assert(!holds(MAX - 1));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("kad/lookup");
	TCase *tests = tcase_create("bounds");
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, where_each_names_one_that_is_nearer_the_requests_are_bounded);
	tcase_add_test(tests, of_many_candidates_the_nearest_are_remembered);
	tcase_add_test(tests, one_that_was_asked_does_not_give_way);
	suite_add_tcase(s, tests);
	return s;
}
