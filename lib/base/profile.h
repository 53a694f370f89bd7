/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The network profile: every number that is a property of a network and not of one node. It is
 * passed down from lib/node; no module has such a number of its own.
 */
#ifndef AN_BASE_PROFILE_H
#define AN_BASE_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"

/* How a record value stands in a PutRecord (DESIGN 4). */
enum an_record_form {
	AN_RECORD_FORM_BYTES,    /* a byte string */
	AN_RECORD_FORM_INTEGERS, /* an array of integers, as Autonomi's codec writes it */
};

/* How the records of one type are stored and read (semantics 7.2). */
struct an_strategy {
	size_t put_quorum;    /* acknowledgements that complete a put */
	unsigned put_tries;   /* of a whole put */
	size_t exists_quorum; /* peers whose word settles that a record is there */
	size_t get_quorum;    /* peers that must give the same bytes, where versions differ */
	unsigned get_tries;   /* of a whole get */
};

enum { AN_PROFILE_RECORD_TYPES = 4 };

struct an_profile {
	const char *alpn;             /* the protocol on the wire (DESIGN 4) */
	const char *protocol_version; /* in the agent string (semantics 1.3) */
	uint8_t network_id;           /* semantics 1.3 */
	const char *minimum_version;  /* of nodes: older ones are refused (semantics 6.12) */
	bool payments;                /* whether a record must be paid for */
	enum an_record_form record_form;

	/* Widths (semantics 1.1, DESIGN 8). */
	size_t k;                    /* bucket size and size of a closest-peers answer */
	size_t alpha;                /* requests of one lookup in flight */
	size_t close_group;          /* peers that must hold a record */
	size_t replication;          /* peers of which only a farther one may drop a record */
	size_t bucket_network_peers; /* peers of a k-bucket that may share a network (SECURITY.md) */

	/* Sizes in bytes (semantics 1.1, 1.2, 1.5). */
	size_t record_value_max;  /* largest value a node takes */
	size_t chunk_max;         /* largest chunk value */
	size_t chunk_content_max; /* largest piece before encryption */
	size_t request_max;       /* largest encoded request, in bytes */
	size_t response_max;      /* largest encoded response, in bytes */

	/* Timers (semantics 1.5, 6.18). */
	an_time_us request_timeout;   /* from the request to the whole reply */
	size_t least_rate;            /* bytes per second: so much longer where bytes go */
	an_time_us lookup_timeout;    /* of one whole lookup */
	an_time_us handshake_timeout; /* from dialling to an authenticated peer */
	an_time_us idle_timeout;      /* of a connection without traffic */
	an_time_us slow_peer;         /* a lookup asks one more peer after this silence */
	an_time_us discovery_first;   /* first interval of network discovery */
	an_time_us discovery_base;    /* its interval with an empty table; grows with the peers */
	an_time_us discovery_most;    /* its longest interval */
	an_time_us discovery_quiet;   /* without a new peer for so long, it is rare */
	an_time_us dial_back;         /* from a peer's call until we dial it to see if it can be */
	an_time_us liveness_interval; /* the oldest peer of a bucket is asked at most this often */

	/* Records (semantics 1.6). */
	size_t records_max;          /* records of one node */
	size_t prune_batch;          /* fewest records before cleanup looks at them */
	size_t cleanup_share;        /* of the records, the farthest part of so many: looked at */
	uint8_t cleanup_ranges;      /* responsible ranges, within which none is removed */
	an_time_us cleanup_interval; /* longest time between cleanups; drawn from its half on */
	an_time_us range_interval;   /* the responsible range is looked at this often */

	/* The client: by type of record, in the order of lib/data/record.h (semantics 7.2). */
	struct an_strategy strategies[AN_PROFILE_RECORD_TYPES];
	/* A peer is late, and another is asked besides, after what answers took lately: at least
	 * and at most so long, and so long before any answer was measured. */
	an_time_us late_least;
	an_time_us late_most;
	an_time_us late_first;

	/* Replication (semantics 1.6, 6.8; docs/replication.md). */
	an_time_us replication_interval; /* longest time between rounds; drawn from its half on */
	an_time_us replication_spacing;  /* shortest time between rounds */
	an_time_us replication_spread;   /* the messages of a round are spread over this time */
	an_time_us replication_refresh;  /* everybody is told everything again at most this often */
	an_time_us restart_suppression;  /* a peer may restart within this time */
	an_time_us offer_lifetime;       /* of a record that a peer told us of */
	size_t fetch_parallel;           /* records fetched at once */
	/* Longest time between storage challenges; drawn from its half on. */
	an_time_us challenge_interval;
	an_time_us health_retry;       /* until who lacks a record is asked again */
	size_t health_tries;           /* at all of which it must lack it to be bad; at least 2 */
	an_time_us network_wide_cycle; /* in which every record is looked at once (semantics 6.9) */
	/* Between two records that are looked at because we want to drop them; and how long the proofs
	 * of others that they hold one let us (repl/surplus.h). */
	an_time_us surplus_pause, surplus_lifetime;
	/* Where most holders of a record lacked it, farther peers are listened to for so long: within
	 * so many times the distance of the farthest of those around us (semantics 6.8.3). */
	an_time_us network_load_lifetime;
	uint32_t network_load_reach;
	an_time_us issue_lifetime; /* of what a peer said falsely */
	an_time_us issue_spacing;  /* what comes sooner after another issue is none */
	an_time_us block_lifetime; /* a bad peer is not spoken with for so long */

	/* Bootstrap (semantics 1.8). */
	size_t bootstrap_cache_peers;
	size_t bootstrap_cache_addresses; /* of one peer */
	size_t bootstrap_dials;           /* at once */
	size_t bootstrap_enough;          /* peers in the routing table that end it */
};

/* The numbers of Autonomi's network on our own wire, `autonomi/1`: network id 1, payments on. */
extern const struct an_profile an_profile_autonomi;

#endif
