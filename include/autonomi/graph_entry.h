/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Graph entries: 32 bytes that their owner signed, with the keys of entries before and after them
 * (semantics 2.5). An owner should sign only one. Who signs several has forked: nodes keep all of
 * them, so the record of an owner holds a list.
 *
 * These functions make, check and read graph entries; they need no node.
 *
 * Threading: any thread; an entry never changes, and may be read by several at once.
 */
#ifndef AUTONOMI_GRAPH_ENTRY_H
#define AUTONOMI_GRAPH_ENTRY_H

#include <autonomi/keys.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Sizes in bytes: of the content; of a descendant, which is a public key and 32 bytes; the largest of
 * an entry. Numbers: the most entries of one owner, the most keys in a record. */
enum {
	AUTONOMI_GRAPH_CONTENT_SIZE = 32,
	AUTONOMI_GRAPH_DESCENDANT_SIZE = 80,
	AUTONOMI_GRAPH_ENTRY_SIZE_MAX = 102400,
	AUTONOMI_GRAPH_FORKS_MAX = 256,
	AUTONOMI_GRAPH_KEYS_MAX = 8192
};

typedef struct autonomi_graph_entry autonomi_graph_entry;

/* What an entry says. Borrowed from it. New members are only added at the end. */
typedef struct autonomi_graph_entry_view {
	const uint8_t *owner;       /* AUTONOMI_PUBLIC_KEY_SIZE bytes: its address */
	const uint8_t *parents;     /* public keys, one after the other */
	const uint8_t *descendants; /* AUTONOMI_GRAPH_DESCENDANT_SIZE bytes each */
	const uint8_t *content;     /* AUTONOMI_GRAPH_CONTENT_SIZE bytes */
	const uint8_t *signature;   /* AUTONOMI_SIGNATURE_SIZE bytes */
	size_t parent_count;
	size_t descendant_count;
	uint64_t size;       /* as Autonomi counts it */
	uint32_t is_too_big; /* 1 where that is above AUTONOMI_GRAPH_ENTRY_SIZE_MAX */
} autonomi_graph_entry_view;

/* Makes and signs the entry of `owner_secret`. Lists are bytes as in the view, and may be NULL where
 * they are empty. Returns AUTONOMI_OK, and the entry goes to `ret_entry`, owned by the caller;
 * AUTONOMI_E_INVALID, also where the secret is none or a key in a list is; AUTONOMI_E_TOO_LARGE where
 * the entry is; AUTONOMI_E_NO_MEMORY. Checking a key takes about 0.1 ms. */
AUTONOMI_API autonomi_status autonomi_graph_entry_new(const uint8_t *owner_secret,
                                                      const uint8_t *parents, size_t parent_count,
                                                      const uint8_t *content,
                                                      const uint8_t *descendants,
                                                      size_t descendant_count,
                                                      autonomi_graph_entry **ret_entry);

/* An entry with a signature that was made elsewhere, over autonomi_graph_entry_signed_bytes. It is not
 * verified. Returns as autonomi_graph_entry_new, AUTONOMI_E_INVALID also where owner or signature are
 * no such points. */
AUTONOMI_API autonomi_status autonomi_graph_entry_new_signed(
	const uint8_t *owner, const uint8_t *parents, size_t parent_count, const uint8_t *content,
	const uint8_t *descendants, size_t descendant_count, const uint8_t *signature,
	autonomi_graph_entry **ret_entry);

/* NULL is allowed. Returns NULL. */
AUTONOMI_API autonomi_graph_entry *autonomi_graph_entry_free(autonomi_graph_entry *entry);

/* Fills `view`; `view_size` is sizeof(autonomi_graph_entry_view) of the caller's header. Returns
 * AUTONOMI_OK; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_graph_entry_get_view(const autonomi_graph_entry *entry,
                                                           autonomi_graph_entry_view *view,
                                                           size_t view_size);

/* Whether the owner signed it; takes about 2 ms. Returns AUTONOMI_OK; AUTONOMI_E_CORRUPT where not;
 * AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_graph_entry_verify(const autonomi_graph_entry *entry);

/* The bytes that are signed. Returns AUTONOMI_OK; AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_graph_entry_signed_bytes(const autonomi_graph_entry *entry,
                                                               autonomi_bytes **ret_bytes);

/* Entries of one owner, at least one, as a record value, as the network keeps them. They are written
 * in the order given; nodes sort them. Returns AUTONOMI_OK; AUTONOMI_E_INVALID, also where owners
 * differ; AUTONOMI_E_TOO_LARGE above the numbers at the top; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_graph_entry_encode(const autonomi_graph_entry *const *entries,
                                                         size_t count, autonomi_bytes **ret_value);

/* Reads the entries of a record value: at most `capacity` go to `ret_entries`, owned by the caller,
 * and how many there are goes to `ret_count`. More than one is a fork. Signatures are not verified.
 * Returns AUTONOMI_OK; AUTONOMI_E_TOO_SMALL where they do not all fit (none is given);
 * AUTONOMI_E_CORRUPT where the value is no list of entries; AUTONOMI_E_TOO_LARGE;
 * AUTONOMI_E_INVALID; AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_graph_entry_decode(const uint8_t *value, size_t value_size,
                                                         autonomi_graph_entry **ret_entries,
                                                         size_t capacity, size_t *ret_count);

#ifdef __cplusplus
}
#endif

#endif
