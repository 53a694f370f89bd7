/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kad/bootstrap_cache.h"

#include "base/memory.h"
#include "ident/multiaddr.h"
#include "kad/bucket.h"
#include "kad/cache_json.h"

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

static bool text_is(const struct an_kad_json_text *text, const char *wanted)
{
	return an_span_equal(an_span(text->bytes, text->size), an_span_text(wanted));
}

/* An address of the peer, or one of another form, of which nothing is taken. An address that names
 * another peer is not this one's. */
static an_status read_address(struct an_kad_json *json, struct an_contact *contact)
{
	struct an_kad_json_text text;
	struct an_multiaddr_target target;
	if (!an_kad_json_string(json, &text))
		return AUTONOMI_E_CORRUPT;
	const struct an_span span = an_span(text.bytes, text.size);
	const an_status status = an_multiaddr_target_from_text(&target, span, NULL);
	if (status == AUTONOMI_E_UNSUPPORTED)
		return AUTONOMI_OK;
	if (status != AUTONOMI_OK)
		return status == AUTONOMI_E_NO_MEMORY ? status : AUTONOMI_E_CORRUPT;
	if (target.id.size > 0 && !an_peer_id_equal(&target.id, &contact->id))
		return AUTONOMI_OK;

	const struct an_contact one = {.endpoint_count = 1, .endpoints = {target.endpoint}};
	an_kad_contact_merge(contact, &one);
	return AUTONOMI_OK;
}

static bool read_id(struct an_kad_json *json, struct an_peer_id *ret_id)
{
	struct an_kad_json_text text;
	return an_kad_json_string(json, &text) &&
	       an_peer_id_from_text(ret_id, an_span(text.bytes, text.size)) == AUTONOMI_OK;
}

/* ["ID", ["ADDRESS", ...]] */
static an_status read_peer(struct an_kad_json *json, struct an_contact *ret_contact)
{
	*ret_contact = (struct an_contact){0};
	if (!an_kad_json_open(json, '[') || !an_kad_json_more(json, ']') ||
	    !read_id(json, &ret_contact->id))
		return AUTONOMI_E_CORRUPT;
	if (!an_kad_json_more(json, ']') || !an_kad_json_open(json, '['))
		return AUTONOMI_E_CORRUPT;
	while (an_kad_json_more(json, ']')) {
		const an_status status = read_address(json, ret_contact);
		if (status != AUTONOMI_OK)
			return status;
	}
	const bool ends = !an_kad_json_more(json, ']') && !json->failed;
	return ends ? AUTONOMI_OK : AUTONOMI_E_CORRUPT;
}

static an_status read_peers(struct an_kad_json *json, struct an_kad_cache *cache)
{
	if (!an_kad_json_open(json, '['))
		return AUTONOMI_E_CORRUPT;
	while (an_kad_json_more(json, ']')) {
		struct an_contact contact;
		an_status status = read_peer(json, &contact);
		if (status != AUTONOMI_OK)
			return status;
		/* A full cache is not searched: the file may be far longer than it. */
		if (contact.endpoint_count == 0 || cache->count == cache->peers_max ||
		    find(cache, &contact.id) != NULL)
			continue;
		status = append(cache, &contact);
		if (status != AUTONOMI_OK)
			return status;
	}
	return json->failed ? AUTONOMI_E_CORRUPT : AUTONOMI_OK;
}

static bool read_time(struct an_kad_json *json, struct an_kad_cache *cache)
{
	bool has_seconds = false, has_nanoseconds = false;
	if (!an_kad_json_open(json, '{'))
		return false;
	while (an_kad_json_more(json, '}')) {
		struct an_kad_json_text name;
		uint64_t nanoseconds;
		if (!an_kad_json_name(json, &name))
			return false;
		if (text_is(&name, "secs_since_epoch")) {
			has_seconds = an_kad_json_number(json, &cache->seconds);
		} else if (text_is(&name, "nanos_since_epoch")) {
			has_nanoseconds = an_kad_json_number(json, &nanoseconds) &&
			                  nanoseconds < 1000000000;
			cache->nanoseconds = has_nanoseconds ? (uint32_t)nanoseconds : 0;
		} else {
			an_kad_json_skip(json);
		}
	}
	return has_seconds && has_nanoseconds && !json->failed;
}

