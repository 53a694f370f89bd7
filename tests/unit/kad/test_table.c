/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "kad/range.h"
#include "kad/refresh.h"
#include "support.h"

enum { K = 20, PEERS = 600, STEPS = 20000 };

static struct an_kad_table table;
static struct an_random generator;
static struct an_contact self;

static void setup(void)
{
	const uint8_t seed[AN_RANDOM_SEED_SIZE] = {7};
	an_random_init(&generator, seed);
	self = sim_contact(0);
	const struct an_dht_key key = sim_key(&self);
	an_kad_table_init(&table, &an_profile_autonomi, &key);
}

static void teardown(void)
{
	an_kad_table_done(&table);
}

static enum an_kad_seen see(uint32_t n, an_time_us now)
{
	const struct an_contact contact = sim_contact(n);
	return an_kad_table_seen(&table, &contact, now);
}

/* Each peer is in its bucket, once, the oldest first, and the count is right. */
static void assert_invariants(void)
{
	size_t size = 0;
	for (int i = 0; i < AN_KAD_BUCKETS; i++) {
		const struct an_kad_bucket *bucket = table.buckets[i];
		if (bucket == NULL)
			continue;
		ck_assert_uint_ge(bucket->size, 1);
		ck_assert_uint_le(bucket->size, K);
		ck_assert(!bucket->has_pending || bucket->size == K);
		size += bucket->size;
		for (size_t j = 0; j < bucket->size; j++) {
			const struct an_kad_entry *entry = &bucket->entries[j];
			ck_assert_int_eq(an_dht_key_bucket(&table.self, &entry->key), i);
			ck_assert(!an_peer_id_equal(&entry->contact.id, &self.id));
			ck_assert(j == 0 || bucket->entries[j - 1].last_seen <= entry->last_seen);
			ck_assert_ptr_eq(an_kad_bucket_find(bucket, &entry->contact.id), entry);
		}
	}
	ck_assert_uint_eq(size, table.size);
}

/* A model: the peers of which the table has said that it took them in and not that it lost them. */
static bool in_model[PEERS];

static uint32_t number_of(const struct an_contact *contact)
{
	uint32_t n = 0;
	while (n < PEERS) {
		const struct an_contact other = sim_contact(n);
		if (an_peer_id_equal(&other.id, &contact->id))
			break;
		n++;
	}
	return n;
}

static void lose(uint32_t n)
{
	const struct an_contact contact = sim_contact(n);
	const struct an_kad_loss loss = an_kad_table_failed(&table, &contact.id);
	ck_assert_int_eq(loss.removed, in_model[n]);
	in_model[n] = false;
	if (loss.filled)
		in_model[number_of(&loss.entered)] = true;
}

static void do_anything(an_time_us now)
{
	const uint32_t n = (uint32_t)an_random_below(&generator, PEERS);
	const struct an_contact contact = sim_contact(n);
	switch (an_random_below(&generator, 4)) {
	case 0:
		lose(n);
		break;
	case 1:
		ck_assert_int_eq(an_kad_table_heard(&table, &contact.id, now), in_model[n]);
		break;
	default: {
		const enum an_kad_seen seen = see(n, now);
		ck_assert_int_eq(seen == AN_KAD_SEEN_KNOWN, in_model[n]);
		if (seen == AN_KAD_SEEN_ADDED)
			in_model[n] = true;
	}
	}
}

START_TEST(after_anything_that_happens_the_table_agrees_with_a_model)
{
	memset(in_model, 0, sizeof(in_model));
	for (an_time_us now = 1; now <= STEPS; now++) {
		do_anything(now);
		if (now % 100 == 0)
			assert_invariants();
	}
	size_t count = 0;
	for (uint32_t n = 0; n < PEERS; n++) {
		const struct an_contact contact = sim_contact(n);
		ck_assert_int_eq(an_kad_table_find(&table, &contact.id) != NULL, in_model[n]);
		count += in_model[n];
	}
	ck_assert_uint_eq(count, table.size);
	ck_assert_uint_gt(count, 60);
}
END_TEST

