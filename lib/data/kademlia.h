/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Kademlia messages in protobuf, as libp2p's Kademlia writes them (semantics 5.7), without the
 * length that libp2p puts in front: a stream carries one message.
 *
 * FIND_NODE asks with raw key bytes (32 for data, 38 for a peer id) and is answered with the peers
 * nearest to it, nearest first. The other types are recognised and not read further.
 *
 * Pure.
 */
#ifndef AN_DATA_KADEMLIA_H
#define AN_DATA_KADEMLIA_H

#include "base/buffer.h"
#include "base/span.h"
#include "base/status.h"
#include "ident/contact.h"

/* What Autonomi's nodes speak Kademlia as over libp2p (semantics 1.1). */
#define AN_KADEMLIA_PROTOCOL "/autonomi/kad/1.0.0"

enum {
	AN_KADEMLIA_PACKET_MAX = 5242880,        /* bytes of a libp2p message; a record has less */
	AN_KADEMLIA_CLIENT_RECORD_MAX = 4194304, /* of a record that Autonomi's client keeps */
	AN_KADEMLIA_KEY_MAX = 128,               /* bytes of a key */
	AN_KADEMLIA_PEERS_MAX = 20,              /* peers taken from an answer; more are ignored */
	AN_KADEMLIA_ADDRESSES_MAX = 32,          /* addresses of one peer that are looked at */
	AN_KADEMLIA_ANSWER_MAX = 64 * 1024,      /* bytes of a message; larger ones are refused */
};

/* The numbers of the wire. */
enum an_kademlia_type {
	AN_KADEMLIA_PUT_VALUE = 0,
	AN_KADEMLIA_GET_VALUE = 1,
	AN_KADEMLIA_ADD_PROVIDER = 2,
	AN_KADEMLIA_GET_PROVIDERS = 3,
	AN_KADEMLIA_FIND_NODE = 4,
	AN_KADEMLIA_PING = 5,
};

struct an_kademlia_message {
	enum an_kademlia_type type;
	struct an_span key; /* of a request; borrowed from the message */
	size_t peer_count;  /* of an answer */
	struct an_contact peers[AN_KADEMLIA_PEERS_MAX];
};

/* Reads a FIND_NODE request or answer. Peers whose id is none are left out, and so are addresses
 * that cannot be dialled; a peer may be left without any. E_PROTOCOL: not a Kademlia message.
 * E_UNSUPPORTED: one of another type. E_TOO_LARGE. */
an_status an_kademlia_decode(struct an_span message, struct an_kademlia_message *ret_message);

/* Appends the request for the peers closest to `key`. The failure of `out`, if any. */
an_status an_kademlia_encode_find(struct an_span key, struct an_buffer *out);

/* What answers are made of. GET_VALUE: the answer's type; the head of the record and then its value,
 * where there is one; the peers that are closer. */
void an_kademlia_encode_answer(enum an_kademlia_type type, struct an_buffer *out);
void an_kademlia_encode_record_head(struct an_span key, size_t value_size, struct an_buffer *out);
void an_kademlia_encode_closer(const struct an_contact *peers, size_t count, struct an_buffer *out);

/* A PUT_VALUE, and the answer to it, which is the same. */
void an_kademlia_encode_echo(struct an_span key, struct an_span value, struct an_buffer *out);

/* Appends the answer to FIND_NODE: `peers`, nearest first. */
an_status an_kademlia_encode_peers(const struct an_contact *peers, size_t count,
                                   struct an_buffer *out);

#endif
