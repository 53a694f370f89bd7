/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Merkle payments: the first byte chooses bytes as a branch, a midpoint, a pool or a whole proof, or a
 * script that builds a payment, changes it, and has it judged. What was understood is written and
 * understood as the same; a payment that nobody changed is good.
 */
#include "data/merkle.h"
#include "round_trip.h"
#include "script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NAMES_MAX = 20, NOW = 1700000000 };

DEFINE_ROUND_TRIP(read_branch, struct an_merkle_branch, an_merkle_branch_read,
                  an_merkle_branch_write, an_merkle_branch_read, an_merkle_branch_write)
DEFINE_ROUND_TRIP(read_midpoint, struct an_merkle_midpoint, an_merkle_midpoint_read,
                  an_merkle_midpoint_write, an_merkle_midpoint_read, an_merkle_midpoint_write)
DEFINE_ROUND_TRIP(read_pool, struct an_merkle_pool, an_merkle_pool_read, an_merkle_pool_write,
                  an_merkle_pool_read, an_merkle_pool_write)
DEFINE_ROUND_TRIP(read_proof, struct an_merkle_proof, an_merkle_proof_read, an_merkle_proof_write,
                  an_merkle_proof_read, an_merkle_proof_write)

static struct an_key_pair pairs[AN_MERKLE_CANDIDATES];

/* What a contract would have to say for this proof, so that its other faults are found. */
static enum an_merkle_fault judge(const struct an_merkle_proof *proof)
{
	struct an_merkle_paid paid[AN_MERKLE_PROOF_MAX];
	struct an_merkle_contract contract = {.timestamp = proof->pool.midpoint.timestamp,
	                                      .depth = (uint8_t)proof->data.hash_count,
	                                      .paid = paid,
	                                      .paid_count = proof->data.hash_count};
	for (size_t i = 0; i < contract.paid_count; i++) {
		const size_t index = i % AN_MERKLE_CANDIDATES;
		paid[i].index = index;
		memcpy(paid[i].address, proof->pool.candidates[index].reward_address,
		       AN_REWARDS_ADDRESS_SIZE);
	}
	an_merkle_pool_hash(&proof->pool, &contract.pool_hash);
	const enum an_merkle_fault fault = an_merkle_proof_verify(proof, &contract, NOW);
	struct an_buffer words;
	an_buffer_init(&words, ROUND_TRIP_MAX);
	an_merkle_fault_display(fault, proof, &contract, NOW, &words);
	must((words.size == 0) == (fault == AN_MERKLE_GOOD));
	an_buffer_done(&words);
	return fault;
}

static void sign_candidates(struct an_merkle_pool *pool, uint64_t timestamp)
{
	for (size_t i = 0; i < AN_MERKLE_CANDIDATES; i++) {
		struct an_merkle_candidate *candidate = &pool->candidates[i];
		*candidate = (struct an_merkle_candidate){.merkle_payment_timestamp = timestamp,
		                                          .reward_address = {(uint8_t)i},
		                                          .metrics = {.data_size = 1}};
		must(an_merkle_candidate_sign(candidate, &pairs[i]) == AUTONOMI_OK);
	}
}

static size_t build(struct script *script, struct an_merkle_proof *proof)
{
	struct an_merkle_hash names[NAMES_MAX], salts[NAMES_MAX], padding[2 * NAMES_MAX] = {0};
	struct an_merkle_tree tree;
	const size_t count = AN_MERKLE_LEAVES_MIN +
	                     script_byte(script) % (NAMES_MAX - AN_MERKLE_LEAVES_MIN);
	const size_t leaf = script_byte(script) % count;
	for (size_t i = 0; i < count; i++) {
		memset(&names[i], script_byte(script), sizeof(names[i]));
		memset(&salts[i], (int)i, sizeof(salts[i]));
	}
	must(an_merkle_tree_init(&tree, names, salts, count, padding) == AUTONOMI_OK);
	proof->address = names[leaf];
	an_merkle_tree_branch(&tree, leaf, &proof->data);
	const size_t midpoint = script_byte(script) % an_merkle_midpoints(tree.depth);
	an_merkle_tree_midpoint(&tree, midpoint, NOW - script_byte(script), &proof->pool.midpoint);
	const size_t depth = tree.depth;
	an_merkle_tree_done(&tree);
	sign_candidates(&proof->pool, proof->pool.midpoint.timestamp);
	return depth;
}