/* The nearest of all peers in the table, by looking at every one. */
static size_t nearest(const struct an_dht_key *target, struct an_contact *contacts, size_t count)
{
	const struct an_kad_entry *sorted[PEERS];
	size_t found = 0;
	for (int i = 0; i < AN_KAD_BUCKETS; i++) {
		const struct an_kad_bucket *bucket = table.buckets[i];
		for (size_t j = 0; bucket != NULL && j < bucket->size; j++) {
			size_t place = found++;
			for (; place > 0; place--) {
				if (an_dht_key_compare(target, &sorted[place - 1]->key,
				                       &bucket->entries[j].key) < 0)
					break;
				sorted[place] = sorted[place - 1];
			}
			sorted[place] = &bucket->entries[j];
		}
	}
	found = found < count ? found : count;
	for (size_t i = 0; i < found; i++)
		contacts[i] = sorted[i]->contact;
	return found;
}

START_TEST(the_closest_are_those_that_a_look_at_every_peer_finds)
{
	for (uint32_t n = 1; n < PEERS; n++)
		see(n, n);
	for (int i = 0; i < 500; i++) {
		struct an_dht_key target = sim_key(&self);
		/* From anywhere to very near ourselves. */
		const size_t fixed = (size_t)an_random_below(&generator, AN_DHT_KEY_SIZE + 1);
		an_random_fill(&generator, target.bytes + fixed, AN_DHT_KEY_SIZE - fixed);
		const size_t count = 1 + (size_t)an_random_below(&generator, 64);
		struct an_contact got[64], expected[64];
		ck_assert_uint_eq(an_kad_table_closest(&table, &target, got, count),
		                  nearest(&target, expected, count));
		for (size_t j = 0; j < count; j++)
			ck_assert(an_peer_id_equal(&got[j].id, &expected[j].id));
	}
}
END_TEST

START_TEST(ourselves_never_enter)
{
	ck_assert_int_eq(see(0, 1), AN_KAD_SEEN_IGNORED);
	ck_assert_uint_eq(table.size, 0);
	ck_assert_int_eq(an_kad_table_deadline(&table) == AN_TIME_NEVER, true);
}
END_TEST

START_TEST(the_oldest_peer_of_a_bucket_is_due_once_in_an_interval)
{
	const an_time_us interval = an_profile_autonomi.liveness_interval;
	see(1, 0);
	ck_assert_ptr_null(an_kad_table_take_due(&table, interval - 1));
	ck_assert_uint_eq(an_kad_table_deadline(&table), interval);
	ck_assert_ptr_nonnull(an_kad_table_take_due(&table, interval));
	ck_assert_ptr_null(an_kad_table_take_due(&table, interval));
	ck_assert_uint_eq(an_kad_table_deadline(&table), 2 * interval);
}
END_TEST

START_TEST(a_peer_that_was_heard_is_not_due)
{
	const an_time_us interval = an_profile_autonomi.liveness_interval;
	const struct an_contact contact = sim_contact(1);
	see(1, 0);
	an_kad_table_heard(&table, &contact.id, interval - 1);
	ck_assert_ptr_null(an_kad_table_take_due(&table, interval));
	ck_assert_uint_eq(an_kad_table_deadline(&table), 2 * interval - 1);
}
END_TEST

/* Peers of one bucket, and no others. */
static uint32_t see_next_in(int wanted, uint32_t n, an_time_us now, enum an_kad_seen expected)
{
	for (;; n++) {
		const struct an_contact contact = sim_contact(n);
		const struct an_dht_key key = sim_key(&contact);
		if (an_dht_key_bucket(&table.self, &key) != wanted)
			continue;
		ck_assert_int_eq(see(n, now), expected);
		return n + 1;
	}
}

START_TEST(a_waiting_newcomer_makes_the_oldest_due_though_it_was_heard)
{
	const an_time_us interval = an_profile_autonomi.liveness_interval;
	uint32_t n = see_next_in(255, 1, 0, AN_KAD_SEEN_ADDED);
	while (table.size < K)
		n = see_next_in(255, n, interval - 1, AN_KAD_SEEN_ADDED);
	const struct an_contact oldest = table.buckets[255]->entries[0].contact;
	ck_assert(an_kad_table_heard(&table, &oldest.id, interval - 1));
	ck_assert_ptr_null(an_kad_table_take_due(&table, interval));

	see_next_in(255, n, interval, AN_KAD_SEEN_PENDING);
	const struct an_kad_entry *due = an_kad_table_take_due(&table, interval);
	ck_assert_ptr_eq(due, &table.buckets[255]->entries[0]);
}
END_TEST

