/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of lists from peers, honest and not (semantics 6.8.3, 6.8.4). */
#include "harness.h"

#include <stdlib.h>

#include "town.h"

static struct an_profile profile;
static struct an_random random_generator;
static struct an_repl_offers offers;
static struct an_dht_key self;
static an_time_us now;

static void setup(void)
{
	const uint8_t seed[AN_RANDOM_SEED_SIZE] = {5};
	profile = an_profile_autonomi;
	profile.payments = false;
	now = AN_HOURS(1);
	an_random_init(&random_generator, seed);
	self = (struct an_dht_key){{0x5a}};
	an_repl_offers_init(&offers, &profile, &self, &random_generator);
}

static void teardown(void)
{
	an_repl_offers_done(&offers);
}

static struct an_dht_key place(uint32_t record)
{
	const struct an_repl_content content = town_content(record, 0);
	return an_dht_key_of(an_span(content.name, sizeof(content.name)));
}

static an_status take_as(uint32_t peer, uint32_t record, bool ours, enum an_repl_standing standing)
{
	const struct an_contact contact = town_contact(peer);
	const struct an_repl_content content = town_content(record, 0);
	const struct an_dht_key key = place(record);
	return an_repl_offers_take(&offers, &contact, standing, &content, &key, ours, now);
}

static an_status take(uint32_t peer, uint32_t record)
{
	return take_as(peer, record, true, AN_REPL_NEIGHBOUR);
}

/* The peer's number, or -1; the offer in `ret`. */
static int next(struct an_repl_offer **ret)
{
	const struct an_repl_reporter *holder;
	*ret = an_repl_offers_next(&offers, now, &holder);
	for (uint32_t peer = 0; *ret != NULL && peer < 100; peer++) {
		const struct an_contact contact = town_contact(peer);
		if (an_peer_id_equal(&contact.id, &holder->id))
			return (int)peer;
	}
	return -1;
}

static bool is_record(const struct an_repl_offer *offer, uint32_t record)
{
	const struct an_repl_content content = town_content(record, 0);
	return memcmp(&content, &offer->content, sizeof(content)) == 0;
}

START_TEST(without_payments_one_word_suffices)
{
	struct an_repl_offer *offer;
	ck_assert_int_eq(take(1, 1), AUTONOMI_OK);
	ck_assert_int_eq(next(&offer), 1);
	ck_assert(is_record(offer, 1));
}
END_TEST

START_TEST(with_payments_two_must_say_the_same)
{
	struct an_repl_offer *offer;
	profile.payments = true;
	take(1, 1);
	take(1, 1);
	ck_assert_int_eq(next(&offer), -1);
	take(2, 1);
	ck_assert_int_ne(next(&offer), -1);
}
END_TEST

START_TEST(a_trusted_peer_is_believed_alone)
{
	struct an_repl_offer *offer;
	profile.payments = true;
	take_as(1, 1, true, AN_REPL_VOUCHER);
	ck_assert_int_eq(next(&offer), 1);
}
END_TEST

START_TEST(what_is_not_ours_waits_until_it_is)
{
	struct an_repl_offer *offer;
	take_as(1, 1, false, AN_REPL_NEIGHBOUR);
	ck_assert_int_eq(next(&offer), -1);
	take(2, 1);
	ck_assert_int_ne(next(&offer), -1);
}
END_TEST

static bool all_ours(void *context, const struct an_dht_key *dht_key)
{
	(void)dht_key;
	return *(bool *)context;
}

START_TEST(a_change_of_the_neighbourhood_is_applied_to_what_was_offered_before)
{
	struct an_repl_offer *offer;
	bool ours = true;
	take_as(1, 1, false, AN_REPL_NEIGHBOUR);
	an_repl_offers_review(&offers, all_ours, &ours);
	ours = false;
	an_repl_offers_review(&offers, all_ours, &ours);
	ck_assert_int_eq(next(&offer), -1);
	ours = true;
	an_repl_offers_review(&offers, all_ours, &ours);
	ck_assert_int_eq(next(&offer), 1);
}
END_TEST

