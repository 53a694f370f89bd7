/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "town.h"

#include <check.h>
#include <stdlib.h>

#include "kad/placement.h"

#define TICK AN_MS(100)

struct an_contact town_contact(uint32_t number)
{
	struct an_contact contact = {
		.id = {.size = 38, .bytes = {0x00, 0x24, 0x08, 0x01, 0x12, 0x20}},
		.endpoint_count = 1,
		.endpoints = {an_endpoint_ip4(44, 0, (uint8_t)(number >> 8), (uint8_t)number,
	                                      10000)},
	};
	const struct an_dht_key bytes = an_dht_key_of(an_span((uint8_t *)&number, sizeof(number)));
	memcpy(contact.id.bytes + 6, bytes.bytes, sizeof(bytes.bytes));
	return contact;
}

struct an_repl_content town_content(uint32_t record, uint8_t version)
{
	struct an_repl_content content = {.is_chunk = version == 0};
	const struct an_dht_key name = an_dht_key_of(an_span((uint8_t *)&record, sizeof(record)));
	memcpy(content.name, name.bytes, sizeof(content.name));
	content.name[0] = version == 0 ? 0 : 1;
	if (version > 0)
		content.hash[0] = version;
	return content;
}

static struct an_dht_key place_of(const struct an_repl_content *content)
{
	return an_dht_key_of(an_span(content->name, sizeof(content->name)));
}

/* ---- The host. */

static size_t nearest(void *context, struct an_repl_peer *peers, size_t capacity)
{
	const struct town_node *self = context;
	const struct town *town = self->town;
	struct an_dht_key keys[TOWN_NODES];
	size_t index[TOWN_NODES], places[TOWN_NODES], known = 0;
	for (size_t i = 0; i < town->count; i++) {
		if (!self->knows[i])
			continue;
		keys[known] = town->nodes[i].key;
		index[known++] = i;
	}
	const size_t count = an_placement_nearest(&self->key, keys, known, capacity, places);
	for (size_t i = 0; i < count; i++)
		peers[i] = (struct an_repl_peer){
			.contact = town->nodes[index[places[i]]].contact,
			.last_seen = self->heard[index[places[i]]],
		};
	return count;
}

static bool converged(void *context)
{
	return !((struct town_node *)context)->unconverged;
}

static const struct an_store_entry *find(void *context, const uint8_t key[AN_RECORD_KEY_SIZE])
{
	const struct town_node *node = context;
	for (size_t i = 0; i < node->count; i++) {
		if (memcmp(node->entries[i].key, key, AN_RECORD_KEY_SIZE) == 0)
			return &node->entries[i];
	}
	return NULL;
}

static void visit(void *context, const struct an_dht_key *after, an_repl_visitor *visitor,
                  void *visitor_context)
{
	const struct town_node *node = context;
	for (size_t i = 0; i < node->count; i++) {
		const struct an_store_entry *entry = &node->entries[i];
		if (after != NULL && an_dht_key_compare(&node->key, &entry->dht_key, after) <= 0)
			continue;
		if (!visitor(visitor_context, entry))
			return;
	}
}

static size_t records(void *context)
{
	return ((struct town_node *)context)->count;
}

static uint64_t changes(void *context)
{
	return ((struct town_node *)context)->changes;
}

static size_t chunks(void *context)
{
	const struct town_node *node = context;
	size_t count = 0;
	for (size_t i = 0; i < node->count; i++)
		count += node->entries[i].kind == AN_RECORD_CHUNK;
	return count;
}

/* Of nodes that hold chunks alone, or none. */
static const struct an_store_entry *near_chunk(void *context, struct an_random *random)
{
	const struct town_node *node = context;
	return &node->entries[an_random_below(random, (node->count + 1) / 2)];
}

/* ---- Nodes. */

static size_t index_of(const struct town_node *node)
{
	return (size_t)(node - node->town->nodes);
}