/* The peer, moved to host `host` of 44.1.2.0/24. */
static struct an_contact neighbour(uint32_t n, uint8_t host)
{
	struct an_contact contact = sim_contact(n);
	contact.endpoints[0] = an_endpoint_ip4(44, 1, 2, host, 10000);
	return contact;
}

/* From `n` on, the next peer of the farthest bucket. */
static uint32_t next_far(uint32_t n)
{
	for (;; n++) {
		const struct an_contact contact = sim_contact(n);
		const struct an_dht_key key = sim_key(&contact);
		if (an_dht_key_bucket(&table.self, &key) == 255)
			return n;
	}
}

/* Fills the share of 44.1.2.0/24 in the farthest bucket; the number after the last peer. */
static uint32_t fill_share(void)
{
	uint32_t n = 1;
	for (size_t i = 0; i < an_profile_autonomi.bucket_network_peers; i++) {
		n = next_far(n);
		const struct an_contact contact = neighbour(n++, (uint8_t)i);
		ck_assert(an_kad_table_has_room(&table, &contact));
		ck_assert_int_eq(an_kad_table_seen(&table, &contact, 1), AN_KAD_SEEN_ADDED);
	}
	return n;
}

START_TEST(peers_of_one_network_get_a_share_of_a_bucket_and_no_more)
{
	const uint32_t n = next_far(fill_share());
	const struct an_contact same = neighbour(n, 99);
	ck_assert(!an_kad_table_has_room(&table, &same));
	ck_assert_int_eq(an_kad_table_seen(&table, &same, 2), AN_KAD_SEEN_IGNORED);
	ck_assert_ptr_null(an_kad_table_find(&table, &same.id));

	/* The same peer at home, and another one of that network in another bucket. */
	ck_assert_int_eq(see(n, 3), AN_KAD_SEEN_ADDED);
	uint32_t other = 1;
	const struct an_dht_key *own = &table.self;
	struct an_contact near = neighbour(other, 100);
	for (struct an_dht_key key = sim_key(&near); an_dht_key_bucket(own, &key) == 255;
	     key = sim_key(&near))
		near = neighbour(++other, 100);
	ck_assert_int_eq(an_kad_table_seen(&table, &near, 3), AN_KAD_SEEN_ADDED);
}
END_TEST

START_TEST(a_peer_that_moves_into_a_crowded_network_keeps_its_place_and_its_old_address)
{
	const uint32_t n = next_far(fill_share());
	ck_assert_int_eq(see(n, 2), AN_KAD_SEEN_ADDED);
	const struct an_contact moved = neighbour(n, 99);
	ck_assert_int_eq(an_kad_table_seen(&table, &moved, 3), AN_KAD_SEEN_KNOWN);
	const struct an_kad_entry *entry = an_kad_table_find(&table, &moved.id);
	const struct an_contact before = sim_contact(n);
	ck_assert_uint_eq(entry->contact.endpoint_count, 1);
	ck_assert(an_endpoint_equal(&entry->contact.endpoints[0], &before.endpoints[0]));
	ck_assert_uint_eq(entry->last_seen, 3);
}
END_TEST

START_TEST(a_site_of_ip6_is_a_network_and_private_addresses_are_none)
{
	for (uint8_t i = 0; i < K; i++) {
		struct an_contact contact = sim_contact(next_far(i == 0 ? 1 : i * 40u));
		contact.endpoints[0] = (struct an_endpoint){.address = {0x2a, 0x01, 4, 5, 6, 7,
		                                                        i, [15] = 1},
		                                            .port = 1};
		const bool admitted = i < an_profile_autonomi.bucket_network_peers;
		ck_assert_int_eq(an_kad_table_seen(&table, &contact, 1),
		                 admitted ? AN_KAD_SEEN_ADDED : AN_KAD_SEEN_IGNORED);
	}
	for (uint8_t i = 0; i < K - an_profile_autonomi.bucket_network_peers; i++) {
		struct an_contact contact = sim_contact(next_far(1000 + i * 40u));
		contact.endpoints[0] = an_endpoint_ip4(192, 168, 0, i, 1);
		ck_assert_int_eq(an_kad_table_seen(&table, &contact, 1), AN_KAD_SEEN_ADDED);
	}
}
END_TEST

