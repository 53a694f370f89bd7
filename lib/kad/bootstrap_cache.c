/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kad/bootstrap_cache.h"

#include "base/memory.h"
#include "ident/multiaddr.h"
#include "kad/bucket.h"

enum { ROOM_FIRST = 8 };

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

void an_kad_cache_init(struct an_kad_cache *cache, const struct an_profile *profile)
{
	*cache = (struct an_kad_cache){
		.peers_max = profile->bootstrap_cache_peers,
		.addresses_max = smaller(profile->bootstrap_cache_addresses,
	                                 AN_CONTACT_ENDPOINTS_MAX),
	};
}

void an_kad_cache_done(struct an_kad_cache *cache)
{
	cache->peers = an_free(cache->peers);
	cache->count = cache->room = 0;
}

static struct an_contact *find(const struct an_kad_cache *cache, const struct an_peer_id *id)
{
	for (size_t i = 0; i < cache->count; i++) {
		if (an_peer_id_equal(&cache->peers[i].id, id))
			return &cache->peers[i];
	}
	return NULL;
}

static an_status make_room(struct an_kad_cache *cache)
{
	if (cache->count < cache->room)
		return AUTONOMI_OK;
	const size_t room = cache->room > 0 ? cache->room * 2 : ROOM_FIRST;
	struct an_contact *peers = an_realloc(cache->peers, room, sizeof(*peers));
	if (peers == NULL)
		return AUTONOMI_E_NO_MEMORY;
	cache->peers = peers;
	cache->room = room;
	return AUTONOMI_OK;
}

static void cut(const struct an_kad_cache *cache, struct an_contact *contact)
{
	contact->endpoint_count = smaller(contact->endpoint_count, cache->addresses_max);
}

an_status an_kad_cache_add(struct an_kad_cache *cache, const struct an_contact *contact)
{
	if (contact->id.size == 0 || contact->endpoint_count == 0)
		return AUTONOMI_E_INVALID;
	struct an_contact *known = find(cache, &contact->id);
	if (known != NULL) {
		struct an_contact merged = *contact;
		an_kad_contact_merge(&merged, known);
		cut(cache, &merged);
		*known = merged;
		return AUTONOMI_OK;
	}
	const an_status status = make_room(cache);
	if (status != AUTONOMI_OK)
		return status;
	memmove(&cache->peers[1], &cache->peers[0], cache->count * sizeof(cache->peers[0]));
	cache->peers[0] = *contact;
	cut(cache, &cache->peers[0]);
	cache->count = smaller(cache->count + 1, cache->peers_max);
	return AUTONOMI_OK;
}

void an_kad_cache_remove(struct an_kad_cache *cache, const struct an_peer_id *id)
{
	struct an_contact *peer = find(cache, id);
	if (peer == NULL)
		return;
	cache->count--;
	const size_t behind = cache->count - (size_t)(peer - cache->peers);
	memmove(peer, peer + 1, behind * sizeof(*peer));
}

/* Behind all others, unless the cache is full. */
static an_status append(struct an_kad_cache *cache, const struct an_contact *contact)
{
	if (cache->count >= cache->peers_max)
		return AUTONOMI_OK;
	const an_status status = make_room(cache);
	if (status != AUTONOMI_OK)
		return status;
	cache->peers[cache->count] = *contact;
	cut(cache, &cache->peers[cache->count++]);
	return AUTONOMI_OK;
}

an_status an_kad_cache_merge(struct an_kad_cache *cache, const struct an_kad_cache *file)
{
	for (size_t i = 0; i < file->count; i++) {
		struct an_contact *known = find(cache, &file->peers[i].id);
		if (known != NULL) {
			an_kad_contact_merge(known, &file->peers[i]);
			cut(cache, known);
			continue;
		}
		const an_status status = append(cache, &file->peers[i]);
		if (status != AUTONOMI_OK)
			return status;
	}
	return AUTONOMI_OK;
}

/* Reading. */

struct reading {
	struct an_kad_cache *cache;
	struct an_contact contact;
};

/* A full cache is not searched: the file may be far longer than it. */
static an_status keep_contact(struct reading *reading)
{
	struct an_kad_cache *cache = reading->cache;
	const struct an_contact *contact = &reading->contact;
	if (contact->endpoint_count == 0 || cache->count == cache->peers_max ||
	    find(cache, &contact->id) != NULL)
		return AUTONOMI_OK;
	return append(cache, contact);
}

static an_status begin_peer(void *context, const struct an_peer_id *id)
{
	struct reading *reading = context;
	const an_status status = keep_contact(reading);
	reading->contact = (struct an_contact){.id = *id};
	return status;
}

/* An address of the peer, or one of another form, of which nothing is taken. An address that names
 * another peer is not this one's. */
static an_status take_address(void *context, struct an_span multiaddr)
{
	struct reading *reading = context;
	struct an_contact *contact = &reading->contact;
	struct an_multiaddr_target target;
	if (an_multiaddr_target(&target, multiaddr) != AUTONOMI_OK ||
	    (target.id.size > 0 && !an_peer_id_equal(&target.id, &contact->id)))
		return AUTONOMI_OK;
	const struct an_contact one = {.endpoint_count = 1, .endpoints = {target.endpoint}};
	an_kad_contact_merge(contact, &one);
	return AUTONOMI_OK;
}

