/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bootstrap.json (README.md). */
#include <string.h>

#include "ident/multiaddr.h"
#include "ident/protocol_names.h"
#include "kad/bootstrap_cache.h"
#include "vectors/run.h"

static const struct an_profile *profile(void)
{
	return &an_profile_autonomi;
}

static const char *network_version(void)
{
	char *text = run_memory(AN_PROTOCOL_NAME_MAX);
	run_must(an_protocol_network_version(profile(), text) == AUTONOMI_OK, "network version");
	return text;
}

static json_t *multiaddr_json(struct an_span multiaddr)
{
	struct an_buffer *text = run_buffer();
	(void)an_multiaddr_to_text(text, multiaddr);
	json_t *json = json_of_text(an_buffer_span(text));
	run_drop_buffer();
	return json;
}

static json_t *peer_id_json(const struct an_peer_id *id)
{
	char base58[AN_PEER_ID_TEXT_MAX];
	an_peer_id_to_text(id, base58);
	return json_string(base58);
}

/* ---- Reading files. */

static an_status list_peer(void *context, const struct an_peer_id *id)
{
	json_array_append_new(context,
	                      json_pack("{s:o,s:[]}", "peer", peer_id_json(id), "addresses"));
	return AUTONOMI_OK;
}

static an_status list_address(void *context, struct an_span multiaddr)
{
	const json_t *peer = json_array_get(context, json_array_size(context) - 1);
	json_array_append_new(json_object_get(peer, "addresses"), multiaddr_json(multiaddr));
	return AUTONOMI_OK;
}

static json_t *peers_json(struct an_span text, enum an_kad_file_form form)
{
	json_t *peers = json_array();
	struct an_kad_file_head head;
	const struct an_kad_file_sink sink = {list_peer, list_address, peers};
	if (an_kad_cache_file_read(text, form, network_version(), &sink, &head) == AUTONOMI_OK)
		return peers;
	json_decref(peers);
	return json_null();
}

static void check_cache_load(void)
{
	const struct an_span text = an_span_text(run_text("text"));
	run_expect("in_v1_place", peers_json(text, AN_KAD_FILE_V1));
	run_expect("in_v0_place", peers_json(text, AN_KAD_FILE_V0));
}

static void decode(struct an_kad_cache *cache, const char *name)
{
	an_kad_cache_init(cache, profile());
	run_must(an_kad_cache_decode(cache, an_span_text(run_text(name))) == AUTONOMI_OK, name);
}

static void check_cache_v0(void)
{
	const struct an_span text = an_span_text(run_text("file"));
	if (!run_has("v1_file")) {
		run_expect("peers", peers_json(text, AN_KAD_FILE_V0));
		return;
	}
	struct an_kad_cache cache;
	struct an_buffer *written = run_buffer();
	decode(&cache, "v1_file");
	(void)an_kad_cache_encode_old(&cache, network_version(), written);
	run_expect_text("file", an_buffer_span(written));
	an_buffer_clear(written);
	(void)an_kad_cache_encode(&cache, network_version(), written);
	run_expect_text("v1_file", an_buffer_span(written));
	an_kad_cache_done(&cache);
}

/* ---- Writing files. */

/* Adds an address as Autonomi does: relayed ones are left out, others are repaired or left out. */
static void add(struct an_kad_cache *cache, const char *text)
{
	struct an_buffer *bytes = run_buffer();
	struct an_multiaddr_target target;
	run_must(an_multiaddr_from_text(bytes, an_span_text(text), NULL) == AUTONOMI_OK, text);
	const struct an_span given = an_buffer_span(bytes);
	const bool relayed = an_multiaddr_has(given, AN_MULTIADDR_P2P_CIRCUIT);
	if (!relayed && an_multiaddr_repair(bytes, given, true) == AUTONOMI_OK) {
		const struct an_span made = an_span(bytes->data + given.size,
		                                    bytes->size - given.size);
		run_must(an_multiaddr_target(&target, made) == AUTONOMI_OK, text);
		const struct an_contact contact = {.id = target.id,
		                                   .endpoint_count = 1,
		                                   .endpoints = {target.endpoint}};
		run_must(an_kad_cache_add(cache, &contact) == AUTONOMI_OK, text);
	}
	run_drop_buffer();
}

static void add_all(struct an_kad_cache *cache)
{
	const json_t *addresses = run_list("add");
	for (size_t i = 0; i < json_array_size(addresses); i++)
		add(cache, run_text_of(json_array_get(addresses, i)));
}

