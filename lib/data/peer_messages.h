/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The messages that libp2p peers exchange in protobuf, whole: Kademlia of every type, and identify
 * (semantics 5.7). data/kademlia.h has the part that lookups need, as contacts.
 *
 * What is read borrows from the message. Peers and addresses beyond the limits are left out.
 * Writing gives the fields in libp2p's order and leaves out what libp2p leaves out.
 *
 * Pure.
 */
#ifndef AN_DATA_PEER_MESSAGES_H
#define AN_DATA_PEER_MESSAGES_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/span.h"
#include "base/status.h"
#include "data/kademlia.h"

enum {
	AN_PEER_ADDRESSES_MAX = 32, /* of one peer */
	AN_IDENTIFY_PROTOCOLS_MAX = 64,
	AN_KADEMLIA_FIELDS_MAX = 16384, /* of one message, those of peers in it included */
};

struct an_peer_entry {
	struct an_span id;
	struct an_span addresses[AN_PEER_ADDRESSES_MAX]; /* multiaddresses */
	size_t address_count;
	uint64_t connection; /* 0: not connected, 1: connected */
};

struct an_kademlia_record {
	struct an_span key, value, time_received, publisher;
	uint64_t ttl;
};

struct an_kademlia_whole {
	enum an_kademlia_type type;
	uint64_t level; /* clusterLevelRaw; 0 where there is none */
	struct an_span key;
	bool has_record;
	struct an_kademlia_record record;
	struct an_peer_entry closer[AN_KADEMLIA_PEERS_MAX], providers[AN_KADEMLIA_PEERS_MAX];
	size_t closer_count, provider_count;
};

/* E_PROTOCOL where it is none. */
an_status an_kademlia_whole_decode(struct an_span message, struct an_kademlia_whole *ret_message);
an_status an_kademlia_whole_encode(const struct an_kademlia_whole *message, struct an_buffer *out);

struct an_identify {
	struct an_span protocol_version, agent_version; /* text */
	struct an_span public_key;                      /* protobuf */
	struct an_span observed;                        /* multiaddress: how the sender sees us */
	struct an_span listen[AN_PEER_ADDRESSES_MAX];
	size_t listen_count;
	struct an_span protocols[AN_IDENTIFY_PROTOCOLS_MAX];
	size_t protocol_count;
	struct an_span signed_record; /* a peer record; Autonomi's nodes send none */
};

an_status an_identify_decode(struct an_span message, struct an_identify *ret_identify);
an_status an_identify_encode(const struct an_identify *identify, struct an_buffer *out);

#endif
