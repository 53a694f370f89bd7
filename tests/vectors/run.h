/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The conformance runner: what a check of one case may use. A check computes with the library what
 * the case says, and compares; it contains no expected value. Every field of a case must have been
 * asked for or compared by the time the check ends, or the case fails: what we do not know we do not
 * pass.
 *
 * A case that is malformed ends the check at once, as a failure. Memory lives until the case ends.
 */
#ifndef AN_TESTS_RUN_H
#define AN_TESTS_RUN_H

#include <jansson.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "base/span.h"
#include "data/address.h"
#include "data/data_map.h"
#include "data/graph_entry.h"
#include "data/merkle.h"
#include "data/message.h"
#include "data/pointer.h"
#include "data/scratchpad.h"
#include "ident/dht_key.h"

typedef void run_check(void);

struct run_kind {
	const char *file; /* NULL: in every file */
	const char *kind;
	run_check *check;
};

/* ---- Running. */
enum run_verdict { RUN_PASSED, RUN_FAILED, RUN_UNKNOWN };

/* Runs one case of a file (its name without `.json`) and says on standard output why it failed. */
enum run_verdict run_case(const char *file, const json_t *one);
void run_show_unknown(void);    /* says that the last case's kind is not known */
void run_begin_file(void);      /* counts what it said anew: of one file it says only so much */
void run_quietly(void);         /* says nothing from now on */
size_t run_other_encoder(void); /* values that a stock encoder made otherwise */

/* The tables of kinds, each ended by one without a kind. */
extern const struct run_kind run_hashes[];
extern const struct run_kind run_bls[];
extern const struct run_kind run_addresses[];
extern const struct run_kind run_messages[];
extern const struct run_kind run_self_encryption[];
extern const struct run_kind run_challenge[];
extern const struct run_kind run_records[];
extern const struct run_kind run_payments[];
extern const struct run_kind run_merkle[];
extern const struct run_kind run_archives[];
extern const struct run_kind run_bootstrap[];

/* ---- Fields of the running case. */
const json_t *run_get(const char *name);  /* must be there */
const json_t *run_list(const char *name); /* an array */
bool run_has(const char *name);           /* there and not null; a null counts as compared */
const char *run_text(const char *name);
struct an_span run_bytes(const char *name);
uint64_t run_number(const char *name);
bool run_true(const char *name);
struct an_span run_payload(const char *name);

/* ---- Fields of objects within. */
const json_t *run_member(const json_t *object, const char *name);
const char *run_text_of(const json_t *value);
struct an_span run_bytes_of(const json_t *value);
uint64_t run_number_of(const json_t *value);
struct an_address run_address_of(const json_t *value);

/* ---- Comparing. `actual` is taken over. */
void run_fail(const char *why);
void run_must(bool condition, const char *why); /* ends the case where it does not hold */
void run_expect(const char *name, json_t *actual);
void run_expect_bytes(const char *name, struct an_span actual);
void run_expect_text(const char *name, struct an_span actual);
void run_expect_bool(const char *name, bool actual);
void run_expect_integer(const char *name, int64_t actual);

/* What depends on the encoder's bytes: with a stock encoder, a difference is counted and no
 * failure. */
void run_encoder_bytes(const char *name, struct an_span actual);
void run_encoder_number(const char *name, size_t actual);
void run_encoder_json(const char *name, json_t *actual);

/* The indices of keys from the nearest to the farthest, at most `wanted`. */
json_t *run_order_of(const struct an_dht_key *target, const struct an_dht_key *keys, size_t count,
                     size_t wanted);

/* ---- JSON of values, as README.md has them. */
json_t *json_of_bytes(struct an_span bytes);
json_t *json_of_text(struct an_span text);
json_t *json_of_number(uint64_t number); /* a decimal string */
json_t *json_of_address(const struct an_address *address);
json_t *json_of_data_map(const struct an_data_map *map);
json_t *json_of_request(const struct an_request *request);
json_t *json_of_response(const struct an_response *response);
json_t *json_of_metrics(const struct an_quoting_metrics *metrics);
json_t *json_of_quote(const struct an_quote *quote);
json_t *json_of_candidate(const struct an_merkle_candidate *candidate);
json_t *json_of_pointer(const struct an_pointer *pointer);
json_t *json_of_graph_entry(const struct an_graph_entry *entry);
json_t *json_of_scratchpad(const struct an_scratchpad *pad);
json_t *json_of_merkle_proof(const struct an_merkle_proof *proof);
json_t *json_of_proof(const struct an_payment_proof *proof);
json_t *json_of_error(const struct an_protocol_error *error);

/* An empty buffer for a result, and memory, until the case ends. */
struct an_buffer *run_buffer(void);
void run_drop_buffer(void); /* the newest one */
void *run_memory(size_t size);

/* An array of integers, as MessagePack and CBOR have one for bytes. */
void run_expect_integers(const char *msgpack, const char *cbor, struct an_span bytes);

#endif
