/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A peer that means harm: the real link on a real socket, driven by hand, so that it can stop reading,
 * or send what no honest peer does. It asks one node, the first of a cluster.
 */
#ifndef TESTS_HOSTILE_ATTACKER_H
#define TESTS_HOSTILE_ATTACKER_H

#include "crypt/random.h"
#include "data/message.h"
#include "ident/key_pair.h"
#include "link/link.h"
#include "sys/sys.h"

#include "../prop/cluster.h"

struct attacker {
	struct an_profile profile;
	struct an_random random;
	struct an_key_pair key_pair;
	struct an_endpoint bound;
	struct an_udp *udp;
	struct an_link *link;
	struct an_contact victim;
	bool deaf; /* reads nothing from its socket */
	bool connected;
	size_t hung_up; /* connections that ended */
	size_t answered, failed;
	an_status status;      /* of the last reply */
	uint64_t code;         /* of the last refusal */
	struct an_blob *reply; /* the last one, its kind not included */
	/* What it answers to requests, borrowed; NULL: "busy". */
	struct an_blob *answer;
	bool mute;         /* answers nothing at all */
	size_t asked;      /* requests that came */
	uint64_t pump_max; /* CPU time of the victim's longest pump so far, in us */
};

/* Whether bounds on memory and on work mean something: sanitizers, coverage and checks change both, so
 * only the release build is held to them. */
#ifdef AN_FAULT_INJECTION
enum { MEASURED = 0 };
#else
enum { MEASURED = 1 };
#endif

/* `seed` makes its key. Starts with a connection to the first node of the cluster. */
void attacker_open(struct attacker *attacker, struct cluster *cluster, uint8_t seed);
/* The same from 127.0.0.`host`. */
void attacker_open_at(struct attacker *attacker, struct cluster *cluster, uint8_t seed,
                      uint8_t host);
void attacker_close(struct attacker *attacker);

void attacker_pump(struct attacker *attacker);

/* Pumps cluster and attacker, and measures the first node's pumps. */
void attacker_step(struct attacker *attacker, struct cluster *cluster);
void attacker_run(struct attacker *attacker, struct cluster *cluster, int milliseconds);
/* Until so many requests ended, whatever way. */
void attacker_await(struct attacker *attacker, struct cluster *cluster, size_t ended, int limit_ms);

/* Asks with `message`, of which it takes the reference. */
void attacker_ask(struct attacker *attacker, enum an_link_kind kind, struct an_blob *message);
void attacker_request(struct attacker *attacker, const struct an_request *request);

/* What the first node counts. */
uint64_t victim_counter(struct cluster *cluster, const char *name);

/* Bytes of memory that the process has mapped and touched. */
size_t resident_bytes(void);

uint64_t thread_cpu_us(void);

#endif
