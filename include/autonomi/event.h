/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Events: what the library tells its host.
 *
 * An event is taken with autonomi_node_next_event and belongs to the host until it is freed. It owns
 * everything that it shows, so it may outlive the node, and everything borrowed from it is valid
 * until autonomi_event_free. A host ignores types that it does not know.
 *
 * Threading: an event belongs to one thread at a time.
 */
#ifndef AUTONOMI_EVENT_H
#define AUTONOMI_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include <autonomi/export.h>
#include <autonomi/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct autonomi_event autonomi_event;

/* Names one operation of one node; 0 is none, and no number is used twice. */
typedef uint64_t autonomi_op;

/* Types of events. */
enum {
	/* The one completion of an operation: op, tag, status, message, and what the operation's
	 * function documents. */
	AUTONOMI_EVENT_COMPLETED = 1,
	/* A running operation went on: op, tag, done, total. Coalesced: only the latest waits. */
	AUTONOMI_EVENT_PROGRESS = 2,
	/* The node reached the network: enough peers are in its routing table, or all that there are.
	 * For a node that is the first of its network: it is ready to be found. */
	AUTONOMI_EVENT_JOINED = 3,
	/* Peers came or went since the last such event; count says how many are connected. Coalesced. */
	AUTONOMI_EVENT_PEERS = 4,
	/* Records were removed to make room or because this node is no longer near them; count says
	 * how many since the last such event. Coalesced. */
	AUTONOMI_EVENT_PRUNED = 5,
	/* The disk refused a write; status says why, count how often since the last such event. The
	 * node goes on and serves reads. Coalesced. */
	AUTONOMI_EVENT_STORAGE_ERROR = 6,
	/* The last event of a node after autonomi_node_close. */
	AUTONOMI_EVENT_CLOSED = 7,
	/* Records were stored that peers or this host brought, durably; count says how many since
	 * the last such event. Coalesced. */
	AUTONOMI_EVENT_STORED = 8,
	/* Peers are not spoken with any more; count says how many since the last such event, status why:
	 * AUTONOMI_E_REFUSED: they lied, or go on lacking records that they must hold;
	 * AUTONOMI_E_VERSION: they are older than network.minimum_version. The log names them.
	 * Coalesced, those of each status. */
	AUTONOMI_EVENT_PEERS_REFUSED = 9
};

/* Everything that an event says, for hosts to which a call is expensive. Pointers are borrowed from
 * the event. New members are only ever added at the end. */
typedef struct autonomi_event_view {
	uint32_t type;
	autonomi_status status;
	autonomi_op op;
	uint64_t tag;
	uint64_t done;
	uint64_t total;
	uint64_t count;
	const char *message;
	const uint8_t *data;
	size_t data_size;
	const char *text;
	uint64_t counter;
	uint64_t network_counter;
	uint64_t versions;
	uint64_t content_type;
	uint64_t files;
	uint64_t skipped;
} autonomi_event_view;

/* A peer in an event that lists peers. Pointers are borrowed from the event. New members are only
 * ever added at the end. */
typedef struct autonomi_peer_view {
	const char *id;          /* base58, "12D3KooW..." */
	const char *address;     /* "/ip6/2001:db8::1/udp/9000/quic-v1/p2p/12D3KooW...", or "" */
	const char *agent;       /* "ant/node/1.0/0.1.0/1", or "" where unknown */
	uint64_t rtt_us;         /* round-trip time; 0 where unknown */
	uint64_t age_us;         /* since it was connected or last heard */
	int32_t bucket;          /* k-bucket, 0 to 255; -1 where it has none */
	uint32_t flags;          /* AUTONOMI_PEER_... */
	const uint8_t *distance; /* XOR of its DHT key and this node's, 32 bytes, big-endian */
} autonomi_peer_view;

enum {
	AUTONOMI_PEER_DIALLED = 1, /* we dialled it */
	AUTONOMI_PEER_CLIENT = 2   /* it stores nothing */
};

/* One of AUTONOMI_EVENT_..., or a type that a newer library added. */
AUTONOMI_API uint32_t autonomi_event_type(const autonomi_event *event);

/* The operation that the event is about, or 0. */
AUTONOMI_API autonomi_op autonomi_event_op(const autonomi_event *event);

/* The number that the host gave with the operation, or 0. */
AUTONOMI_API uint64_t autonomi_event_tag(const autonomi_event *event);

/* How an operation ended: AUTONOMI_OK or any AUTONOMI_E_... that the operation documents. */
AUTONOMI_API autonomi_status autonomi_event_status(const autonomi_event *event);

/* One sentence for people that says what went wrong and what to do; "" where there is none. */
AUTONOMI_API const char *autonomi_event_message(const autonomi_event *event);

/* Bytes that the operation gives, for example the content of a chunk; their number goes to
 * `ret_size`, which may be NULL. NULL and 0 where it gives none. */
AUTONOMI_API const uint8_t *autonomi_event_data(const autonomi_event *event, size_t *ret_size);

/* Text that the operation gives, for example an address in hexadecimal; "" where it gives none. */
AUTONOMI_API const char *autonomi_event_text(const autonomi_event *event);

/* A number that the event gives: peers, records, copies; 0 where it gives none. */
AUTONOMI_API uint64_t autonomi_event_count(const autonomi_event *event);

/* Of a record that was read or written: its counter, and the highest that a peer of the network named;
 * 0 where it has none. */
AUTONOMI_API uint64_t autonomi_event_counter(const autonomi_event *event);
/* As autonomi_event_counter: above it where somebody has a newer version. */
AUTONOMI_API uint64_t autonomi_event_network_counter(const autonomi_event *event);

/* Of a record that was read: how many different versions peers gave. */
AUTONOMI_API uint64_t autonomi_event_versions(const autonomi_event *event);

/* Of a vault that was read: what its writer said that its content is (autonomi_vault_content_type). */
AUTONOMI_API uint64_t autonomi_event_content_type(const autonomi_event *event);

/* How many peers the event lists. */
AUTONOMI_API size_t autonomi_event_peer_count(const autonomi_event *event);

/* Fills `view` with the peer at `index`. `view_size` is sizeof(autonomi_peer_view) of the caller's
 * header: less is filled where it is smaller, zeros beyond where it is larger. Returns AUTONOMI_OK;
 * AUTONOMI_E_INVALID where there is no such peer or an argument is NULL. */
AUTONOMI_API autonomi_status autonomi_event_peer(const autonomi_event *event, size_t index,
                                                 autonomi_peer_view *view, size_t view_size);

/* Of an upload: how many chunks have `copies` copies, 0 to 5 (5: five or more). */
AUTONOMI_API uint64_t autonomi_event_chunks_with_copies(const autonomi_event *event,
                                                        uint32_t copies);

/* Of a directory or an archive: how many files were stored or fetched, or are listed. */
AUTONOMI_API uint64_t autonomi_event_files(const autonomi_event *event);
/* How many things in a directory were left out of an upload, because an archive cannot hold them. */
AUTONOMI_API uint64_t autonomi_event_skipped(const autonomi_event *event);

/* Fills `view` with all that the event says. `view_size` as in autonomi_event_peer. Returns
 * AUTONOMI_OK; AUTONOMI_E_INVALID where an argument is NULL. */
AUTONOMI_API autonomi_status autonomi_event_get_view(const autonomi_event *event,
                                                     autonomi_event_view *view, size_t view_size);

/* Frees the event. NULL is allowed. Returns NULL. */
AUTONOMI_API autonomi_event *autonomi_event_free(autonomi_event *event);

#ifdef __cplusplus
}
#endif

#endif