START_TEST(the_size_of_the_network_follows_from_the_full_buckets)
{
	ck_assert_uint_eq(an_kad_table_network_size(&table), 1);
	uint32_t n = 1;
	for (size_t i = 0; i < 7; i++)
		n = see_next_in(253, n, 1, AN_KAD_SEEN_ADDED);
	ck_assert_uint_eq(an_kad_table_network_size(&table), 8);
	for (size_t i = 0; i < K; i++)
		n = see_next_in(255, n, 1, AN_KAD_SEEN_ADDED);
	ck_assert_uint_eq(an_kad_table_network_size(&table), 16);
	for (size_t i = 0; i < K; i++)
		n = see_next_in(254, n, 1, AN_KAD_SEEN_ADDED);
	ck_assert_uint_eq(an_kad_table_network_size(&table), 32);
}
END_TEST

START_TEST(an_idle_table_with_a_hundred_peers_takes_little_memory)
{
	uint32_t n = 1;
	while (table.size < 100)
		see(n++, 1);
	size_t bytes = sizeof(table);
	for (int i = 0; i < AN_KAD_BUCKETS; i++) {
		const struct an_kad_bucket *bucket = table.buckets[i];
		if (bucket != NULL)
			bytes += sizeof(*bucket) + bucket->room * sizeof(bucket->entries[0]);
	}
	ck_assert_uint_lt(bytes, 32 * 1024);
	ck_assert_uint_lt(sizeof(table), 4 * 1024);
}
END_TEST

START_TEST(a_share_of_the_key_space_is_exact)
{
	const struct an_dht_key whole = an_kad_share(1, 1);
	const struct an_dht_key fifth = an_kad_share(5, 1);
	const struct an_dht_key large = an_kad_share(256, 5);
	const struct an_dht_key over = an_kad_share(2, 5);
	for (int i = 0; i < AN_DHT_KEY_SIZE; i++) {
		ck_assert_uint_eq(whole.bytes[i], 0xff);
		ck_assert_uint_eq(fifth.bytes[i], 0x33); /* (2^256 - 1) / 5 */
		ck_assert_uint_eq(over.bytes[i], 0xff);
	}
	/* floor((2^256 - 1) / 256) = 2^248 - 1; times 5 = 5 * 2^248 - 5. */
	ck_assert_uint_eq(large.bytes[0], 4);
	ck_assert_uint_eq(large.bytes[1], 0xff);
	ck_assert_uint_eq(large.bytes[31], 0xfb);

	const struct an_dht_key most = an_kad_share(UINT64_MAX, 1); /* 1 + 2^64 + 2^128 + 2^192 */
	for (int i = 0; i < AN_DHT_KEY_SIZE; i++)
		ck_assert_uint_eq(most.bytes[i], i % 8 == 7);
	const struct an_dht_key none = an_kad_share(0, 1);
	ck_assert_mem_eq(none.bytes, whole.bytes, sizeof(none.bytes));
}
END_TEST

START_TEST(the_range_is_the_farther_of_share_and_seventh_peer)
{
	const struct an_dht_key near = {{0x10}};
	const struct an_dht_key far = {{0x40}};
	const struct an_dht_key share = an_kad_share(5, 1);
	struct an_dht_key range = an_kad_range(5, 1, &near);
	ck_assert_mem_eq(range.bytes, share.bytes, sizeof(range.bytes));
	range = an_kad_range(5, 1, &far);
	ck_assert_mem_eq(range.bytes, far.bytes, sizeof(range.bytes));
}
END_TEST

static int compare_keys(const void *a, const void *b)
{
	const struct an_dht_key *x = a, *y = b;
	return memcmp(x->bytes, y->bytes, AN_DHT_KEY_SIZE);
}

/* Semantics 6.7: eight peers must be known, ourselves included, and the seventh of them counts. All are so
 * far away that their distance is more than the share. */