static void meet(struct town_node *node, struct town_node *other)
{
	if (node == other || !node->alive || !other->alive || town_blocks(node, other) ||
	    town_blocks(other, node))
		return;
	node->heard[index_of(other)] = node->town->now;
	if (node->knows[index_of(other)])
		return;
	node->knows[index_of(other)] = true;
	an_repl_peer_changed(node->repl, &other->contact.id, true, node->town->now);
}

static void open_node(struct town_node *node)
{
	const struct an_repl_config config = {
		.profile = &node->town->profile,
		.self = node->contact.id,
		.lost_records = node->lost_records,
		.host = {node, nearest, converged, find, visit, records, changes, chunks,
	                 near_chunk},
		.random = &node->town->random,
		.logger = node->town->logger,
	};
	node->alive = true;
	ck_assert_int_eq(an_repl_new(&config, node->town->now, &node->repl), AUTONOMI_OK);
	for (size_t i = 0; i < node->town->count; i++) {
		meet(node, &node->town->nodes[i]);
		meet(&node->town->nodes[i], node);
	}
}

void town_init(struct town *town, size_t nodes)
{
	*town = (struct town){.profile = an_profile_autonomi, .now = AN_HOURS(1)};
	town->profile.payments = false;
	const uint8_t seed[AN_RANDOM_SEED_SIZE] = {3};
	an_random_init(&town->random, seed);
	town->logger = an_logger_new(AN_LOG_DEBUG);
	for (size_t i = 0; i < nodes; i++)
		town_add(town);
}

void town_done(struct town *town)
{
	for (size_t i = 0; i < town->count; i++) {
		an_repl_free(town->nodes[i].repl);
		free(town->nodes[i].entries);
	}
	an_logger_free(town->logger);
}

struct town_node *town_add(struct town *town)
{
	ck_assert_uint_lt(town->count, TOWN_NODES);
	struct town_node *node = &town->nodes[town->count];
	*node = (struct town_node){.town = town, .contact = town_contact((uint32_t)town->count)};
	node->key = an_peer_id_dht_key(&node->contact.id);
	node->entries = calloc(TOWN_RECORDS, sizeof(node->entries[0]));
	town->count++;
	open_node(node);
	return node;
}

void town_leave(struct town_node *node)
{
	node->alive = false;
	node->repl = an_repl_free(node->repl);
	memset(node->knows, 0, sizeof(node->knows));
}

void town_return(struct town_node *node)
{
	open_node(node);
}

void town_lose_records(struct town_node *node)
{
	town_leave(node);
	node->count = 0;
	node->changes = 0;
	node->lost_records = true;
	open_node(node);
}

/* ---- Records. */

int town_version(const struct town_node *node, uint32_t record)
{
	for (int version = 0; version <= 1; version++) {
		const struct an_repl_content content = town_content(record, (uint8_t)version);
		const struct an_store_entry *entry = find((void *)(uintptr_t)node, content.name);
		if (entry != NULL)
			return entry->content_hash[0];
	}
	return -1;
}

static void put_content(struct town_node *node, const struct an_repl_content *content)
{
	struct an_store_entry entry = {.dht_key = place_of(content),
	                               .kind = content->is_chunk ? 0 : 2,
	                               .change = ++node->changes};
	memcpy(entry.key, content->name, sizeof(entry.key));
	memcpy(entry.content_hash, content->hash, sizeof(entry.content_hash));
	struct an_store_entry *old = (struct an_store_entry *)(uintptr_t)find(node, content->name);
	if (old != NULL) {
		*old = entry;
		return;
	}
	ck_assert_uint_lt(node->count, TOWN_RECORDS);
	size_t at = node->count++;
	for (; at > 0 &&
	       an_dht_key_compare(&node->key, &entry.dht_key, &node->entries[at - 1].dht_key) < 0;
	     at--)
		node->entries[at] = node->entries[at - 1];
	node->entries[at] = entry;
}

void town_put(struct town_node *node, uint32_t record, uint8_t version)
{
	const struct an_repl_content content = town_content(record, version);
	put_content(node, &content);
}

