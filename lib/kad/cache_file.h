/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Autonomi's forms of a list of peers: the bootstrap cache file of version 1, its older form of
 * version 0, and the body of a contact list, which is either of them or one address on each line
 * (semantics 6.16, 6.17).
 *
 * What is read goes to a sink as it comes: nothing is kept here. Addresses are checked to be
 * multiaddresses, not to be of any use: neither that they can be dialled nor that they name the peer
 * that they are listed under. Neither the network nor the version of a file is compared, but those of
 * a contact list are. One malformed id or address spoils a whole file, as with Autonomi's reader; the
 * sink must then forget what it was given.
 *
 * Pure but for the memory of one address.
 */
#ifndef AN_KAD_CACHE_FILE_H
#define AN_KAD_CACHE_FILE_H

#include "base/buffer.h"
#include "ident/peer_id.h"

enum { AN_KAD_CACHE_BYTES_MAX = 4 * 1024 * 1024 }; /* of a file; 1500 peers with 3 take 0.7 MiB */

enum an_kad_file_form { AN_KAD_FILE_V1, AN_KAD_FILE_V0 };

struct an_kad_file_sink {
	/* A peer; its addresses follow. */
	an_status (*peer)(void *context, const struct an_peer_id *id);
	/* An address in binary form, borrowed. */
	an_status (*address)(void *context, struct an_span multiaddr);
	void *context;
};

struct an_kad_file_head {
	uint64_t seconds; /* since 1970: when it was last updated */
	uint32_t nanoseconds;
	bool other_network; /* its network version is not the expected one */
};

/* Reads the text of a file. `network_version`, such as "1_1.0", is only looked at to fill in
 * `other_network`. E_CORRUPT, E_TOO_LARGE, E_NO_MEMORY, or what the sink answered. */
an_status an_kad_cache_file_read(struct an_span text, enum an_kad_file_form form,
                                 const char *network_version, const struct an_kad_file_sink *sink,
                                 struct an_kad_file_head *ret_head);

/* Reads the body of a contact list: of each peer its first address, or of each line the address that
 * it holds once repaired (an_multiaddr_repair). What cannot be used is passed over; a list of another
 * network has none. E_TOO_LARGE, E_NO_MEMORY, or what `address` answered. */
an_status an_kad_contact_list_read(struct an_span body, const char *network_version,
                                   an_status (*address)(void *context, struct an_span multiaddr),
                                   void *context);

#endif
