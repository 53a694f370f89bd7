/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/memory.h"

/* An answer or a failure on its way. */
struct event {
	struct an_heap_node timer;
	struct an_kad_want want;
	size_t node; /* node_count: nobody there */
};

struct an_contact sim_contact(uint32_t n)
{
	struct an_contact contact = {
		.id = {.size = 38, .bytes = {0x00, 0x24, 0x08, 0x01, 0x12, 0x20}},
		.endpoint_count = 1,
		.endpoints = {an_endpoint_ip4(44, (uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16),
	                                      10000)},
	};
	const uint8_t number[4] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8),
	                           (uint8_t)n};
	const struct an_dht_key bytes = an_dht_key_of(an_span(number, sizeof(number)));
	memcpy(contact.id.bytes + 6, bytes.bytes, sizeof(bytes.bytes));
	return contact;
}

struct an_dht_key sim_key(const struct an_contact *contact)
{
	return an_peer_id_dht_key(&contact->id);
}

static void fill_table(struct sim *sim, struct sim_node *node)
{
	an_kad_table_init(&node->table, &an_profile_autonomi, &node->key);
	const size_t start = (size_t)an_random_below(&sim->random, sim->node_count);
	/* A step that is prime to any count visits all of them. */
	for (size_t i = 0; i < sim->node_count; i++) {
		const size_t other = (start + i * 7919) % sim->node_count;
		an_kad_table_seen(&node->table, &sim->nodes[other].contact, 0);
	}
}

void sim_init(struct sim *sim, size_t nodes, uint8_t seed)
{
	const uint8_t bytes[AN_RANDOM_SEED_SIZE] = {seed};
	*sim = (struct sim){.node_count = nodes};
	an_random_init(&sim->random, bytes);
	an_heap_init(&sim->events);
	sim->nodes = an_calloc(nodes, sizeof(*sim->nodes));
	ck_assert_ptr_nonnull(sim->nodes);
	for (size_t i = 0; i < nodes; i++) {
		sim->nodes[i].contact = sim_contact((uint32_t)i);
		sim->nodes[i].key = sim_key(&sim->nodes[i].contact);
	}
	for (size_t i = 0; i < nodes; i++)
		fill_table(sim, &sim->nodes[i]);
}

void sim_done(struct sim *sim)
{
	struct an_heap_node *timer;
	while ((timer = an_heap_take_due(&sim->events, AN_TIME_NEVER)) != NULL)
		an_free(an_container_of(timer, struct event, timer));
	sim->kad = an_kad_free(sim->kad);
	for (size_t i = 0; i < sim->node_count; i++)
		an_kad_table_done(&sim->nodes[i].table);
	sim->nodes = an_free(sim->nodes);
	sim->fakes = an_free(sim->fakes);
	sim->fake_keys = an_free(sim->fake_keys);
}

void sim_set_mood(struct sim *sim, unsigned percent, enum sim_mood mood)
{
	size_t wanted = sim->node_count * percent / 100;
	while (wanted > 0) {
		struct sim_node *node = &sim->nodes[an_random_below(&sim->random, sim->node_count)];
		if (node->mood != SIM_HONEST)
			continue;
		node->mood = mood;
		wanted--;
	}
}

void sim_make_fakes(struct sim *sim, size_t count)
{
	sim->fakes = an_calloc(count, sizeof(*sim->fakes));
	sim->fake_keys = an_calloc(count, sizeof(*sim->fake_keys));
	sim->fake_count = count;
	for (size_t i = 0; i < count; i++) {
		sim->fakes[i] = sim_contact((uint32_t)(1000000 + i));
		sim->fake_keys[i] = sim_key(&sim->fakes[i]);
	}
}

void sim_start(struct sim *sim, uint32_t self, bool client)
{
	const struct an_kad_config config = {
		.profile = &an_profile_autonomi,
		.self = sim_contact(self).id,
		.client = client,
		.random = &sim->random,
	};
	ck_assert_int_eq(an_kad_new(&config, sim->now, &sim->kad), AUTONOMI_OK);
}

void sim_bootstrap(struct sim *sim, size_t contacts)
{
	struct an_contact given[32];
	ck_assert_uint_le(contacts, 32);
	for (size_t i = 0; i < contacts; i++)
		given[i] = sim->nodes[i].contact;
	an_kad_bootstrap(sim->kad, given, contacts, sim->now);
}

static size_t node_of(const struct sim *sim, const struct an_contact *contact)
{
	const struct an_endpoint *endpoint = &contact->endpoints[0];
	const size_t n = (size_t)endpoint->address[15] << 16 | (size_t)endpoint->address[14] << 8 |
	                 endpoint->address[13];
	const bool there = n < sim->node_count &&
	                   an_peer_id_equal(&sim->nodes[n].contact.id, &contact->id);
	return there ? n : sim->node_count;
}

static bool is_there(const struct sim *sim, size_t node)
{
	return node < sim->node_count && sim->nodes[node].mood != SIM_DEAD;
}