START_TEST(the_range_comes_from_the_seventh_of_at_least_eight)
{
	enum { FAR = 0xc0, KNOWN = 7, NEAR = 6 };
	struct an_dht_key distances[KNOWN], range;
	size_t count = 0;
	for (uint32_t n = 1; count < KNOWN; n++) {
		const struct an_contact contact = sim_contact(n);
		const struct an_dht_key key = sim_key(&contact);
		const struct an_dht_key distance = an_dht_key_distance(&table.self, &key);
		if (distance.bytes[0] < FAR)
			continue;
		ck_assert(!an_kad_range_of_table(&table, &range));
		see(n, 0);
		distances[count++] = distance;
	}
	qsort(distances, KNOWN, sizeof(distances[0]), compare_keys);
	ck_assert(an_kad_range_of_table(&table, &range));
	ck_assert_mem_eq(range.bytes, distances[NEAR - 1].bytes, AN_DHT_KEY_SIZE);
}
END_TEST

START_TEST(a_target_for_a_bucket_falls_into_it)
{
	struct an_kad_refresh refresh;
	an_kad_refresh_init(&refresh, &an_profile_autonomi, &generator, false);
	for (uint32_t n = 1; n < 200; n++) {
		see(n, n);
		an_kad_refresh_added(&refresh, table.size, n);
	}
	struct an_kad_refresh_target target;
	ck_assert(an_kad_refresh_next(&refresh, &table, &self.id, 200, &target));
	ck_assert_uint_eq(target.size, self.id.size);
	ck_assert(!an_kad_refresh_next(&refresh, &table, &self.id, 200, &target));
	an_kad_refresh_ended(&refresh, &table, 200);

	bool seen[AN_KAD_BUCKETS] = {0};
	size_t count = 0;
	while (an_kad_refresh_next(&refresh, &table, &self.id, 200, &target)) {
		const struct an_dht_key key = an_dht_key_of(an_span(target.bytes, target.size));
		const int i = an_dht_key_bucket(&table.self, &key);
		ck_assert_int_ge(i, 0);
		ck_assert(!seen[i]);
		ck_assert(table.buckets[i] == NULL || table.buckets[i]->size < K);
		seen[i] = true;
		count++;
		an_kad_refresh_ended(&refresh, &table, 200);
	}
	ck_assert_uint_ge(count, 4);
	ck_assert_uint_eq(refresh.completed, 1);
	ck_assert_uint_eq(an_kad_refresh_deadline(&refresh), 200 + AN_SECONDS(10));
}
END_TEST

#ifdef AN_FAULT_INJECTION
START_TEST(without_memory_the_table_stays_as_it_was)
{
	for (uint32_t n = 1; n < PEERS; n++) {
		an_memory_fail_after(n % 3);
		see(n, n);
		an_memory_fail_after(UINT64_MAX);
		assert_invariants();
	}
	ck_assert_uint_gt(table.size, 0);
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("kad/table");
	TCase *all = tcase_create("table");
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_add_test(all, after_anything_that_happens_the_table_agrees_with_a_model);
	tcase_add_test(all, the_closest_are_those_that_a_look_at_every_peer_finds);
	tcase_add_test(all, ourselves_never_enter);
	tcase_add_test(all, the_oldest_peer_of_a_bucket_is_due_once_in_an_interval);
	tcase_add_test(all, a_peer_that_was_heard_is_not_due);
	tcase_add_test(all, a_waiting_newcomer_makes_the_oldest_due_though_it_was_heard);
	tcase_add_test(all, peers_of_one_network_get_a_share_of_a_bucket_and_no_more);
	tcase_add_test(
		all, a_peer_that_moves_into_a_crowded_network_keeps_its_place_and_its_old_address);
	tcase_add_test(all, a_site_of_ip6_is_a_network_and_private_addresses_are_none);
	tcase_add_test(all, the_size_of_the_network_follows_from_the_full_buckets);
	tcase_add_test(all, an_idle_table_with_a_hundred_peers_takes_little_memory);
	tcase_add_test(all, a_share_of_the_key_space_is_exact);
	tcase_add_test(all, the_range_is_the_farther_of_share_and_seventh_peer);
	tcase_add_test(all, the_range_comes_from_the_seventh_of_at_least_eight);
	tcase_add_test(all, a_target_for_a_bucket_falls_into_it);
#ifdef AN_FAULT_INJECTION
	tcase_add_test(all, without_memory_the_table_stays_as_it_was);
#endif
	suite_add_tcase(s, all);
	return s;
}