an_status an_kad_cache_decode(struct an_kad_cache *cache, struct an_span text)
{
	struct reading reading = {.cache = cache};
	struct an_kad_file_head head;
	const struct an_kad_file_sink sink = {begin_peer, take_address, &reading};
	an_status status = an_kad_cache_file_read(text, AN_KAD_FILE_V1, "", &sink, &head);
	if (status == AUTONOMI_OK)
		status = keep_contact(&reading);
	if (status != AUTONOMI_OK) {
		an_kad_cache_done(cache);
		return status;
	}
	cache->seconds = head.seconds;
	cache->nanoseconds = head.nanoseconds;
	return AUTONOMI_OK;
}

/* Writing. Failures stay in the buffer until the end. */

static void put(struct an_buffer *text, const char *words)
{
	an_buffer_append(text, an_span_text(words));
}

static void put_number(struct an_buffer *text, uint64_t number)
{
	char digits[20];
	size_t first = sizeof(digits);
	do {
		digits[--first] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	an_buffer_append(text, an_span(digits + first, sizeof(digits) - first));
}

static void put_address(struct an_buffer *text, const struct an_endpoint *endpoint,
                        const struct an_peer_id *id)
{
	const an_status status = an_multiaddr_text_of(text, endpoint, id);
	if (text->failed == AUTONOMI_OK)
		text->failed = status;
}

static void put_time(struct an_buffer *text, const struct an_kad_cache *cache, const char *indent)
{
	put(text, "{\n");
	put(text, indent);
	put(text, "  \"secs_since_epoch\": ");
	put_number(text, cache->seconds);
	put(text, ",\n");
	put(text, indent);
	put(text, "  \"nanos_since_epoch\": ");
	put_number(text, cache->nanoseconds);
	put(text, "\n");
	put(text, indent);
	put(text, "}");
}

static void put_id(struct an_buffer *text, const struct an_peer_id *id)
{
	char base58[AN_PEER_ID_TEXT_MAX];
	an_peer_id_to_text(id, base58);
	put(text, "\"");
	put(text, base58);
	put(text, "\"");
}

/* Neither an id nor an address has a character that JSON would want escaped. */
static void put_peer(struct an_buffer *text, const struct an_contact *contact)
{
	put(text, "    [\n      ");
	put_id(text, &contact->id);
	put(text, ",\n      [");
	for (size_t i = 0; i < contact->endpoint_count; i++) {
		put(text, i == 0 ? "\n        \"" : ",\n        \"");
		put_address(text, &contact->endpoints[i], &contact->id);
		put(text, "\"");
	}
	put(text, "\n      ]\n    ]");
}

static void put_end(struct an_buffer *text, const struct an_kad_cache *cache,
                    const char *network_version)
{
	put(text, "  \"last_updated\": ");
	put_time(text, cache, "  ");
	put(text, ",\n  \"network_version\": \"");
	put(text, network_version);
	put(text, "\"");
}

an_status an_kad_cache_encode(const struct an_kad_cache *cache, const char *network_version,
                              struct an_buffer *text)
{
	put(text, "{\n  \"peers\": [");
	for (size_t i = 0; i < cache->count; i++) {
		put(text, i == 0 ? "\n" : ",\n");
		put_peer(text, &cache->peers[i]);
	}
	put(text, cache->count > 0 ? "\n  ],\n" : "],\n");
	put_end(text, cache, network_version);
	put(text, ",\n  \"cache_version\": \"1\"\n}\n");
	return text->failed;
}

/* Version 0 counted how often an address worked, and when: of what version 1 keeps, never and now. */
static void put_old_peer(struct an_buffer *text, const struct an_kad_cache *cache,
                         const struct an_contact *contact)
{
	put(text, "    ");
	put_id(text, &contact->id);
	put(text, ": [");
	for (size_t i = 0; i < contact->endpoint_count; i++) {
		put(text, i == 0 ? "\n      {\n        \"addr\": \""
		                 : ",\n      {\n        \"addr\": \"");
		put_address(text, &contact->endpoints[i], &contact->id);
		put(text, "\",\n        \"success_count\": 0,\n"
		          "        \"failure_count\": 0,\n        \"last_seen\": ");
		put_time(text, cache, "        ");
		put(text, "\n      }");
	}
	put(text, "\n    ]");
}

an_status an_kad_cache_encode_old(const struct an_kad_cache *cache, const char *network_version,
                                  struct an_buffer *text)
{
	put(text, "{\n  \"peers\": {");
	for (size_t i = 0; i < cache->count; i++) {
		put(text, i == 0 ? "\n" : ",\n");
		put_old_peer(text, cache, &cache->peers[i]);
	}
	put(text, cache->count > 0 ? "\n  },\n" : "},\n");
	put_end(text, cache, network_version);
	put(text, "\n}\n");
	return text->failed;
}
