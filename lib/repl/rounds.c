/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/rounds.h"

#include <string.h>

#include "base/memory.h"
#include "data/record.h"
#include "repl/offers.h"

enum { KEY_BYTES_MAX = 160 }; /* of one key of a list, encoded */

void an_repl_content_of(const struct an_store_entry *entry, struct an_repl_content *ret_content)
{
	*ret_content = (struct an_repl_content){.is_chunk = entry->kind == AN_RECORD_CHUNK};
	memcpy(ret_content->name, entry->key, sizeof(ret_content->name));
	if (!ret_content->is_chunk)
		memcpy(ret_content->hash, entry->content_hash, sizeof(ret_content->hash));
}

/* Half of the interval to the whole, so that no two nodes stay in step (semantics 1.6: 90 to
 * 180 s). */
static an_time_us interval(struct an_repl_rounds *rounds)
{
	const an_time_us half = rounds->profile->replication_interval / 2;
	return half + an_random_below(rounds->random, half + 1);
}

static an_time_us spread(struct an_repl_rounds *rounds)
{
	return an_random_below(rounds->random, rounds->profile->replication_spread + 1);
}

static void set_refresh(struct an_repl_rounds *rounds, an_time_us now)
{
	const an_time_us half = rounds->profile->replication_refresh / 2;
	rounds->refresh = an_time_after(now, half + an_random_below(rounds->random, half + 1));
}

void an_repl_rounds_init(struct an_repl_rounds *rounds, const struct an_profile *profile,
                         const struct an_repl_host *host, const struct an_peer_id *self,
                         struct an_random *random, an_time_us now)
{
	*rounds = (struct an_repl_rounds){
		.profile = profile,
		.host = host,
		.random = random,
		.self = an_address_of_peer(self),
	};
	const struct an_dht_key key = an_peer_id_dht_key(self);
	an_repl_view_init(&rounds->told, &key);
	an_repl_view_init(&rounds->view, &key);
	an_heap_init(&rounds->lists);
	rounds->due = an_time_after(now, interval(rounds));
	set_refresh(rounds, now);
}

struct an_repl_list *an_repl_list_free(struct an_repl_list *list)
{
	if (list != NULL)
		an_blob_unref(list->message);
	return an_free(list);
}

static void discard_drafts(struct an_repl_rounds *rounds)
{
	for (size_t i = 0; i < AN_REPL_VIEW_MAX + 1; i++) {
		an_buffer_done(&rounds->drafts[i].items);
		rounds->drafts[i] = (struct an_repl_draft){0};
	}
}

void an_repl_rounds_done(struct an_repl_rounds *rounds)
{
	struct an_heap_node *node;
	while ((node = an_heap_first(&rounds->lists)) != NULL) {
		an_heap_remove(&rounds->lists, node);
		an_repl_list_free(an_container_of(node, struct an_repl_list, due));
	}
	if (rounds->running)
		discard_drafts(rounds);
}

void an_repl_rounds_trigger(struct an_repl_rounds *rounds, an_time_us now)
{
	an_time_us earliest = now;
	if (rounds->began != 0)
		earliest = an_time_after(rounds->began, rounds->profile->replication_spacing);
	if (earliest < now)
		earliest = now;
	rounds->due = an_time_earlier(rounds->due, an_time_after(earliest, spread(rounds)));
}

an_status an_repl_rounds_begin(struct an_repl_rounds *rounds, an_time_us now)
{
	const an_time_us spacing = rounds->profile->replication_spacing;
	if (rounds->running || (rounds->began != 0 && now < an_time_after(rounds->began, spacing)))
		return AUTONOMI_E_BUSY;
	rounds->refresh = rounds->due = now;
	return AUTONOMI_OK;
}

void an_repl_rounds_owe(struct an_repl_rounds *rounds, const struct an_peer_id *id)
{
	struct an_repl_view *view = rounds->running ? &rounds->view : &rounds->told;
	const size_t place = an_repl_view_find(view, id);
	if (place != 0)
		view->peers[place].owed = true;
}

void an_repl_rounds_failed(struct an_repl_rounds *rounds, const struct an_repl_list *list)
{
	if (list->keys == 0 && rounds->host->records(rounds->host->context) == 0)
		an_repl_rounds_ask(rounds);
	else
		an_repl_rounds_owe(rounds, &list->contact.id);
}

void an_repl_rounds_ask(struct an_repl_rounds *rounds)
{
	rounds->asking = true;
}