static size_t nearest_alive(const struct town *town, const struct an_dht_key *key, size_t width,
                            size_t *ret_index)
{
	struct an_dht_key keys[TOWN_NODES];
	size_t index[TOWN_NODES], places[TOWN_NODES], alive = 0;
	for (size_t i = 0; i < town->count; i++) {
		if (!town->nodes[i].alive)
			continue;
		keys[alive] = town->nodes[i].key;
		index[alive++] = i;
	}
	const size_t count = an_placement_nearest(key, keys, alive, width, places);
	for (size_t i = 0; i < count; i++)
		ret_index[i] = index[places[i]];
	return count;
}

void town_store(struct town *town, uint32_t record, uint8_t version, size_t copies)
{
	size_t index[TOWN_NODES];
	const struct an_repl_content content = town_content(record, version);
	const struct an_dht_key key = place_of(&content);
	const size_t count = nearest_alive(town, &key, copies, index);
	for (size_t i = 0; i < count; i++)
		town_put(&town->nodes[index[i]], record, version);
}

size_t town_holders(const struct town *town, uint32_t record, uint8_t version)
{
	size_t index[TOWN_NODES], holders = 0;
	const struct an_repl_content content = town_content(record, version);
	const struct an_dht_key key = place_of(&content);
	const size_t count = nearest_alive(town, &key, town->profile.close_group, index);
	for (size_t i = 0; i < count; i++)
		holders += town_version(&town->nodes[index[i]], record) == version;
	return holders;
}

size_t town_fetched(const struct town *town)
{
	size_t fetched = 0;
	for (size_t i = 0; i < town->count; i++)
		fetched += town->nodes[i].fetched + town->nodes[i].fetched_in_vain;
	return fetched;
}

size_t town_keys(const struct town *town)
{
	size_t keys = 0;
	for (size_t i = 0; i < town->count; i++)
		keys += town->nodes[i].keys;
	return keys;
}

/* ---- What nodes want. */

static struct town_node *node_of(struct town *town, const struct an_contact *contact)
{
	for (size_t i = 0; i < town->count; i++) {
		if (an_peer_id_equal(&town->nodes[i].contact.id, &contact->id))
			return &town->nodes[i];
	}
	return NULL;
}

/* A record that the holder has; of versions the newer one counts, and of a chunk the first. */
static an_status fetch(struct town_node *node, struct town_node *holder,
                       const struct an_repl_content *wanted)
{
	const struct an_store_entry *theirs = find(holder, wanted->name);
	const struct an_store_entry *mine = find(node, wanted->name);
	if (theirs == NULL)
		return AUTONOMI_E_NOT_FOUND;
	if (holder->mood == TOWN_SENDS_FALSE_RECORDS)
		return AUTONOMI_E_CORRUPT;
	if (node->full)
		return AUTONOMI_E_FULL;
	if (mine != NULL && mine->content_hash[0] >= theirs->content_hash[0])
		return AUTONOMI_E_OUTDATED;
	struct an_repl_content content;
	an_repl_content_of(theirs, &content);
	put_content(node, &content);
	return AUTONOMI_OK;
}

static an_status send_list(struct town_node *node, struct town_node *to,
                           const struct an_repl_want *want)
{
	struct an_buffer scratch;
	struct an_request request;
	an_buffer_init(&scratch, 1 << 20);
	ck_assert_int_eq(an_request_decode(an_blob_span(want->message), AN_RECORD_FORM_BYTES,
	                                   &scratch, &request),
	                 AUTONOMI_OK);
	ck_assert_int_eq(request.type, AN_REQUEST_REPLICATE);
	node->lists++;
	node->keys += request.replicate.keys.count;
	const an_status status = an_repl_take_list(to->repl, &node->contact,
	                                           &request.replicate.holder,
	                                           request.replicate.keys, node->town->now);
	an_buffer_done(&scratch);
	return status;
}