/* The clock when a file was written is not in the case: it stands in the file. */
static void take_clock(struct an_kad_cache *cache, const char *name)
{
	struct an_kad_cache file;
	decode(&file, name);
	cache->seconds = file.seconds;
	cache->nanoseconds = file.nanoseconds;
	an_kad_cache_done(&file);
}

static void expect_file(struct an_kad_cache *cache, const char *name)
{
	struct an_buffer *written = run_buffer();
	take_clock(cache, name);
	(void)an_kad_cache_encode(cache, network_version(), written);
	run_expect_text(name, an_buffer_span(written));
}

/* The best address of each peer. */
static json_t *firsts_json(const struct an_kad_cache *cache)
{
	json_t *list = json_array();
	for (size_t i = 0; i < cache->count; i++) {
		struct an_buffer *text = run_buffer();
		(void)an_multiaddr_text_of(text, &cache->peers[i].endpoints[0],
		                           &cache->peers[i].id);
		json_array_append_new(list, json_of_text(an_buffer_span(text)));
		run_drop_buffer();
	}
	return list;
}

static void expect_path(void)
{
	char name[AN_PROTOCOL_NAME_MAX];
	struct an_buffer *path = run_buffer();
	(void)an_protocol_cache_file(profile(), false, name);
	(void)an_buffer_append(path, an_span_text(AN_PROTOCOL_CACHE_FOLDER "/"));
	(void)an_buffer_append(path, an_span_text(name));
	run_expect_text("path", an_buffer_span(path));
}

static void check_cache_file(void)
{
	struct an_kad_cache cache;
	an_kad_cache_init(&cache, profile());
	cache.peers_max = (size_t)run_number("max_peers");
	cache.addresses_max = (size_t)run_number("max_addresses_per_peer");
	run_must(cache.addresses_max <= AN_CONTACT_ENDPOINTS_MAX, "max_addresses_per_peer");
	add_all(&cache);
	expect_file(&cache, "file");
	run_expect("all_addresses", firsts_json(&cache));
	expect_path();
	an_kad_cache_done(&cache);
}

static void check_cache_sync(void)
{
	struct an_kad_cache cache;
	struct an_kad_cache before;
	const json_t *remove = run_list("remove");
	an_kad_cache_init(&cache, profile());
	add_all(&cache);
	decode(&before, "file_before");
	run_must(an_kad_cache_merge(&cache, &before) == AUTONOMI_OK, "does not merge");
	for (size_t i = 0; i < json_array_size(remove); i++) {
		struct an_peer_id id;
		const char *text = run_text_of(json_array_get(remove, i));
		run_must(an_peer_id_from_text(&id, an_span_text(text)) == AUTONOMI_OK, text);
		an_kad_cache_remove(&cache, &id);
	}
	expect_file(&cache, "file_after");
	an_kad_cache_done(&before);
	an_kad_cache_done(&cache);
	run_expect_integer("peers_in_memory_after", (int64_t)cache.count);
}

/* ---- Contact lists and addresses. */

static an_status list_contact(void *context, struct an_span multiaddr)
{
	json_array_append_new(context, multiaddr_json(multiaddr));
	return AUTONOMI_OK;
}

static void check_contacts(void)
{
	json_t *list = json_array();
	run_must(an_kad_contact_list_read(an_span_text(run_text("body")), network_version(),
	                                  list_contact, list) == AUTONOMI_OK,
	         "does not read");
	run_expect("addresses", list);
}

static json_t *repaired_json(struct an_span text, bool needs_peer)
{
	struct an_buffer *bytes = run_buffer();
	struct an_buffer *repaired = run_buffer();
	const bool ok = an_multiaddr_from_text(bytes, text, NULL) == AUTONOMI_OK &&
	                an_multiaddr_repair(repaired, an_buffer_span(bytes), needs_peer) ==
	                        AUTONOMI_OK;
	return ok ? multiaddr_json(an_buffer_span(repaired)) : json_null();
}

static void check_valid_address(void)
{
	const struct an_span text = an_span_text(run_text("text"));
	run_expect("with_peer_id", repaired_json(text, true));
	run_expect("peer_id_optional", repaired_json(text, false));
}

const struct run_kind run_bootstrap[] = {
	{"bootstrap", "cache_file", check_cache_file},
	{"bootstrap", "cache_sync", check_cache_sync},
	{"bootstrap", "cache_v0", check_cache_v0},
	{"bootstrap", "cache_load", check_cache_load},
	{"bootstrap", "contacts", check_contacts},
	{"bootstrap", "valid_address", check_valid_address},
	{NULL, NULL, NULL},
};