START_TEST(the_nearest_comes_first_and_only_so_many_at_once)
{
	struct an_repl_offer *offer, *last = NULL;
	for (uint32_t i = 0; i < 50; i++)
		take(1, i);
	for (size_t i = 0; i < profile.fetch_parallel; i++) {
		ck_assert_int_eq(next(&offer), 1);
		if (last != NULL)
			ck_assert_int_lt(an_dht_key_compare(&self, &last->dht_key, &offer->dht_key),
			                 0);
		last = offer;
	}
	ck_assert_int_eq(next(&offer), -1);
	an_repl_offers_ended(&offers, last, AUTONOMI_OK, now);
	ck_assert_int_eq(next(&offer), 1);
	ck_assert_uint_eq(an_repl_offers_count(&offers), 49);
}
END_TEST

START_TEST(each_record_is_fetched_once_however_many_tell_of_it)
{
	struct an_repl_offer *offer, *other;
	for (uint32_t peer = 0; peer < 10; peer++)
		take(peer, 1);
	ck_assert_int_ge(next(&offer), 0);
	ck_assert_uint_eq(offer->reporter_count, AN_REPL_OFFER_REPORTERS);
	take(11, 1);
	ck_assert_int_eq(next(&other), -1);
	an_repl_offers_ended(&offers, offer, AUTONOMI_OK, now);
	ck_assert_uint_eq(an_repl_offers_count(&offers), 0);
}
END_TEST

START_TEST(when_one_holder_fails_the_next_one_is_asked)
{
	struct an_repl_offer *offer;
	take(1, 1);
	take(2, 1);
	const int first = next(&offer);
	an_repl_offers_ended(&offers, offer, AUTONOMI_E_NOT_FOUND, now);
	const int second = next(&offer);
	ck_assert_int_eq(first + second, 3);
	an_repl_offers_ended(&offers, offer, AUTONOMI_E_CORRUPT, now);
	ck_assert_uint_eq(an_repl_offers_count(&offers), 0);
}
END_TEST

START_TEST(all_offers_of_a_peer_that_is_gone_go)
{
	struct an_repl_offer *offer;
	for (uint32_t i = 0; i < 20; i++)
		take(1, i);
	take(2, 7);
	ck_assert_int_ge(next(&offer), 1);
	if (is_record(offer, 7)) {
		an_repl_offers_ended(&offers, offer, AUTONOMI_OK, now);
		ck_assert_int_eq(next(&offer), 1);
	}
	an_repl_offers_ended(&offers, offer, AUTONOMI_E_TIMEOUT, now);
	ck_assert_uint_le(an_repl_offers_count(&offers), 1);
}
END_TEST

START_TEST(a_busy_holder_is_asked_again_with_growing_rests)
{
	struct an_repl_offer *offer;
	take(1, 1);
	an_time_us waited = 0;
	for (int i = 0; i < 8; i++) {
		ck_assert_int_eq(next(&offer), 1);
		an_repl_offers_ended(&offers, offer, AUTONOMI_E_BUSY, now);
		ck_assert_int_eq(next(&offer), -1);
		const an_time_us due = an_repl_offers_deadline(&offers);
		ck_assert_uint_gt(due, now);
		ck_assert_uint_le(due - now, AN_SECONDS(64));
		waited += due - now;
		now = due;
	}
	ck_assert_uint_ge(waited, AN_SECONDS(1 + 2 + 4 + 8 + 16 + 32 + 32 + 32));
}
END_TEST

START_TEST(an_older_version_is_not_fetched_again)
{
	struct an_repl_offer *offer;
	take(1, 1);
	next(&offer);
	an_repl_offers_ended(&offers, offer, AUTONOMI_E_OUTDATED, now);
	take(2, 1);
	ck_assert_int_eq(next(&offer), -1);
	now += profile.offer_lifetime;
	an_repl_offers_expire(&offers, now);
	ck_assert_uint_eq(an_repl_offers_count(&offers), 0);
}
END_TEST

START_TEST(an_offer_that_nobody_follows_is_forgotten)
{
	profile.payments = true;
	take(1, 1);
	ck_assert_uint_eq(an_repl_offers_deadline(&offers), now + profile.offer_lifetime);
	now += profile.offer_lifetime;
	an_repl_offers_expire(&offers, now);
	ck_assert_uint_eq(an_repl_offers_count(&offers), 0);
	ck_assert_uint_eq(an_repl_offers_deadline(&offers), AN_TIME_NEVER);
}
END_TEST

