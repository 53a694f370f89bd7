/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A small network of nodes that are nothing but an_repl: each knows every other one that it has not
 * noticed to be gone, wants are carried out after a tenth of a second, and a record is a name with a
 * version. Over virtual time.
 */
#ifndef AN_TESTS_REPL_TOWN_H
#define AN_TESTS_REPL_TOWN_H

#include "repl/replication.h"

enum { TOWN_NODES = 64, TOWN_RECORDS = 6000 };

/* What a node does when it is challenged, itself included. */
enum town_mood {
	TOWN_HONEST,
	TOWN_PROVES_NOTHING,
	TOWN_PROVES_FALSELY,
	TOWN_PROVES_LATE,
	TOWN_ANSWERS_NOT,
	TOWN_CANNOT_PROVE, /* to itself */
	TOWN_LACKS,     /* says of every record that it is asked for alone that it is not there */
	TOWN_SAYS_FULL, /* says that it had no room for it */
	TOWN_SENDS_FALSE_RECORDS,
};

struct town_node {
	struct town *town;
	struct an_repl *repl;
	struct an_contact contact;
	struct an_dht_key key;
	bool alive, unconverged, busy, full;
	bool lost_records; /* when it was opened last */
	enum town_mood mood;
	size_t challenges;  /* of others that it answered or not */
	size_t checks;      /* likewise, of one record */
	size_t searches;    /* of its own */
	bool is_hidden;     /* from the searches of others */
	bool searches_fail; /* its own */
	size_t blocked;     /* peers that it took out of its table for being bad */
	bool knows[TOWN_NODES];
	an_time_us heard[TOWN_NODES];
	struct an_store_entry *entries; /* nearest first */
	size_t count;
	uint64_t changes;
	size_t fetched, fetched_in_vain, lists, keys, probes;
};

struct town {
	struct an_profile profile;
	struct an_random random;
	struct an_logger *logger;
	an_time_us now;
	struct town_node nodes[TOWN_NODES];
	size_t count;
};

void town_init(struct town *town, size_t nodes);
void town_done(struct town *town);

/* A node that everybody knows from now on. */
struct town_node *town_add(struct town *town);
/* It stops answering. */
void town_leave(struct town_node *node);
/* A node that was gone answers again, and those who are there get to know it and it them. */
void town_return(struct town_node *node);
/* It comes back at once with nothing, and nobody noticed that it was away. */
void town_lose_records(struct town_node *node);
/* Lets time pass. */
void town_run(struct town *town, an_time_us duration);

/* Makes a node hold a version of a record: of a chunk 0. */
void town_put(struct town_node *node, uint32_t record, uint8_t version);
/* The version that it holds; -1: none. */
int town_version(const struct town_node *node, uint32_t record);
/* Gives the record to its `copies` nearest nodes that are there. */
void town_store(struct town *town, uint32_t record, uint8_t version, size_t copies);
/* Whether it has blocked the other one. */
bool town_blocks(const struct town_node *node, const struct town_node *other);
/* How many of its nearest five that are there hold this version. */
size_t town_holders(const struct town *town, uint32_t record, uint8_t version);
/* Over all nodes. */
size_t town_fetched(const struct town *town);
size_t town_keys(const struct town *town);

struct an_repl_content town_content(uint32_t record, uint8_t version);
/* A list as `sender` would send it, taken by `node`. */
an_status town_tell(struct town_node *node, const struct an_contact *sender,
                    const struct an_repl_content *contents, size_t count);
struct an_contact town_contact(uint32_t number);

#endif
