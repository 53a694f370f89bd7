/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The network as the client sees it through struct an_client_network, in virtual time and from a seed:
 * peers that keep what they are sent, answer after a while, and break in the ways that peers do. The
 * messages are real ones, made and read by lib/data. Jobs run on the same turn in which they were
 * handed over, or later where `job_delay` says so.
 */
#ifndef AN_TESTS_CLIENT_VIRTUAL_NETWORK_H
#define AN_TESTS_CLIENT_VIRTUAL_NETWORK_H

#include <stdio.h>

#include "client/client.h"

enum { PEERS_MAX = 32 };

enum behaviour {
	HONEST,
	UNREACHABLE,      /* cannot be dialled: says so after ten seconds */
	SILENT,           /* never answers: the request times out */
	WITHHOLDING,      /* takes the request, and never answers it */
	FULL,             /* refuses every record, in an answer */
	BUSY_FOR_A_WHILE, /* busy three times, then honest */
	ALWAYS_BUSY,
	NOT_PAID,       /* wants a payment */
	LYING_ECHO,     /* acknowledges another record than it was sent */
	OTHER_ANSWER,   /* answers another question */
	GARBAGE,        /* answers noise */
	WRONG_BYTES,    /* gives other bytes for a record */
	OVERSIZED,      /* gives a record above the limit */
	NO_RECORD_FORM, /* gives bytes that are no record value */
	FALSE_PROOF,    /* proves existence with noise */
	MISNAMING,      /* names peers that nobody else knows */
	SLOW,           /* has the request, and its answer takes `slowness` */
	SLOW_LINE,      /* takes the request bit by bit, and answers `slowness` late */
};

/* One version of a record. */
struct stored_record {
	struct stored_record *next;
	uint8_t name[32];
	uint32_t holders; /* a bit for each peer */
	struct an_blob *value;
};

struct virtual_peer {
	struct an_contact contact;
	struct an_dht_key key;
	enum behaviour behaviour;
	unsigned busy_answers;
	size_t puts, gets, proofs; /* requests that reached it */
};

struct virtual_network {
	struct an_client_network table;
	struct an_profile profile;
	struct an_random random;
	an_time_us now;
	an_time_us latency; /* of an answer, plus up to as much again by chance */
	an_time_us slowness;
	an_time_us job_delay; /* at most, by chance */
	struct virtual_peer peers[PEERS_MAX];
	size_t peer_count;
	struct stored_record *records;
	struct an_list events; /* by time */
	uint64_t last_id;
	unsigned lookups_that_fail; /* as long as above 0 */
	an_status lookup_failure;
	unsigned asks_refused_at_once; /* E_BUSY from `ask` itself */

	size_t lookups, puts, gets, proofs; /* since the last reset */
	size_t versions;                    /* GetVersion, likewise */
	uint32_t hidden;                    /* a bit for each peer that lookups miss */
	/* A bit for each peer that answers lookups only after `lateness`: they wait for it for two
	 * seconds or ten, and tell early what they have meanwhile. */
	uint32_t late;
	an_time_us lateness;
	uint64_t bytes_received;
	size_t in_ask; /* handlers must not be called from inside */

	bool failing; /* allocations of the client fail after fail_at of all; never our own */
	uint64_t fail_at;
};

/* Memory of the network's own, whose allocations do not fail. */
void *network_own(void *memory);

/* `count` peers, honest ones, behind a seed. */
void network_open(struct virtual_network *network, size_t count, uint8_t seed);
void network_close(struct virtual_network *network);
void network_reset_counts(struct virtual_network *network);

/* Delivers what is due next, or lets the client's deadline come: one step of virtual time. False where
 * nothing will ever happen again. */
bool network_step(struct virtual_network *network, struct an_client *client);

/* Ends the jobs that did not run yet as a node does that is freed; the client must be freed next. */
void network_skip_jobs(struct virtual_network *network);

/* Where the peers closest to a name are: indices, nearest first. */
void network_rank(const struct virtual_network *network, const uint8_t name[32],
                  size_t order[PEERS_MAX]);
struct virtual_peer *network_closest(struct virtual_network *network, const uint8_t name[32],
                                     size_t rank);

/* How many honest peers hold the record, and whether peer `index` does. */
size_t network_copies(const struct virtual_network *network, const uint8_t name[32]);
bool network_holds(const struct virtual_network *network, const uint8_t name[32], size_t index);
/* Takes it away from all peers but the `keep` first holders. */
void network_lose(struct virtual_network *network, const uint8_t name[32], size_t keep);
size_t network_record_count(const struct virtual_network *network);
struct stored_record *network_record(struct virtual_network *network, const uint8_t name[32]);
/* Gives peer `index` this version in place of any other, whatever it is. */
void network_keep(struct virtual_network *network, const uint8_t name[32], struct an_span value,
                  size_t index);
/* What peer `index` holds, borrowed; or NULL. */
struct an_blob *network_value(const struct virtual_network *network, const uint8_t name[32],
                              size_t index);
/* Puts a chunk to the close group at once. */
void network_store(struct virtual_network *network, struct an_span content, uint8_t ret_name[32]);

/* ---- One operation and what it said. */
struct outcome {
	unsigned calls;
	struct an_client_result result;
	struct an_blob *content;
	uint64_t progress_done, progress_total;
	unsigned progress_calls;
	uint64_t id;
	struct an_contact contacts[PEERS_MAX];
};

void outcome_done(void *context, const struct an_client_result *result);
void outcome_progress(void *context, uint64_t done, uint64_t total);
void outcome_release(struct outcome *outcome);

/* A client of its own, without a folder. */
struct an_client *network_client(struct virtual_network *network);

/* Steps until `outcome` was told. */
void network_run(struct virtual_network *network, struct an_client *client,
                 const struct outcome *outcome);
/* Steps until nothing more happens, and returns what `outcome` was told, which must be once. */
an_status network_finish(struct virtual_network *network, struct an_client *client,
                         const struct outcome *outcome);

#endif
