/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * NodeEvent: what an Autonomi node tells its host, as bytes (semantics 9.7), for tools that read or
 * make the event streams of such nodes. The events of this library are others (<autonomi/event.h>):
 * ConnectedToNetwork is AUTONOMI_EVENT_JOINED there, ChannelClosed AUTONOMI_EVENT_CLOSED, and
 * ChunkStored AUTONOMI_EVENT_STORED; a node here never terminates by itself.
 *
 * Threading: any thread; an event is unchanged once made.
 */
#ifndef AUTONOMI_NODE_EVENT_H
#define AUTONOMI_NODE_EVENT_H

#include <autonomi/address.h>
#include <autonomi/bytes.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Types of node events, in Autonomi's order. */
enum {
	AUTONOMI_NODE_EVENT_CONNECTED_TO_NETWORK = 0,
	AUTONOMI_NODE_EVENT_CHUNK_STORED = 1,    /* address */
	AUTONOMI_NODE_EVENT_REWARD_RECEIVED = 2, /* address, amount */
	AUTONOMI_NODE_EVENT_CHANNEL_CLOSED = 3,
	AUTONOMI_NODE_EVENT_TERMINATE_NODE = 4 /* reason */
};

typedef struct autonomi_node_event autonomi_node_event;

/* What a node event says; what it has none of is NULL and 0. New members are only added at the end. */
typedef struct autonomi_node_event_view {
	uint32_t type; /* AUTONOMI_NODE_EVENT_... */
	uint32_t
		address_type; /* AUTONOMI_ADDRESS_...; of a chunk that was stored that of a chunk */
	const uint8_t *address;
	size_t address_size;
	const uint8_t *amount; /* 32 bytes, big-endian */
	const char *reason;    /* without a final zero */
	size_t reason_size;
} autonomi_node_event_view;

/* Reads an event; bytes behind it do not matter. Returns AUTONOMI_OK, and the event goes to `ret_event`,
 * owned by the caller; AUTONOMI_E_CORRUPT where the bytes are none (Autonomi's NodeEventParsingFailed);
 * AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_node_event_decode(const uint8_t *bytes, size_t size,
                                                        autonomi_node_event **ret_event);

/* NULL is allowed. Returns NULL. */
AUTONOMI_API autonomi_node_event *autonomi_node_event_free(autonomi_node_event *event);

/* Fills `view` with what the event says, borrowed from it. `view_size` is
 * sizeof(autonomi_node_event_view) of the caller's header. Returns AUTONOMI_OK; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_node_event_get_view(const autonomi_node_event *event,
                                                          autonomi_node_event_view *view,
                                                          size_t view_size);

/* The bytes of the event that `view` describes. Returns AUTONOMI_OK; AUTONOMI_E_ADDRESS where its
 * address is none, or not that of a chunk that was stored; AUTONOMI_E_INVALID where something is
 * missing; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_node_event_encode(const autonomi_node_event_view *view,
                                                        autonomi_bytes **ret_bytes);

/* The name of a type, for example "ConnectedToNetwork"; "" where there is none. Static. */
AUTONOMI_API const char *autonomi_node_event_name(uint32_t type);

#ifdef __cplusplus
}
#endif

#endif