START_TEST(a_liar_is_not_listened_to_for_a_while)
{
	struct an_repl_offer *offer;
	for (uint32_t i = 0; i < 100; i++)
		take(1, i);
	take(2, 200);
	size_t in_vain = 0;
	for (int peer; (peer = next(&offer)) >= 0;) {
		in_vain += peer == 1;
		an_repl_offers_ended(&offers, offer, peer == 1 ? AUTONOMI_E_NOT_FOUND : AUTONOMI_OK,
		                     now);
	}
	ck_assert_uint_eq(in_vain, AN_REPL_FALSE_MAX);
	ck_assert_uint_eq(an_repl_offers_count(&offers), 0);
	ck_assert_uint_eq(offers.muted, 1);
	ck_assert_int_eq(take(1, 1), AUTONOMI_E_REFUSED);
	const struct an_contact liar = town_contact(1), honest = town_contact(2);
	ck_assert(an_repl_offers_muted(&offers, &liar.id, now));
	ck_assert(!an_repl_offers_muted(&offers, &honest.id, now));
	now += profile.offer_lifetime;
	ck_assert_int_eq(take(1, 1), AUTONOMI_OK);
}
END_TEST

START_TEST(now_and_then_a_record_that_is_gone_does_not_make_a_liar)
{
	struct an_repl_offer *offer;
	for (uint32_t i = 0; i < 200; i++)
		take(1, i);
	for (size_t i = 0; next(&offer) >= 0; i++)
		an_repl_offers_ended(&offers, offer,
		                     i % 4 == 0 ? AUTONOMI_E_NOT_FOUND : AUTONOMI_OK, now);
	ck_assert_uint_eq(offers.muted, 0);
}
END_TEST

START_TEST(a_flood_of_one_peer_leaves_room_for_the_others)
{
	uint32_t taken = 0;
	while (take(1, taken) == AUTONOMI_OK)
		taken++;
	ck_assert_uint_eq(taken, AN_REPL_OFFERS_PER_REPORTER);
	ck_assert_int_eq(take(2, 1000000), AUTONOMI_OK);
	ck_assert_int_eq(take(1, 5), AUTONOMI_OK); /* known already */
}
END_TEST

START_TEST(floods_of_many_stay_within_the_limit)
{
	for (uint32_t peer = 0; peer < AN_REPL_REPORTERS_MAX; peer++)
		for (uint32_t i = 0; i < 400; i++)
			take(peer, peer * 1000 + i);
	ck_assert_uint_eq(an_repl_offers_count(&offers), AN_REPL_OFFERS_MAX);
	ck_assert_int_eq(take(1, 999), AUTONOMI_E_BUSY);
}
END_TEST

START_TEST(a_crowd_of_strangers_finds_no_place)
{
	for (uint32_t peer = 0; peer < AN_REPL_REPORTERS_MAX; peer++)
		ck_assert_int_eq(take(peer, peer), AUTONOMI_OK);
	ck_assert_int_eq(take(AN_REPL_REPORTERS_MAX, 1000), AUTONOMI_E_BUSY);
	an_repl_offers_clear(&offers);
	ck_assert_int_eq(take(AN_REPL_REPORTERS_MAX, 1000), AUTONOMI_OK);
}
END_TEST

static an_status take_of_stranger(uint32_t peer, uint32_t record)
{
	return take_as(peer, record, true, AN_REPL_STRANGER);
}

START_TEST(strangers_have_a_share_of_the_places_and_of_the_offers)
{
	uint32_t record = 0;
	for (uint32_t peer = 0; peer < AN_REPL_STRANGERS_MAX; peer++) {
		for (int i = 0; i < AN_REPL_OFFERS_PER_STRANGER; i++)
			ck_assert_int_eq(take_of_stranger(peer, record++), AUTONOMI_OK);
		ck_assert_int_eq(take_of_stranger(peer, record++), AUTONOMI_E_BUSY);
	}
	ck_assert_int_eq(take_of_stranger(AN_REPL_STRANGERS_MAX, record), AUTONOMI_E_BUSY);
	ck_assert_uint_eq(an_repl_offers_count(&offers), AN_REPL_OFFERS_PER_REPORTER);
	/* Neighbours have theirs. */
	for (uint32_t peer = AN_REPL_STRANGERS_MAX; peer < AN_REPL_REPORTERS_MAX; peer++)
		ck_assert_int_eq(take(peer, record++), AUTONOMI_OK);
	an_repl_offers_clear(&offers);
	ck_assert_int_eq(take_of_stranger(AN_REPL_STRANGERS_MAX, record), AUTONOMI_OK);
}
END_TEST

