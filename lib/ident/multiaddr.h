/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Multiaddresses: a path of protocols, each with its value, in text (`/ip4/192.0.2.1/udp/9/quic-v1`)
 * and in bytes (varint code, then the value, with a varint length in front where it varies).
 *
 * Bytes come from peers and may name any protocol of the table that libp2p shares; one that is not
 * in it ends the reading with E_ADDRESS, for its length cannot be known. An address is at most
 * AN_MULTIADDR_MAX bytes with at most AN_MULTIADDR_PARTS_MAX protocols.
 */
#ifndef AN_IDENT_MULTIADDR_H
#define AN_IDENT_MULTIADDR_H

#include "base/buffer.h"
#include "ident/contact.h"

enum {
	AN_MULTIADDR_MAX = 512,        /* bytes, in binary form */
	AN_MULTIADDR_TEXT_MAX = 1024,  /* characters, without the final zero */
	AN_MULTIADDR_PARTS_MAX = 16,   /* protocols in one address */
	AN_MULTIADDR_CONTACT_MAX = 80, /* bytes of the form that a contact has */
};

/* The codes that other modules ask for (libp2p's table of protocols). */
enum an_multiaddr_protocol {
	AN_MULTIADDR_IP4 = 4,
	AN_MULTIADDR_TCP = 6,
	AN_MULTIADDR_IP6 = 41,
	AN_MULTIADDR_UDP = 273,
	AN_MULTIADDR_P2P_CIRCUIT = 290,
	AN_MULTIADDR_P2P = 421,
	AN_MULTIADDR_QUIC_V1 = 461,
	AN_MULTIADDR_WS = 477,
};

/* One protocol of an address. */
struct an_multiaddr_part {
	uint32_t code;
	struct an_span value; /* borrowed; without its length */
};

/* Takes the first part off `bytes`. E_NOT_FOUND at the end, E_ADDRESS where malformed. */
an_status an_multiaddr_next(struct an_span *bytes, struct an_multiaddr_part *ret_part);

/* Whether `bytes` are a well-formed address, within the limits. */
an_status an_multiaddr_check(struct an_span bytes);

/* Where and why a text is no address; static words for people, such as "no such protocol". */
struct an_multiaddr_error {
	size_t offset; /* into the text */
	const char *reason;
};

/* Appends the binary form of `text`. E_ADDRESS, with the reason in `ret_error` (NULL is allowed),
 * and `bytes` as it was, where it is no address. */
an_status an_multiaddr_from_text(struct an_buffer *bytes, struct an_span text,
                                 struct an_multiaddr_error *ret_error);

/* Appends the text of an address, without a final zero. E_ADDRESS where `bytes` are malformed;
 * E_UNSUPPORTED where one of its protocols has a value that we read in bytes only (onion,
 * certhash). */
an_status an_multiaddr_to_text(struct an_buffer *text, struct an_span bytes);

/* What of an address we can dial. */
struct an_multiaddr_target {
	struct an_endpoint endpoint;
	struct an_peer_id id; /* size 0 where the address names no peer */
};

/* Reads `/ip4|ip6/ADDR/udp/PORT/quic-v1[/p2p/ID]`, in bytes. E_ADDRESS where malformed;
 * E_UNSUPPORTED where it is a well-formed address of another form (relayed, named, TCP). */
an_status an_multiaddr_target(struct an_multiaddr_target *ret_target, struct an_span bytes);

/* The same from text. */
an_status an_multiaddr_target_from_text(struct an_multiaddr_target *ret_target, struct an_span text,
                                        struct an_multiaddr_error *ret_error);

/* Appends `/ip4|ip6/ADDR/udp/PORT/quic-v1`, with `/p2p/ID` where `id` is neither NULL nor empty. */
an_status an_multiaddr_of(struct an_buffer *bytes, const struct an_endpoint *endpoint,
                          const struct an_peer_id *id);
an_status an_multiaddr_text_of(struct an_buffer *text, const struct an_endpoint *endpoint,
                               const struct an_peer_id *id);

/* The port of the first UDP part (semantics 4.3); false where there is none. */
bool an_multiaddr_udp_port(uint16_t *ret_port, struct an_span bytes);

/* Appends what Autonomi makes of an address before it uses it (semantics 6.16): the first ip4 part,
 * the first udp part with quic-v1 where that is anywhere, or else the first tcp part with ws likewise,
 * and the first peer id; all others fall away, so a relayed address becomes that of its relay. `bytes`
 * may lie in `out`. E_UNSUPPORTED where a part is missing: ip4, udp or tcp, or, where `needs_peer`,
 * the peer id. */
an_status an_multiaddr_repair(struct an_buffer *out, struct an_span bytes, bool needs_peer);

/* Whether one of its parts is `code`. */
bool an_multiaddr_has(struct an_span bytes, uint32_t code);

#endif
