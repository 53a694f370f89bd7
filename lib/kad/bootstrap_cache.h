/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The bootstrap cache: peers that were reachable once, kept in a file in Autonomi's own form, version
 * 1 (semantics 6.17). This is the content of the file, without any I/O: lib/node reads, locks, writes
 * and syncs it in a job.
 *
 * Each peer has at most the profile's `bootstrap_cache_addresses` addresses, the newest first, and
 * there are at most `bootstrap_cache_peers` of them, the newest first. An address is only ever
 * `/ip4|ip6/ADDR/udp/PORT/quic-v1/p2p/ID`; others that are well-formed are passed over when read.
 *
 * Owns: its array of peers.
 */
#ifndef AN_KAD_BOOTSTRAP_CACHE_H
#define AN_KAD_BOOTSTRAP_CACHE_H

#include "base/buffer.h"
#include "base/profile.h"
#include "ident/contact.h"
#include "kad/cache_file.h"

struct an_kad_cache {
	struct an_contact *peers;
	size_t count;
	size_t room;
	size_t peers_max;
	size_t addresses_max;
	uint64_t seconds; /* since 1970: when it was last updated */
	uint32_t nanoseconds;
};

void an_kad_cache_init(struct an_kad_cache *cache, const struct an_profile *profile);
void an_kad_cache_done(struct an_kad_cache *cache);

/* Adds a peer in front, or the addresses of a known one in front of those that it has; what exceeds
 * the limits falls off the end. E_INVALID where the contact lacks an id or an address. */
an_status an_kad_cache_add(struct an_kad_cache *cache, const struct an_contact *contact);
void an_kad_cache_remove(struct an_kad_cache *cache, const struct an_peer_id *id);

/* Reads the text of a file into an empty cache. Neither the network nor the version that it names is
 * compared: who has the file may use it. E_CORRUPT, and the cache stays empty, where the text is not
 * of this form: one malformed id or address spoils it, as with Autonomi's reader. E_TOO_LARGE. */
an_status an_kad_cache_decode(struct an_kad_cache *cache, struct an_span text);

/* Before writing: puts in what the file had. Our own peers come first and take over the addresses
 * that the file knows of them; then the peers that only the file has, as far as there is room. */
an_status an_kad_cache_merge(struct an_kad_cache *cache, const struct an_kad_cache *file);

/* Appends the text of the file. `network_version` is such as "1_1.0" (semantics 6.17). */
an_status an_kad_cache_encode(const struct an_kad_cache *cache, const char *network_version,
                              struct an_buffer *text);

/* The same in the form of version 0, which older programs read. */
an_status an_kad_cache_encode_old(const struct an_kad_cache *cache, const char *network_version,
                                  struct an_buffer *text);

#endif