START_TEST(a_stranger_without_offers_that_comes_back_needs_a_place_again)
{
	struct an_repl_offer *offer;
	take_of_stranger(50, 1);
	next(&offer);
	an_repl_offers_ended(&offers, offer, AUTONOMI_OK, now);
	for (uint32_t peer = 0; peer < AN_REPL_STRANGERS_MAX; peer++)
		ck_assert_int_eq(take_of_stranger(peer, peer), AUTONOMI_OK);
	ck_assert_int_eq(take_of_stranger(50, 100), AUTONOMI_E_BUSY);
	ck_assert_int_eq(take(50, 100), AUTONOMI_OK);
}
END_TEST

START_TEST(strangers_that_withhold_records_leave_room_for_neighbours)
{
	struct an_repl_offer *offer;
	for (uint32_t peer = 0; peer < 10; peer++)
		take_of_stranger(peer, peer);
	for (int i = 0; i < AN_REPL_STRANGER_FETCHES_MAX; i++)
		ck_assert_int_ne(next(&offer), -1);
	ck_assert_int_eq(next(&offer), -1);
	for (uint32_t record = 100; record < 103; record++) {
		take(50, record);
		ck_assert_int_eq(next(&offer), 50);
	}
	/* What waits comes when there is room. */
	an_repl_offers_ended(&offers, offer, AUTONOMI_OK, now);
	now += AN_SECONDS(2);
	ck_assert_int_eq(next(&offer), -1);
	for (struct an_list *at = an_list_first(&offers.by_age); at != NULL;
	     at = an_list_next(&offers.by_age, at)) {
		struct an_repl_offer *under_way = an_container_of(at, struct an_repl_offer, by_age);
		if (under_way->state != AN_REPL_OFFER_FETCHING ||
		    !an_repl_offer_holder(&offers, under_way)->is_stranger)
			continue;
		an_repl_offers_ended(&offers, under_way, AUTONOMI_E_TIMEOUT, now);
		break;
	}
	now += AN_SECONDS(4);
	ck_assert_int_ne(next(&offer), -1);
}
END_TEST

START_TEST(of_strangers_and_a_neighbour_who_told_the_neighbour_is_asked_where_strangers_are_enough)
{
	struct an_repl_offer *offer;
	take_of_stranger(1, 1);
	take_of_stranger(2, 2);
	next(&offer);
	next(&offer);
	for (uint32_t peer = 3; peer < 7; peer++)
		take_of_stranger(peer, 10);
	take(50, 10);
	ck_assert_int_eq(next(&offer), 50);
	ck_assert(is_record(offer, 10));
}
END_TEST

START_TEST(a_stranger_gives_way_where_a_neighbour_tells_of_the_same_record)
{
	struct an_repl_offer *offer;
	for (uint32_t peer = 0; peer < AN_REPL_OFFER_REPORTERS; peer++)
		take_of_stranger(peer, 1);
	take_of_stranger(AN_REPL_OFFER_REPORTERS, 1);
	for (uint32_t peer = 50; peer < 50 + AN_REPL_OFFER_REPORTERS; peer++)
		take(peer, 1);
	take(60, 1);
	ck_assert_int_ge(next(&offer), 50);
	ck_assert_uint_eq(offer->reporter_count, AN_REPL_OFFER_REPORTERS);
	for (uint8_t i = 0; i < offer->reporter_count; i++)
		ck_assert(!offers.reporters[offer->reporters[i]].is_stranger);
}
END_TEST

START_TEST(a_busy_holder_that_is_gone_meanwhile_is_not_asked_again)
{
	struct an_repl_offer *first, *second;
	take(1, 1);
	take(1, 2);
	next(&first);
	next(&second);
	an_repl_offers_ended(&offers, first, AUTONOMI_E_UNREACHABLE, now);
	an_repl_offers_ended(&offers, second, AUTONOMI_E_BUSY, now);
	ck_assert_uint_eq(an_repl_offers_count(&offers), 0);
}
END_TEST