/* Flips bits of what was built: those of the branches, the times, or of a candidate. */
static void change(struct script *script, struct an_merkle_proof *proof)
{
	struct an_merkle_branch *branches[] = {&proof->data, &proof->pool.midpoint.branch};
	struct an_merkle_branch *branch = branches[script_byte(script) & 1];
	struct an_merkle_candidate
		*candidate = &proof->pool.candidates[script_byte(script) % AN_MERKLE_CANDIDATES];
	const uint8_t bits = script_byte(script);
	switch (script_byte(script) % 8) {
	case 0:
		branch->hashes[bits % (branch->hash_count + 1)].bytes[0] ^= bits;
		break;
	case 1:
		branch->index ^= bits;
		break;
	case 2:
		branch->total ^= bits;
		break;
	case 3:
		branch->hash_count = bits % AN_MERKLE_PROOF_MAX;
		break;
	case 4:
		branch->root.bytes[0] ^= bits;
		break;
	case 5:
		proof->pool.midpoint.timestamp += (uint64_t)bits << bits % 64;
		break;
	case 6:
		candidate->metrics.data_type ^= bits;
		must(an_merkle_candidate_sign(candidate, &pairs[0]) == AUTONOMI_OK);
		break;
	default:
		candidate->signature.bytes[bits % 64] ^= bits;
		break;
	}
}

static void run_script(struct an_span input)
{
	static struct an_merkle_proof proof, again;
	struct script script = {.rest = input};
	struct an_buffer out;
	const size_t depth = build(&script, &proof);
	must(an_merkle_branch_verify(&proof.data) && proof.data.hash_count == depth);
	must(an_merkle_branch_verify(&proof.pool.midpoint.branch));
	must(judge(&proof) == AN_MERKLE_GOOD);
	if (script.rest.size == 0)
		return;
	change(&script, &proof);
	(void)judge(&proof);
	an_buffer_init(&out, ROUND_TRIP_MAX);
	an_merkle_proof_write(&out, &proof);
	must(read_proof(an_buffer_span(&out), &again) && judge(&again) == judge(&proof));
	an_buffer_done(&out);
}

static void read(struct an_span input, unsigned type)
{
	static struct an_merkle_proof proof;
	struct an_merkle_hash hash;
	static const uint8_t packed[AN_MERKLE_CANDIDATES][AN_WORD_SIZE];
	size_t wrong;
	if (type == 0 && read_branch(input, &proof.data))
		(void)an_merkle_branch_verify(&proof.data);
	if (type == 1 && read_midpoint(input, &proof.pool.midpoint))
		an_merkle_midpoint_address(&proof.pool.midpoint, &hash);
	if (type == 2 && read_pool(input, &proof.pool))
		must(!an_merkle_costs_match(&proof.pool, packed, &wrong) || wrong > 0);
	if (type == 3 && read_proof(input, &proof))
		(void)judge(&proof);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	for (size_t i = 0; i < AN_MERKLE_CANDIDATES && pairs[i].identity.public_key_size == 0;
	     i++) {
		const uint8_t secret[AN_KEY_SECRET_SIZE] = {(uint8_t)(i + 1)};
		must(an_key_pair_from_secret(&pairs[i], secret) == AUTONOMI_OK);
	}
	const struct an_span input = an_span(data + 1, size - 1);
	if ((data[0] & 4) != 0)
		run_script(input);
	else
		read(input, data[0] & 3);
	return 0;
}
