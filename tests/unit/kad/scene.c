/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene.h"

#include <check.h>

static const struct an_profile *const profile = &an_profile_autonomi;
struct an_random scene_random;
struct an_kad *scene_kad;
struct sim_found scene_found;
size_t scene_added, scene_removed;

static void count_change(void *context, const struct an_contact *contact, bool is_added)
{
	ck_assert_ptr_eq(context, &scene_added);
	ck_assert_uint_gt(contact->id.size, 0);
	scene_added += is_added;
	scene_removed += !is_added;
}

struct an_kad *scene_make(bool client, bool private_addresses, struct an_logger *logger)
{
	const struct an_kad_config config = {
		.profile = profile,
		.self = sim_contact(SCENE_SELF).id,
		.client = client,
		.private_addresses = private_addresses,
		.random = &scene_random,
		.logger = logger,
		.changed = count_change,
		.changed_context = &scene_added,
	};
	struct an_kad *made;
	ck_assert_int_eq(an_kad_new(&config, 0, &made), AUTONOMI_OK);
	return made;
}

void scene_setup(void)
{
	const uint8_t seed[AN_RANDOM_SEED_SIZE] = {3};
	an_random_init(&scene_random, seed);
	scene_added = scene_removed = 0;
	scene_found = (struct sim_found){0};
	scene_kad = scene_make(true, false, NULL);
}

void scene_teardown(void)
{
	scene_kad = an_kad_free(scene_kad);
}

void scene_prove(uint32_t n, an_time_us now)
{
	const struct an_contact contact = sim_contact(n);
	an_kad_peer_proven(scene_kad, &contact, now);
}

size_t scene_take_wants(struct an_kad_want *wants, an_time_us now)
{
	size_t count = 0;
	while (an_kad_next_want(scene_kad, now, &wants[count])) {
		count++;
		ck_assert_uint_lt(count, SCENE_WANTS_MAX);
	}
	return count;
}

size_t scene_refuse_all(an_time_us now)
{
	struct an_kad_want want;
	size_t count = 0;
	while (an_kad_next_want(scene_kad, now, &want)) {
		an_kad_failed(scene_kad, want.token, AUTONOMI_E_REFUSED, now);
		ck_assert_uint_lt(count++, 10000);
	}
	return count;
}

uint64_t scene_look_up(size_t count, an_time_us now)
{
	uint64_t id;
	ck_assert_int_eq(an_kad_lookup(scene_kad, an_span_text("name"), count, now,
	                               sim_done_handler, &scene_found, &id),
	                 AUTONOMI_OK);
	return id;
}
