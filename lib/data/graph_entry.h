/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Graph entries: 32 bytes that their owner signed, with keys of entries before and after them
 * (semantics 2.5). An owner should sign only one; whoever signs several has forked, and nodes keep
 * all of them: so the record of an owner holds a set.
 *
 * Owns: its lists. Pure but for memory.
 */
#ifndef AN_DATA_GRAPH_ENTRY_H
#define AN_DATA_GRAPH_ENTRY_H

#include "data/owner_key.h"

enum {
	AN_GRAPH_CONTENT_SIZE = 32,
	AN_GRAPH_ENTRY_OVERHEAD = 368,    /* of Autonomi's own struct, which counts as size */
	AN_GRAPH_ENTRY_SIZE_MAX = 102400, /* asked of clients, not of what comes in */
	/* All keys of a record that is read: Autonomi has no limit but the record's size, which would
	 * let one record cost ten seconds of checking points. The largest entry that its clients make
	 * has 1,275 descendants. */
	AN_GRAPH_KEYS_MAX = 8192,
	AN_GRAPH_FORKS_MAX =
		256, /* entries of one owner: each has a signature to verify, in 2 ms */
};

struct an_graph_descendant {
	uint8_t key[AN_OWNER_KEY_SIZE];
	uint8_t content[AN_GRAPH_CONTENT_SIZE];
};

struct an_graph_parent {
	uint8_t key[AN_OWNER_KEY_SIZE];
};

struct an_graph_entry {
	uint8_t owner[AN_OWNER_KEY_SIZE];
	struct an_graph_parent *parents;
	size_t parent_count;
	uint8_t content[AN_GRAPH_CONTENT_SIZE];
	struct an_graph_descendant *descendants;
	size_t descendant_count;
	uint8_t signature[AN_BLS_SIGNATURE_SIZE];
};

/* An entry with room for so many zeroed parents and descendants. E_NO_MEMORY, E_TOO_LARGE. */
an_status an_graph_entry_init(struct an_graph_entry *ret_entry, size_t parent_count,
                              size_t descendant_count);
void an_graph_entry_done(struct an_graph_entry *entry);

/* As Autonomi counts it. */
size_t an_graph_entry_size(const struct an_graph_entry *entry);
bool an_graph_entry_too_big(const struct an_graph_entry *entry);

/* Appends the bytes that are signed. */
an_status an_graph_entry_signed_bytes(const struct an_graph_entry *entry, struct an_buffer *out);

/* Sets owner and signature. E_INVALID, E_NO_MEMORY. */
an_status an_graph_entry_sign(struct an_graph_entry *entry,
                              const uint8_t secret[AN_BLS_SECRET_SIZE]);

/* E_CORRUPT where the signature is not the owner's; E_NO_MEMORY. */
an_status an_graph_entry_verify(const struct an_graph_entry *entry);

/* The order of a stored set: field by field, lists before what continues them. */
int an_graph_entry_compare(const struct an_graph_entry *a, const struct an_graph_entry *b);

/* One entry, as a paid upload carries it. What was read is to be given back also when the reader
 * failed. Signatures are not verified. */
void an_graph_entry_read(struct an_reader *reader, struct an_graph_entry *ret_entry);
void an_graph_entry_write(struct an_buffer *out, const struct an_graph_entry *entry);

struct an_graph_set {
	struct an_graph_entry *entries;
	size_t count;
};

void an_graph_set_done(struct an_graph_set *set);

/* Whether the set has more entries or keys than a record that we read may have. */
bool an_graph_set_too_large(const struct an_graph_set *set);

/* The list of a record, in the order in which it is there; as an_graph_entry_read. */
void an_graph_set_read(struct an_reader *reader, struct an_graph_set *ret_set);
void an_graph_set_write(struct an_buffer *out, const struct an_graph_set *set);

#endif
