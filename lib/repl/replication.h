/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Replication: keeping every record on the peers that must hold it (semantics 6.8, DESIGN 8;
 * docs/replication.md draws the whole).
 *
 * A pure state machine. It says what it wants done (an_repl_next_want) and is told how that ended
 * (an_repl_ended). Its parts: the tracker says which changes of the table matter, rounds tell peers
 * what they must hold, offers are what peers told us, probes notice who left, network-wide replication
 * finds records that their holders lack, challenges and replica health find out who does not hold
 * what it must, and who is bad is on the blocklist.
 *
 * Threading: single-threaded.
 */
#ifndef AN_REPL_REPLICATION_H
#define AN_REPL_REPLICATION_H

#include "base/log.h"
#include "repl/blocklist.h"
#include "repl/challenges.h"
#include "repl/health.h"
#include "repl/history.h"
#include "repl/host.h"
#include "repl/issues.h"
#include "repl/network_wide.h"
#include "repl/offers.h"
#include "repl/probes.h"
#include "repl/rounds.h"
#include "repl/tracker.h"

enum {
	AN_REPL_SENDING_MAX = 4,   /* lists under way */
	AN_REPL_PROBING_MAX = 4,   /* probes under way */
	AN_REPL_FETCHING_MAX = 64, /* the profile's fetch_parallel is at most this */
	AN_REPL_PROVING_MAX = 3, /* for a challenge, replica health and network-wide replication */
	AN_REPL_ASKING_MAX = AN_REPL_CHALLENGED_MAX + 2 * AN_REPL_HOLDERS_MAX, /* likewise */
	AN_REPL_SEARCHING_MAX = 2,             /* for the last two of them */
	AN_REPL_BAD_MAX = AN_REPL_HOLDERS_MAX, /* peers that are being blocked */
	AN_REPL_TASKS_MAX = AN_REPL_SENDING_MAX + AN_REPL_PROBING_MAX + AN_REPL_FETCHING_MAX +
	                    AN_REPL_PROVING_MAX + AN_REPL_ASKING_MAX + AN_REPL_SEARCHING_MAX +
	                    AN_REPL_BAD_MAX,
	AN_REPL_LIST_TAKEN = 2048, /* keys looked at of one list */
};

struct an_repl;

struct an_repl_config {
	const struct an_profile *profile;
	struct an_peer_id self;
	bool lost_records; /* others may know us, and we hold nothing */
	struct an_repl_host host;
	struct an_random *random;
	struct an_logger *logger;
};

enum an_repl_want_type {
	AN_REPL_SEND_LIST,    /* send `message` to the contact; OK: it was answered */
	AN_REPL_FETCH_RECORD, /* GetReplicatedRecord of `content.name`, and store what comes */
	AN_REPL_PROBE,        /* anything that the contact answers */
	/* Proofs of the `difficulty` chunks nearest to `target`, of 1 the target alone, with `nonce`,
	 * which go to an_repl_proofs before the want ends: our own, and those of the contact. */
	AN_REPL_PROVE,
	AN_REPL_CHALLENGE,
	/* A lookup of the `width` peers nearest to `target`, who go to an_repl_found before it ends. */
	AN_REPL_SEARCH,
	AN_REPL_BLOCK, /* the contact, of which only the id is known, is bad: it leaves the table */
	AN_REPL_WANT_TYPES,
};

struct an_repl_want {
	enum an_repl_want_type type;
	uint64_t token; /* names the want in an_repl_ended */
	struct an_contact contact;
	struct an_blob *message;        /* borrowed until the want has ended */
	struct an_repl_content content; /* what the holder said */
	uint8_t target[AN_RECORD_NAME_SIZE];
	uint64_t nonce;
	size_t difficulty, width;
	an_time_us timeout;
};

