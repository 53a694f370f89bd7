/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kad/bucket.h"

#include <string.h>

#include "base/assert.h"
#include "base/memory.h"

enum { ROOM_FIRST = 2 };

static size_t position_of(const struct an_kad_bucket *bucket, const struct an_peer_id *id)
{
	size_t i = 0;
	while (i < bucket->size && !an_peer_id_equal(&bucket->entries[i].contact.id, id))
		i++;
	return i;
}

static void remove_at(struct an_kad_bucket *bucket, size_t i)
{
	an_assert(i < bucket->size);
	bucket->size--;
	memmove(&bucket->entries[i], &bucket->entries[i + 1],
	        (bucket->size - i) * sizeof(bucket->entries[0]));
}

static bool make_room(struct an_kad_bucket *bucket)
{
	if (bucket->size < bucket->room)
		return true;

	size_t room = bucket->room > 0 ? bucket->room * 2 : ROOM_FIRST;
	if (room > bucket->capacity)
		room = bucket->capacity;
	struct an_kad_entry *entries = an_realloc(bucket->entries, room, sizeof(*entries));
	if (entries == NULL)
		return false;
	bucket->entries = entries;
	bucket->room = room;
	return true;
}

static void append(struct an_kad_bucket *bucket, const struct an_kad_entry *entry)
{
	an_assert(bucket->size < bucket->room);
	bucket->entries[bucket->size++] = *entry;
}

/* Who waited was heard before others were: it goes where it belongs in their order. */
static void admit_pending(struct an_kad_bucket *bucket)
{
	const struct an_kad_entry pending = bucket->pending;
	append(bucket, &pending);
	size_t i = bucket->size - 1;
	for (; i > 0 && bucket->entries[i - 1].last_seen > pending.last_seen; i--)
		bucket->entries[i] = bucket->entries[i - 1];
	bucket->entries[i] = pending;
	bucket->has_pending = false;
}

/* The oldest peer just answered, so it stays, and the one that waited for its place does not. */
static void drop_pending_if_oldest(struct an_kad_bucket *bucket, size_t i)
{
	if (i == 0)
		bucket->has_pending = false;
}

static bool is_pending(const struct an_kad_bucket *bucket, const struct an_peer_id *id)
{
	return bucket->has_pending && an_peer_id_equal(&bucket->pending.contact.id, id);
}

static enum an_kad_seen offer(struct an_kad_bucket *bucket, const struct an_kad_entry *entry)
{
	if (bucket->size < bucket->capacity) {
		if (!make_room(bucket))
			return AN_KAD_SEEN_IGNORED;
		append(bucket, entry);
		return AN_KAD_SEEN_ADDED;
	}
	/* The first to wait keeps the slot: a flood of newcomers must not wash out an honest one. */
	if (bucket->has_pending && !is_pending(bucket, &entry->contact.id))
		return AN_KAD_SEEN_IGNORED;
	bucket->pending = *entry;
	bucket->has_pending = true;
	return AN_KAD_SEEN_PENDING;
}

static void move_to_newest(struct an_kad_bucket *bucket, size_t i, const struct an_kad_entry *entry)
{
	drop_pending_if_oldest(bucket, i);
	remove_at(bucket, i);
	append(bucket, entry);
}

void an_kad_bucket_init(struct an_kad_bucket *bucket, size_t capacity)
{
	*bucket = (struct an_kad_bucket){.capacity = capacity};
}

void an_kad_bucket_done(struct an_kad_bucket *bucket)
{
	an_free(bucket->entries);
	an_kad_bucket_init(bucket, bucket->capacity);
}

enum an_kad_seen an_kad_bucket_seen(struct an_kad_bucket *bucket, const struct an_contact *contact,
                                    const struct an_dht_key *key, an_time_us now)
{
	struct an_kad_entry entry = {.contact = *contact, .key = *key, .last_seen = now};
	const size_t i = position_of(bucket, &contact->id);
	if (i == bucket->size)
		return offer(bucket, &entry);

	an_kad_contact_merge(&entry.contact, &bucket->entries[i].contact);
	move_to_newest(bucket, i, &entry);
	return AN_KAD_SEEN_KNOWN;
}

bool an_kad_bucket_heard(struct an_kad_bucket *bucket, const struct an_peer_id *id, an_time_us now)
{
	const size_t i = position_of(bucket, id);
	if (i == bucket->size)
		return false;

	struct an_kad_entry entry = bucket->entries[i];
	entry.last_seen = now;
	move_to_newest(bucket, i, &entry);
	return true;
}

bool an_kad_bucket_failed(struct an_kad_bucket *bucket, const struct an_peer_id *id)
{
	if (is_pending(bucket, id)) {
		bucket->has_pending = false;
		return true;
	}
	const size_t i = position_of(bucket, id);
	if (i == bucket->size)
		return false;

	remove_at(bucket, i);
	if (bucket->has_pending)
		admit_pending(bucket);
	return true;
}

const struct an_kad_entry *an_kad_bucket_find(const struct an_kad_bucket *bucket,
                                              const struct an_peer_id *id)
{
	const size_t i = position_of(bucket, id);
	return i < bucket->size ? &bucket->entries[i] : NULL;
}

const struct an_kad_entry *an_kad_bucket_oldest(const struct an_kad_bucket *bucket)
{
	return bucket->size > 0 ? &bucket->entries[0] : NULL;
}

static bool has_endpoint(const struct an_contact *contact, const struct an_endpoint *endpoint)
{
	for (size_t i = 0; i < contact->endpoint_count; i++) {
		if (an_endpoint_equal(&contact->endpoints[i], endpoint))
			return true;
	}
	return false;
}

void an_kad_contact_merge(struct an_contact *contact, const struct an_contact *from)
{
	for (size_t i = 0; i < from->endpoint_count; i++) {
		if (contact->endpoint_count == AN_CONTACT_ENDPOINTS_MAX)
			return;
		if (!has_endpoint(contact, &from->endpoints[i]))
			contact->endpoints[contact->endpoint_count++] = from->endpoints[i];
	}
}