/* One that is in no view is told everything as a new one is. */
void an_repl_rounds_asked(struct an_repl_rounds *rounds, const struct an_peer_id *id,
                          an_time_us now)
{
	struct an_repl_view *view = rounds->running ? &rounds->view : &rounds->told;
	struct an_repl_peer *peer = &view->peers[an_repl_view_find(view, id)];
	if (peer != &view->peers[AN_REPL_SELF]) {
		const an_time_us pause = rounds->profile->replication_interval;
		if (peer->asked != 0 && now < an_time_after(peer->asked, pause))
			return;
		peer->asked = now;
		peer->owed = true;
	}
	an_repl_rounds_trigger(rounds, now);
}

/* ---- Lists. */

static an_status encode(const struct an_repl_rounds *rounds, const struct an_repl_draft *draft,
                        struct an_blob **ret_message)
{
	struct an_request request = {.type = AN_REQUEST_REPLICATE};
	request.replicate.holder = rounds->self;
	request.replicate.keys = draft->keys;
	request.replicate.keys.items = an_buffer_span(&draft->items);
	return an_request_encode_blob(&request, rounds->profile->record_form, ret_message);
}

/* A list of what is drafted waits for its moment. */
static an_status post(struct an_repl_rounds *rounds, const struct an_contact *contact,
                      const struct an_repl_draft *draft, an_time_us now)
{
	struct an_repl_list *list = an_calloc(1, sizeof(*list));
	an_status status = list != NULL ? draft->items.failed : AUTONOMI_E_NO_MEMORY;
	if (status == AUTONOMI_OK)
		status = encode(rounds, draft, &list->message);
	if (status != AUTONOMI_OK) {
		an_repl_list_free(list);
		return status;
	}
	list->contact = *contact;
	list->keys = draft->keys.count;
	an_heap_set(&rounds->lists, &list->due, an_time_after(now, spread(rounds)));
	rounds->list_count++;
	rounds->keys_told += list->keys;
	return AUTONOMI_OK;
}

static void flush(struct an_repl_rounds *rounds, size_t place, an_time_us now)
{
	struct an_repl_draft *draft = &rounds->drafts[place];
	struct an_repl_peer *peer = &rounds->view.peers[place];
	if (draft->keys.count == 0)
		return;
	if (post(rounds, &peer->contact, draft, now) != AUTONOMI_OK)
		peer->owed = true;
	an_buffer_done(&draft->items);
	*draft = (struct an_repl_draft){0};
}

static void add_key(struct an_repl_draft *draft, const struct an_store_entry *entry)
{
	struct an_repl_content content;
	an_repl_content_of(entry, &content);
	struct an_message_key key = {.address = an_address_of_record_key(entry->key),
	                             .validation = {.is_chunk = content.is_chunk != 0}};
	memcpy(key.validation.hash, content.hash, sizeof(key.validation.hash));
	an_message_add_key(&draft->items, &draft->keys, false, &key);
	if (draft->items.failed != AUTONOMI_OK)
		draft->keys.count++; /* so that the flush sees the failure */
}

static void tell(struct an_repl_rounds *rounds, size_t place, const struct an_store_entry *entry,
                 an_time_us now)
{
	struct an_repl_draft *draft = &rounds->drafts[place];
	if (draft->keys.count == 0)
		an_buffer_init(&draft->items, AN_REPL_LIST_KEYS * KEY_BYTES_MAX);
	add_key(draft, entry);
	if (draft->keys.count == AN_REPL_LIST_KEYS || draft->items.failed != AUTONOMI_OK)
		flush(rounds, place, now);
}

static bool paused(const struct an_repl_rounds *rounds)
{
	return rounds->list_count >= AN_REPL_LISTS_MAX;
}

an_status an_repl_rounds_tell(struct an_repl_rounds *rounds, const struct an_contact *contact,
                              const struct an_store_entry *entry, an_time_us now)
{
	if (paused(rounds))
		return AUTONOMI_E_BUSY;
	struct an_repl_draft draft = {0};
	an_buffer_init(&draft.items, KEY_BYTES_MAX);
	add_key(&draft, entry);
	const an_status status = post(rounds, contact, &draft, now);
	an_buffer_done(&draft.items);
	return status;
}

/* ---- A round. */

static bool anybody_owed(const struct an_repl_view *view)
{
	for (size_t i = 1; i < view->count; i++) {
		if (view->peers[i].owed)
			return true;
	}
	return false;
}

static void owe_everybody(struct an_repl_view *view)
{
	for (size_t i = 1; i < view->count; i++)
		view->peers[i].owed = true;
}

static void take_view(struct an_repl_rounds *rounds)
{
	struct an_repl_peer peers[AN_REPL_VIEW_MAX];
	const struct an_repl_host *host = rounds->host;
	const size_t count = host->nearest(host->context, peers, AN_REPL_VIEW_MAX);
	rounds->view = rounds->told;
	an_repl_view_set(&rounds->view, peers, count);
}

