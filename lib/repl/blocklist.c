/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/blocklist.h"

#include "base/memory.h"

enum { CAPACITY_FIRST = 8 };

void an_repl_blocklist_done(struct an_repl_blocklist *blocklist)
{
	an_free(blocklist->entries);
	*blocklist = (struct an_repl_blocklist){0};
}

static struct an_repl_blocked *find(const struct an_repl_blocklist *blocklist,
                                    const struct an_peer_id *id)
{
	for (size_t i = 0; i < blocklist->count; i++) {
		if (an_peer_id_equal(&blocklist->entries[i].id, id))
			return &blocklist->entries[i];
	}
	return NULL;
}

static an_status grow(struct an_repl_blocklist *blocklist)
{
	size_t capacity = blocklist->capacity > 0 ? blocklist->capacity * 2 : CAPACITY_FIRST;
	if (capacity > AN_REPL_BLOCKED_MAX)
		capacity = AN_REPL_BLOCKED_MAX;
	struct an_repl_blocked *entries = an_realloc(blocklist->entries, capacity,
	                                             sizeof(*entries));
	if (entries == NULL)
		return AUTONOMI_E_NO_MEMORY;
	blocklist->entries = entries;
	blocklist->capacity = capacity;
	return AUTONOMI_OK;
}

/* A place for one more: that of the oldest where there are as many as may be; NULL without memory. */
static struct an_repl_blocked *take_place(struct an_repl_blocklist *blocklist)
{
	if (blocklist->count == AN_REPL_BLOCKED_MAX) {
		struct an_repl_blocked *oldest = &blocklist->entries[blocklist->next];
		blocklist->next = (blocklist->next + 1) % AN_REPL_BLOCKED_MAX;
		return oldest;
	}
	if (blocklist->count == blocklist->capacity && grow(blocklist) != AUTONOMI_OK)
		return NULL;
	return &blocklist->entries[blocklist->count++];
}

an_status an_repl_blocklist_add(struct an_repl_blocklist *blocklist, const struct an_peer_id *id,
                                an_time_us until)
{
	struct an_repl_blocked *entry = find(blocklist, id);
	if (entry == NULL)
		entry = take_place(blocklist);
	if (entry == NULL)
		return AUTONOMI_E_NO_MEMORY;
	*entry = (struct an_repl_blocked){*id, an_peer_id_dht_key(id), until};
	return AUTONOMI_OK;
}

bool an_repl_blocklist_holds(const struct an_repl_blocklist *blocklist, const struct an_peer_id *id,
                             an_time_us now)
{
	const struct an_repl_blocked *entry = find(blocklist, id);
	return entry != NULL && entry->until > now;
}

size_t an_repl_blocklist_count(const struct an_repl_blocklist *blocklist, an_time_us now)
{
	size_t count = 0;
	for (size_t i = 0; i < blocklist->count; i++)
		count += blocklist->entries[i].until > now;
	return count;
}

size_t an_repl_blocklist_nearer(const struct an_repl_blocklist *blocklist,
                                const struct an_dht_key *record, const struct an_dht_key *key,
                                an_time_us now)
{
	size_t nearer = 0;
	for (size_t i = 0; i < blocklist->count; i++) {
		const struct an_repl_blocked *entry = &blocklist->entries[i];
		nearer += entry->until > now && an_dht_key_compare(record, &entry->key, key) < 0;
	}
	return nearer;
}