struct an_repl_counters {
	uint64_t rounds;
	uint64_t keys_told;     /* in lists to peers */
	uint64_t keys_heard;    /* in lists of peers */
	uint64_t lists_ignored; /* of strangers and of who is not believed */
	uint64_t fetched;       /* records that came and were stored */
	uint64_t fetches_failed;
	uint64_t challenged;        /* answers of peers to challenges, and silences */
	uint64_t challenges_failed; /* of them, those of unhealthy peers */
	uint64_t health_asked;      /* peers that were asked for a record that they must hold */
	uint64_t health_lacking;    /* of them, those that lack it, or proved it falsely */
	uint64_t health_false;      /* of these, the latter */
	/* Of network-wide replication: records whose holders were asked; those that were asked; of
	 * them, those that lack the record. */
	uint64_t network_wide_records, network_wide_asked, network_wide_lacking;
	size_t network_load; /* 1 while it is under load, else 0 */
	uint64_t issues;     /* of peers */
	uint64_t blocked_ever;
	size_t blocked; /* now */
	size_t offers;  /* now */
};

/* E_INVALID: the profile's fetch_parallel is 0 or too large, or its health_tries below 2. */
an_status an_repl_new(const struct an_repl_config *config, an_time_us now,
                      struct an_repl **ret_repl);
struct an_repl *an_repl_free(struct an_repl *repl);

/* The routing table won a peer or lost one. */
void an_repl_peer_changed(struct an_repl *repl, const struct an_peer_id *id, bool added,
                          an_time_us now);

/* A Replicate command of `sender`, whom the connection proved, that names `holder`; the sender's only
 * endpoint is where the connection comes from. E_BUSY: it may be
 * sent again later. Anything else is answered with OK, whatever becomes of it (semantics 5.1). A
 * neighbour's list without keys says that it holds nothing (repl/rounds.h). */
an_status an_repl_take_list(struct an_repl *repl, const struct an_contact *sender,
                            const struct an_address *holder, struct an_message_list keys,
                            an_time_us now);

/* A client brought the record with this name, which is stored as it is now: that is not fetched any
 * more (semantics 6.3.7). */
void an_repl_brought(struct an_repl *repl, const uint8_t name[AN_RECORD_NAME_SIZE]);

/* The next thing to do; false where there is none now. */
bool an_repl_next_want(struct an_repl *repl, an_time_us now, struct an_repl_want *ret_want);
/* OK: done, of a record: it is stored. E_OUTDATED: we have a newer one. E_FULL, E_DISK_FULL: no room.
 * E_BUSY: the peer, or our own store, has no time now. E_TIMEOUT, E_UNREACHABLE: the peer is gone.
 * Anything else: the peer does not have what it said. Unknown tokens are ignored. */
void an_repl_ended(struct an_repl *repl, uint64_t token, an_status status, an_time_us now);

/* The proofs that a want was for; borrowed. an_repl_ended follows. */
void an_repl_proofs(struct an_repl *repl, uint64_t token, struct an_message_list proofs,
                    an_time_us now);

/* The peers that a search found, nearest first; borrowed. an_repl_ended follows. */
void an_repl_found(struct an_repl *repl, uint64_t token, const struct an_contact *contacts,
                   size_t count, an_time_us now);

/* Whether a peer is bad: it is refused whatever it asks, and not asked anything. */
bool an_repl_is_blocked(const struct an_repl *repl, const struct an_peer_id *id, an_time_us now);

/* Whether we would take this record now if somebody told us of it. OK; E_FULL: there is no room; E_BUSY:
 * we do not count ourselves to its holders, or do not know yet. */
an_status an_repl_stance(struct an_repl *repl, const uint8_t name[AN_RECORD_NAME_SIZE],
                         an_time_us now);

/* Whether a record of ours that we need not keep may be dropped: others have proven lately that they hold
 * it. Where that is not known, they are asked soon. */
bool an_repl_may_drop(struct an_repl *repl, const struct an_store_entry *entry, an_time_us now);

/* A challenge of this peer had a result. */
void an_repl_challenged(struct an_repl *repl, const struct an_peer_id *id, bool healthy);

/* A round begins now, whatever changed or not: everybody is told everything. E_NO_PEERS: there is nobody
 * to tell, or the table has not converged. E_BUSY: the last round began less than the profile's
 * `replication_spacing` ago, or is not over. Then nothing changes. */
an_status an_repl_trigger(struct an_repl *repl, an_time_us now);

an_time_us an_repl_deadline(const struct an_repl *repl);
void an_repl_expire(struct an_repl *repl, an_time_us now);

void an_repl_count(const struct an_repl *repl, an_time_us now,
                   struct an_repl_counters *ret_counters);

#endif