static void ask_neighbours(struct an_repl_rounds *rounds, an_time_us now)
{
	const struct an_repl_draft nothing = {0};
	for (size_t i = 1; i < rounds->view.count && i <= AN_REPL_ASKED_MAX; i++) {
		if (post(rounds, &rounds->view.peers[i].contact, &nothing, now) == AUTONOMI_OK)
			rounds->asking = false;
	}
}

/* Whether there is anything to tell. */
static bool prepare(struct an_repl_rounds *rounds, an_time_us now)
{
	const struct an_repl_host *host = rounds->host;
	rounds->due = an_time_after(now, interval(rounds));
	if (!host->converged(host->context))
		return false;
	take_view(rounds);
	if (rounds->asking)
		ask_neighbours(rounds, now);
	if (rounds->refresh <= now) {
		owe_everybody(&rounds->view);
		set_refresh(rounds, now);
	}
	rounds->changes = host->changes(host->context);
	rounds->same_view = an_repl_view_same(&rounds->view, &rounds->told);
	return !rounds->same_view || rounds->changes != rounds->told_changes ||
	       anybody_owed(&rounds->view);
}

/* From here on what a peer is owed is what this round does not get to it. */
static void begin(struct an_repl_rounds *rounds, an_time_us now)
{
	rounds->running = true;
	rounds->at_begin = true;
	rounds->began = now;
	rounds->rounds++;
	for (size_t i = 1; i < rounds->view.count; i++) {
		struct an_repl_peer *peer = &rounds->view.peers[i];
		const size_t before = an_repl_view_find(&rounds->told, &peer->contact.id);
		if (before != 0)
			rounds->told.peers[before].owed = peer->owed;
		peer->owed = false;
	}
}

static void end(struct an_repl_rounds *rounds, an_time_us now)
{
	for (size_t i = 1; i < rounds->view.count; i++)
		flush(rounds, i, now);
	rounds->running = false;
	rounds->told = rounds->view;
	rounds->told_changes = rounds->changes;
}

/* Whether the peer at `place` knew already that it must hold the record. */
static bool was_told(const struct an_repl_rounds *rounds, size_t place,
                     const struct an_store_entry *entry)
{
	const struct an_repl_view *told = &rounds->told;
	const size_t before = an_repl_view_find(told, &rounds->view.peers[place].contact.id);
	if (before == 0 || told->peers[before].owed || entry->change > rounds->told_changes)
		return false;
	if (rounds->same_view)
		return true;
	size_t holders[AN_REPL_HOLDERS_MAX];
	const size_t count = an_repl_view_holders(told, rounds->profile, &entry->dht_key, holders);
	for (size_t i = 0; i < count; i++) {
		if (holders[i] == before)
			return true;
	}
	return false;
}

struct piece {
	struct an_repl_rounds *rounds;
	an_time_us now;
	size_t looked_at;
	bool more;
};

static bool look_at(void *context, const struct an_store_entry *entry)
{
	struct piece *piece = context;
	struct an_repl_rounds *rounds = piece->rounds;
	if (piece->looked_at == AN_REPL_STEP_RECORDS) {
		piece->more = true;
		return false;
	}
	piece->looked_at++;
	rounds->at_begin = false;
	rounds->at = entry->dht_key;
	size_t holders[AN_REPL_HOLDERS_MAX];
	const size_t count = an_repl_view_holders(&rounds->view, rounds->profile, &entry->dht_key,
	                                          holders);
	for (size_t i = 0; i < count; i++) {
		if (holders[i] != AN_REPL_SELF && !was_told(rounds, holders[i], entry))
			tell(rounds, holders[i], entry, piece->now);
	}
	return true;
}

bool an_repl_rounds_step(struct an_repl_rounds *rounds, an_time_us now)
{
	if (!rounds->running && (rounds->due > now || !prepare(rounds, now)))
		return false;
	if (!rounds->running)
		begin(rounds, now);
	if (paused(rounds))
		return false;
	struct piece piece = {.rounds = rounds, .now = now};
	const struct an_repl_host *host = rounds->host;
	host->visit(host->context, rounds->at_begin ? NULL : &rounds->at, look_at, &piece);
	if (!piece.more)
		end(rounds, now);
	return piece.more && !paused(rounds);
}

struct an_repl_list *an_repl_rounds_take(struct an_repl_rounds *rounds, an_time_us now)
{
	struct an_heap_node *node = an_heap_take_due(&rounds->lists, now);
	if (node == NULL)
		return NULL;
	rounds->list_count--;
	return an_container_of(node, struct an_repl_list, due);
}

an_time_us an_repl_rounds_deadline(const struct an_repl_rounds *rounds)
{
	const an_time_us lists = an_heap_deadline(&rounds->lists);
	if (!rounds->running)
		return an_time_earlier(lists, rounds->due);
	return paused(rounds) ? lists : 0;
}