/* Whatever happens in whatever order: the books stay right. */
START_TEST(the_books_stay_right_under_a_random_course)
{
	struct an_repl_offer *fetching[8] = {0};
	profile.payments = true;
	for (int step = 0; step < 30000; step++) {
		const uint32_t peer = (uint32_t)an_random_below(&random_generator, 20);
		const uint32_t record = (uint32_t)an_random_below(&random_generator, 60);
		const size_t slot = (size_t)an_random_below(&random_generator, 5);
		static const an_status ends[] = {AUTONOMI_OK,          AUTONOMI_E_OUTDATED,
		                                 AUTONOMI_E_BUSY,      AUTONOMI_E_TIMEOUT,
		                                 AUTONOMI_E_NOT_FOUND, AUTONOMI_E_UNREACHABLE};
		bool ours = an_random_below(&random_generator, 2) != 0;
		switch (an_random_below(&random_generator, 5)) {
		case 0:
			if (fetching[slot] == NULL)
				next(&fetching[slot]);
			break;
		case 1:
			if (fetching[slot] != NULL)
				an_repl_offers_ended(&offers, fetching[slot],
				                     ends[an_random_below(&random_generator, 6)],
				                     now);
			fetching[slot] = NULL;
			break;
		case 2:
			now += an_random_below(&random_generator, AN_SECONDS(20));
			an_repl_offers_expire(&offers, now);
			break;
		case 3:
			if (an_random_below(&random_generator, 50) == 0)
				an_repl_offers_review(&offers, all_ours, &ours);
			break;
		default:
			take_as(peer, record, ours,
			        (enum an_repl_standing)an_random_below(&random_generator, 3));
		}
		size_t under_way = 0, told = 0, noted = 0;
		for (size_t i = 0; i < 8; i++)
			under_way += fetching[i] != NULL;
		for (struct an_list *at = an_list_first(&offers.by_age); at != NULL;
		     at = an_list_next(&offers.by_age, at))
			told += an_container_of(at, struct an_repl_offer, by_age)->reporter_count;
		for (size_t i = 0; i < AN_REPL_REPORTERS_MAX; i++)
			noted += offers.reporters[i].offers;
		ck_assert_uint_eq(offers.fetching, under_way);
		ck_assert_uint_eq(told, noted);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("repl/offers");
	TCase *tests = tcase_create("offers");
	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, without_payments_one_word_suffices);
	tcase_add_test(tests, with_payments_two_must_say_the_same);
	tcase_add_test(tests, a_trusted_peer_is_believed_alone);
	tcase_add_test(tests, what_is_not_ours_waits_until_it_is);
	tcase_add_test(tests, a_change_of_the_neighbourhood_is_applied_to_what_was_offered_before);
	tcase_add_test(tests, the_nearest_comes_first_and_only_so_many_at_once);
	tcase_add_test(tests, each_record_is_fetched_once_however_many_tell_of_it);
	tcase_add_test(tests, when_one_holder_fails_the_next_one_is_asked);
	tcase_add_test(tests, all_offers_of_a_peer_that_is_gone_go);
	tcase_add_test(tests, a_busy_holder_is_asked_again_with_growing_rests);
	tcase_add_test(tests, an_older_version_is_not_fetched_again);
	tcase_add_test(tests, an_offer_that_nobody_follows_is_forgotten);
	tcase_add_test(tests, a_liar_is_not_listened_to_for_a_while);
	tcase_add_test(tests, now_and_then_a_record_that_is_gone_does_not_make_a_liar);
	tcase_add_test(tests, a_flood_of_one_peer_leaves_room_for_the_others);
	tcase_add_test(tests, floods_of_many_stay_within_the_limit);
	tcase_add_test(tests, a_crowd_of_strangers_finds_no_place);
	tcase_add_test(tests, strangers_have_a_share_of_the_places_and_of_the_offers);
	tcase_add_test(tests, a_stranger_without_offers_that_comes_back_needs_a_place_again);
	tcase_add_test(tests, strangers_that_withhold_records_leave_room_for_neighbours);
	tcase_add_test(
		tests,
		of_strangers_and_a_neighbour_who_told_the_neighbour_is_asked_where_strangers_are_enough);
	tcase_add_test(tests, a_stranger_gives_way_where_a_neighbour_tells_of_the_same_record);
	tcase_add_test(tests, a_busy_holder_that_is_gone_meanwhile_is_not_asked_again);
	tcase_add_test(tests, the_books_stay_right_under_a_random_course);
	suite_add_tcase(s, tests);
	return s;
}
