/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Record values: two bytes of header, then the body (semantics 3.1).
 *
 * The header's number says what the body holds and whether a payment stands in front of it. Only
 * records without payment are kept and served, in the form that our own writer makes.
 *
 * Pure. Safe on any thread.
 */
#ifndef AN_DATA_RECORD_H
#define AN_DATA_RECORD_H

#include "base/span.h"
#include "base/status.h"
#include "data/address.h"

enum { AN_RECORD_HEADER_SIZE = 2 };

/* The index of each is what quotes carry. */
enum an_record_type {
	AN_RECORD_CHUNK,
	AN_RECORD_GRAPH_ENTRY,
	AN_RECORD_POINTER,
	AN_RECORD_SCRATCHPAD,
};

enum { AN_RECORD_TYPES = AN_RECORD_SCRATCHPAD + 1 };

enum an_record_payment {
	AN_RECORD_UNPAID,      /* the data alone: what is stored, replicated and served */
	AN_RECORD_PAID,        /* [ProofOfPayment, data] */
	AN_RECORD_PAID_MERKLE, /* [MerklePaymentProof, data] */
};

struct an_record_header {
	enum an_record_type type;
	enum an_record_payment payment;
};

/* The number in the header: 10 × payment + type. */
uint8_t an_record_kind(struct an_record_header header);

/* Reads the header as leniently as Autonomi does. E_CORRUPT where it is none. The body begins at
 * AN_RECORD_HEADER_SIZE in any case. */
an_status an_record_read_header(struct an_span value, struct an_record_header *ret_header);

/* Whether `value` is an unpaid record in our own writer's form whose content gives `key`: of a chunk,
 * its hash; of the other types, their owner, whose signature it must have. E_CORRUPT where not;
 * E_TOO_LARGE; E_NO_MEMORY. Takes about 7 ms for a chunk of 4 MiB, 2 ms for a signature. */
an_status an_record_check(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span value);

struct an_graph_set;

/* The same of a graph record, and gives its entries, to be given back where this succeeds. Its keys are
 * checked to be points once: of the largest entries that clients make, in 60 ms. */
an_status an_record_check_graph(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span value,
                                struct an_graph_set *ret_set);

/* Whether the content of an unpaid record in our own form gives `key`; of graph entries, any of them.
 * Signatures are not looked at. */
bool an_record_names(struct an_span value, const uint8_t key[AN_RECORD_NAME_SIZE]);

enum { AN_CHUNK_PROOF_SIZE = 32 };

/* What proves that a node has a record: SHA3-256 of its whole value and the big-endian nonce
 * (semantics 5.4). */
void an_record_proof(struct an_span value, uint64_t nonce, uint8_t ret_proof[AN_CHUNK_PROOF_SIZE]);

#endif