enum field {
	FIELD_PEERS = 1,
	FIELD_UPDATED = 2,
	FIELD_NETWORK = 4,
	FIELD_VERSION = 8,
	FIELDS_ALL = 15,
};

static unsigned field_of(const struct an_kad_json_text *name)
{
	if (text_is(name, "peers"))
		return FIELD_PEERS;
	if (text_is(name, "last_updated"))
		return FIELD_UPDATED;
	if (text_is(name, "network_version"))
		return FIELD_NETWORK;
	return text_is(name, "cache_version") ? FIELD_VERSION : 0;
}

static an_status read_field(struct an_kad_json *json, unsigned field, struct an_kad_cache *cache)
{
	struct an_kad_json_text text;
	bool read;
	switch (field) {
	case FIELD_PEERS:
		return read_peers(json, cache);
	case FIELD_UPDATED:
		read = read_time(json, cache);
		break;
	case FIELD_NETWORK:
	case FIELD_VERSION:
		read = an_kad_json_string(json, &text);
		break;
	default:
		read = an_kad_json_skip(json);
		break;
	}
	return read ? AUTONOMI_OK : AUTONOMI_E_CORRUPT;
}

/* Every field must be there, and once; unknown ones do not matter. */
static an_status read_file(struct an_kad_json *json, struct an_kad_cache *cache)
{
	unsigned seen = 0;
	if (!an_kad_json_open(json, '{'))
		return AUTONOMI_E_CORRUPT;
	while (an_kad_json_more(json, '}')) {
		struct an_kad_json_text name;
		if (!an_kad_json_name(json, &name))
			return AUTONOMI_E_CORRUPT;
		const unsigned field = field_of(&name);
		if ((seen & field) != 0)
			return AUTONOMI_E_CORRUPT;
		seen |= field;
		const an_status status = read_field(json, field, cache);
		if (status != AUTONOMI_OK)
			return status;
	}
	return an_kad_json_end(json) && seen == FIELDS_ALL ? AUTONOMI_OK : AUTONOMI_E_CORRUPT;
}

an_status an_kad_cache_decode(struct an_kad_cache *cache, struct an_span text)
{
	if (text.size > AN_KAD_CACHE_BYTES_MAX)
		return AUTONOMI_E_TOO_LARGE;
	struct an_kad_json json;
	an_kad_json_init(&json, text);
	const an_status status = read_file(&json, cache);
	if (status != AUTONOMI_OK)
		an_kad_cache_done(cache);
	return status;
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

/* Neither an id nor an address has a character that JSON would want escaped. */
static void put_peer(struct an_buffer *text, const struct an_contact *contact)
{
	char id[AN_PEER_ID_TEXT_MAX];
	an_peer_id_to_text(&contact->id, id);
	put(text, "    [\n      \"");
	put(text, id);
	put(text, "\",\n      [");
	for (size_t i = 0; i < contact->endpoint_count; i++) {
		put(text, i == 0 ? "\n        \"" : ",\n        \"");
		put_address(text, &contact->endpoints[i], &contact->id);
		put(text, "\"");
	}
	put(text, "\n      ]\n    ]");
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
	put(text, "  \"last_updated\": {\n    \"secs_since_epoch\": ");
	put_number(text, cache->seconds);
	put(text, ",\n    \"nanos_since_epoch\": ");
	put_number(text, cache->nanoseconds);
	put(text, "\n  },\n  \"network_version\": \"");
	put(text, network_version);
	put(text, "\",\n  \"cache_version\": \"1\"\n}\n");
	return text->failed;
}