static an_time_us delay_of(struct sim *sim, size_t node)
{
	if (!is_there(sim, node))
		return an_profile_autonomi.handshake_timeout;
	if (sim->nodes[node].mood == SIM_SLOW)
		return AN_SECONDS(2) + an_random_below(&sim->random, AN_SECONDS(6));
	return AN_MS(20) + an_random_below(&sim->random, AN_MS(100));
}

static void send_wants(struct sim *sim)
{
	struct an_kad_want want;
	while (an_kad_next_want(sim->kad, sim->now, &want)) {
		struct event *event = an_calloc(1, sizeof(*event));
		event->want = want;
		event->node = node_of(sim, &want.contact);
		an_heap_set(&sim->events, &event->timer, sim->now + delay_of(sim, event->node));
		sim->requests++;
		if (++sim->in_flight > sim->in_flight_most)
			sim->in_flight_most = sim->in_flight;
	}
}

/* The fakes nearest to the target: insertion into a short sorted list. */
static size_t lie(const struct sim *sim, const struct an_dht_key *target,
                  struct an_contact *contacts, size_t capacity)
{
	size_t indices[32], count = 0;
	for (size_t i = 0; i < sim->fake_count; i++) {
		size_t place = count;
		while (place > 0 && an_dht_key_compare(target, &sim->fake_keys[i],
		                                       &sim->fake_keys[indices[place - 1]]) < 0)
			place--;
		if (place == capacity)
			continue;
		count += count < capacity;
		memmove(&indices[place + 1], &indices[place],
		        (count - 1 - place) * sizeof(indices[0]));
		indices[place] = i;
	}
	for (size_t i = 0; i < count; i++)
		contacts[i] = sim->fakes[indices[i]];
	return count;
}

static void answer(struct sim *sim, const struct event *event)
{
	struct an_contact contacts[20];
	const struct sim_node *node = &sim->nodes[event->node];
	const struct an_dht_key target = an_dht_key_of(
		an_span(event->want.target, event->want.target_size));
	const size_t count = node->mood == SIM_LIAR
	                             ? lie(sim, &target, contacts, 20)
	                             : an_kad_table_closest(&node->table, &target, contacts, 20);
	an_kad_peer_proven(sim->kad, &node->contact, sim->now);
	an_kad_answered(sim->kad, event->want.token, contacts, count, sim->now);
}

static void happen(struct sim *sim, struct event *event)
{
	sim->in_flight--;
	if (is_there(sim, event->node))
		answer(sim, event);
	else
		an_kad_failed(sim->kad, event->want.token, AUTONOMI_E_UNREACHABLE, sim->now);
	an_free(event);
}

/* One thing that happens next, if it does so before `until`. */
static bool turn(struct sim *sim, an_time_us until)
{
	send_wants(sim);
	const an_time_us event_at = an_heap_deadline(&sim->events);
	const an_time_us kad_at = an_kad_deadline(sim->kad);
	const an_time_us next = an_time_earlier(event_at, kad_at);
	if (next > until)
		return false;
	sim->now = next > sim->now ? next : sim->now;
	struct an_heap_node *timer = an_heap_take_due(&sim->events, sim->now);
	if (timer != NULL)
		happen(sim, an_container_of(timer, struct event, timer));
	if (an_kad_deadline(sim->kad) <= sim->now)
		an_kad_expire(sim->kad, sim->now);
	return true;
}

void sim_run(struct sim *sim, an_time_us until)
{
	while (turn(sim, until))
		;
	sim->now = until;
}

void sim_done_handler(void *context, const struct an_kad_result *result)
{
	struct sim_found *found = context;
	found->called++;
	found->status = result->status;
	found->count = result->count;
	found->asked = result->asked;
	found->hops = result->hops;
	if (result->count > 0)
		memcpy(found->contacts, result->contacts,
		       result->count * sizeof(found->contacts[0]));
}

void sim_lookup(struct sim *sim, struct an_span target, size_t count, struct sim_found *ret_found)
{
	uint64_t id;
	const an_time_us start = sim->now;
	*ret_found = (struct sim_found){0};
	ck_assert_int_eq(an_kad_lookup(sim->kad, target, count, sim->now, sim_done_handler,
	                               ret_found, &id),
	                 AUTONOMI_OK);
	ck_assert_uint_eq(ret_found->called, 0);
	while (ret_found->called == 0 && turn(sim, AN_TIME_NEVER - 1))
		;
	ret_found->took = sim->now - start;
}

size_t sim_nearest(const struct sim *sim, const struct an_dht_key *target, enum sim_mood worst,
                   struct an_contact *contacts, size_t count)
{
	const struct sim_node *nearest[AN_KAD_CLOSEST_MAX];
	size_t found = 0;
	for (size_t i = 0; i < sim->node_count; i++) {
		const struct sim_node *node = &sim->nodes[i];
		if (node->mood > worst)
			continue;
		size_t place = found;
		while (place > 0 &&
		       an_dht_key_compare(target, &node->key, &nearest[place - 1]->key) < 0)
			place--;
		if (place == count)
			continue;
		found += found < count;
		memmove(&nearest[place + 1], &nearest[place],
		        (found - 1 - place) * sizeof(nearest[0]));
		nearest[place] = node;
	}
	for (size_t i = 0; i < found; i++)
		contacts[i] = nearest[i]->contact;
	return found;
}