static void add_proof(const struct town_node *node, const struct an_dht_key *target, size_t rank,
                      uint64_t nonce, struct an_buffer *items, struct an_message_list *list)
{
	for (size_t i = 0; i < node->count; i++) {
		size_t nearer = 0;
		for (size_t j = 0; j < node->count; j++)
			nearer += an_dht_key_compare(target, &node->entries[j].dht_key,
			                             &node->entries[i].dht_key) < 0;
		if (nearer != rank)
			continue;
		struct an_message_proof proof = {
			.address = an_address_of_record_key(node->entries[i].key)};
		an_record_proof(an_span(node->entries[i].key, AN_RECORD_KEY_SIZE), nonce,
		                proof.proof);
		an_message_add_proof(items, list, &proof);
	}
}

/* What is said of one record (semantics 5.4, difficulty 1); another version has another proof. */
static void add_one(struct town_node *node, const struct an_repl_want *want, bool own,
                    struct an_buffer *items, struct an_message_list *list)
{
	const bool lacks = !own && (node->mood == TOWN_LACKS || node->mood == TOWN_SAYS_FULL);
	struct an_message_proof proof = {.address = an_address_of_chunk(want->target)};
	const struct an_store_entry *entry = find(node, want->target);
	proof.failed = lacks || entry == NULL;
	const bool would = lacks ? node->mood == TOWN_LACKS
	                         : an_repl_stance(node->repl, want->target, node->town->now) ==
	                                   AUTONOMI_OK;
	proof.error.type = would ? AN_ERROR_CHUNK_DOES_NOT_EXIST : AN_ERROR_PUT_RECORD_FAILED;
	proof.error.address = proof.address;
	const bool falsely = !own && node->mood == TOWN_PROVES_FALSELY;
	const uint64_t version = entry != NULL ? entry->content_hash[0] : 0;
	an_record_proof(an_span(want->target, AN_RECORD_KEY_SIZE),
	                want->nonce + falsely + 2 * version, proof.proof);
	an_message_add_proof(items, list, &proof);
}

/* The proof of a record is one of its name here. */
static void challenge(struct town_node *node, struct town_node *peer,
                      const struct an_repl_want *want)
{
	const an_time_us now = node->town->now;
	const bool own = node == peer;
	if (peer->mood == (own ? TOWN_CANNOT_PROVE : TOWN_ANSWERS_NOT)) {
		an_repl_ended(node->repl, want->token, own ? AUTONOMI_E_BUSY : AUTONOMI_E_TIMEOUT,
		              now);
		return;
	}
	const bool nothing = !own && peer->mood == TOWN_PROVES_NOTHING;
	const bool falsely = !own && peer->mood == TOWN_PROVES_FALSELY;
	const bool late = !own && peer->mood == TOWN_PROVES_LATE;
	const struct an_dht_key target = an_dht_key_of(an_span(want->target, sizeof(want->target)));
	struct an_buffer items;
	struct an_message_list list = {0};
	an_buffer_init(&items, 1 << 16);
	if (!nothing && want->difficulty == 1)
		add_one(peer, want, own, &items, &list);
	for (size_t rank = 0; !nothing && want->difficulty > 1 && rank < want->difficulty; rank++)
		add_proof(peer, &target, rank, want->nonce + falsely, &items, &list);
	list.items = an_buffer_span(&items);
	an_repl_proofs(node->repl, want->token, list, now + (late ? AN_SECONDS(4) : AN_MS(50)));
	an_repl_ended(node->repl, want->token, AUTONOMI_OK, now);
	an_buffer_done(&items);
}

bool town_blocks(const struct town_node *node, const struct town_node *other)
{
	return node->repl != NULL &&
	       an_repl_is_blocked(node->repl, &other->contact.id, node->town->now);
}

static void forget(struct town_node *node, struct town_node *other)
{
	if (!node->knows[index_of(other)])
		return;
	node->knows[index_of(other)] = false;
	an_repl_peer_changed(node->repl, &other->contact.id, false, node->town->now);
}

static void search(struct town_node *node, const struct an_repl_want *want)
{
	struct town *town = node->town;
	struct an_contact found[TOWN_NODES];
	size_t index[TOWN_NODES], count = 0;
	const struct an_dht_key key = an_dht_key_of(an_span(want->target, sizeof(want->target)));
	const size_t nearest = nearest_alive(town, &key, want->width, index);
	for (size_t i = 0; i < nearest; i++) {
		const struct town_node *other = &town->nodes[index[i]];
		if (other != node && !other->is_hidden && !town_blocks(node, other))
			found[count++] = other->contact;
	}
	node->searches++;
	if (!node->searches_fail)
		an_repl_found(node->repl, want->token, found, count, town->now);
	an_repl_ended(node->repl, want->token,
	              node->searches_fail ? AUTONOMI_E_NO_PEERS : AUTONOMI_OK, town->now);
}

static void block(struct town_node *node, const struct an_repl_want *want)
{
	struct town_node *bad = node_of(node->town, &want->contact);
	node->blocked++;
	forget(node, bad);
	an_repl_ended(node->repl, want->token, AUTONOMI_OK, node->town->now);
}

static void do_want(struct town_node *node, const struct an_repl_want *want)
{
	if (want->type == AN_REPL_SEARCH || want->type == AN_REPL_BLOCK) {
		(want->type == AN_REPL_SEARCH ? search : block)(node, want);
		return;
	}
	if (want->type == AN_REPL_PROVE) {
		challenge(node, node, want);
		return;
	}
	struct town *town = node->town;
	struct town_node *peer = node_of(town, &want->contact);
	an_status status = AUTONOMI_OK;
	if (want->type == AN_REPL_CHALLENGE && peer != NULL && peer->alive && !peer->busy &&
	    !town_blocks(peer, node)) {
		peer->challenges += want->difficulty > 1;
		peer->checks += want->difficulty == 1;
		challenge(node, peer, want);
		return;
	}
	if (peer == NULL || !peer->alive || town_blocks(peer, node))
		status = AUTONOMI_E_UNREACHABLE;
	else if (peer->busy)
		status = AUTONOMI_E_BUSY;
	else if (want->type == AN_REPL_FETCH_RECORD)
		status = fetch(node, peer, &want->content);
	else if (want->type == AN_REPL_SEND_LIST)
		status = send_list(node, peer, want);
	else
		node->probes++;
	if (want->type == AN_REPL_FETCH_RECORD && status == AUTONOMI_OK)
		node->fetched++;
	else if (want->type == AN_REPL_FETCH_RECORD)
		node->fetched_in_vain++;
	an_repl_ended(node->repl, want->token, status, town->now);
	if (status != AUTONOMI_E_UNREACHABLE) {
		meet(node, peer);
		meet(peer, node);
	} else if (peer != NULL) {
		forget(node, peer);
	}
}

static void turn(struct town_node *node)
{
	struct town *town = node->town;
	struct an_repl_want want;
	for (int i = 0; i < 10 && an_repl_deadline(node->repl) <= town->now; i++) {
		an_repl_expire(node->repl, town->now);
		while (an_repl_next_want(node->repl, town->now, &want))
			do_want(node, &want);
	}
}

void town_run(struct town *town, an_time_us duration)
{
	for (const an_time_us end = town->now + duration; town->now < end; town->now += TICK) {
		for (size_t i = 0; i < town->count; i++) {
			if (town->nodes[i].alive)
				turn(&town->nodes[i]);
		}
	}
}

an_status town_tell(struct town_node *node, const struct an_contact *sender,
                    const struct an_repl_content *contents, size_t count)
{
	struct an_buffer items;
	struct an_message_list list = {0};
	an_buffer_init(&items, 1 << 22);
	for (size_t i = 0; i < count; i++) {
		struct an_message_key key = {
			.address = an_address_of_record_key(contents[i].name),
			.validation = {.is_chunk = contents[i].is_chunk != 0},
		};
		memcpy(key.validation.hash, contents[i].hash, sizeof(key.validation.hash));
		an_message_add_key(&items, &list, false, &key);
	}
	list.items = an_buffer_span(&items);
	const struct an_address holder = an_address_of_peer(&sender->id);
	const an_status status = an_repl_take_list(node->repl, sender, &holder, list,
	                                           node->town->now);
	an_buffer_done(&items);
	return status;
}
