/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words in which Autonomi refuses a Merkle payment. */
#include "data/address_text.h"
#include "data/amount.h"
#include "data/merkle.h"

_Static_assert((int)AN_WORD_SIZE == (int)AN_AMOUNT_SIZE, "a word is such a number");

struct refusal {
	const struct an_merkle_proof *proof;
	const struct an_merkle_contract *contract;
	uint64_t unix_now;
	struct an_buffer *text;
};

static void append(const struct refusal *refusal, const char *words)
{
	an_text_append(refusal->text, words);
}

static void append_number(const struct refusal *refusal, const char *words, uint64_t number)
{
	an_text_append(refusal->text, words);
	an_text_append_number(refusal->text, number);
}

static void append_address(const struct refusal *refusal, const char *words,
                           const uint8_t address[AN_REWARDS_ADDRESS_SIZE])
{
	an_text_append(refusal->text, words);
	an_rewards_address_display(address, refusal->text);
}

/* `[172, 135, ...]` */
static void append_array(const struct refusal *refusal, const struct an_merkle_hash *hash)
{
	for (size_t i = 0; i < sizeof(hash->bytes); i++)
		append_number(refusal, i == 0 ? "[" : ", ", hash->bytes[i]);
	append(refusal, "]");
}

/* The first three bytes, as names are shortened. */
static void append_short(const struct refusal *refusal, const char *words,
                         const struct an_merkle_hash *hash)
{
	an_text_append(refusal->text, words);
	an_text_append_hex(refusal->text, an_span(hash->bytes, 3));
	an_text_append(refusal->text, "..");
}

/* ---- The candidates. */

typedef bool is_wrong(const struct refusal *refusal, const struct an_merkle_candidate *node);

static bool unsigned_node(const struct refusal *refusal, const struct an_merkle_candidate *node)
{
	(void)refusal;
	return !an_merkle_candidate_verify(node);
}

static bool of_other_time(const struct refusal *refusal, const struct an_merkle_candidate *node)
{
	return node->merkle_payment_timestamp != refusal->contract->timestamp;
}

static bool of_other_type(const struct refusal *refusal, const struct an_merkle_candidate *node)
{
	const struct an_merkle_candidate *first = refusal->proof->pool.candidates;
	return node->metrics.data_type != first->metrics.data_type;
}

static bool of_other_size(const struct refusal *refusal, const struct an_merkle_candidate *node)
{
	const struct an_merkle_candidate *first = refusal->proof->pool.candidates;
	return node->metrics.data_size != first->metrics.data_size;
}

static const struct an_merkle_candidate *first_that(const struct refusal *refusal, is_wrong *wrong)
{
	const struct an_merkle_candidate *nodes = refusal->proof->pool.candidates;
	size_t i = 0;
	while (i + 1 < AN_MERKLE_CANDIDATES && !wrong(refusal, &nodes[i]))
		i++;
	return &nodes[i];
}

static void describe_candidate(enum an_merkle_fault fault, const struct refusal *refusal)
{
	static is_wrong *const searches[] = {
		[AN_MERKLE_SIGNATURE] = unsigned_node,
		[AN_MERKLE_NODE_TIMESTAMP] = of_other_time,
		[AN_MERKLE_DATA_TYPE] = of_other_type,
		[AN_MERKLE_DATA_SIZE] = of_other_size,
	};
	const struct an_merkle_candidate *first = refusal->proof->pool.candidates;
	const struct an_merkle_candidate *node = first_that(refusal, searches[fault]);
	if (fault == AN_MERKLE_SIGNATURE) {
		append_address(refusal, "Invalid node signature for address ",
		               node->reward_address);
	} else if (fault == AN_MERKLE_NODE_TIMESTAMP) {
		append_address(refusal, "Timestamp mismatch for node ", node->reward_address);
		append_number(refusal, ": expected ", refusal->contract->timestamp);
		append_number(refusal, ", got ", node->merkle_payment_timestamp);
	} else if (fault == AN_MERKLE_DATA_TYPE) {
		append_number(refusal, "Data type mismatch: expected ", first->metrics.data_type);
		append_number(refusal, ", got ", node->metrics.data_type);
		append_address(refusal, " at node ", node->reward_address);
	} else {
		append_number(refusal, "Data size mismatch: expected ", first->metrics.data_size);
		append_number(refusal, ", got ", node->metrics.data_size);
		append_address(refusal, " at node ", node->reward_address);
	}
}

/* ---- The tree. */

static void describe_time(enum an_merkle_fault fault, const struct refusal *refusal)
{
	const uint64_t timestamp = refusal->contract->timestamp;
	if (fault == AN_MERKLE_IN_FUTURE) {
		append_number(refusal, "Payment timestamp ", timestamp);
		append_number(refusal, " is in the future (current time: ", refusal->unix_now);
		append(refusal, ")");
	} else if (fault == AN_MERKLE_EXPIRED) {
		append_number(refusal, "Payment expired: timestamp ", timestamp);
		append_number(refusal, " is ", refusal->unix_now - timestamp);
		append_number(refusal, "s old (max: ", AN_MERKLE_LIFETIME_S);
		append(refusal, "s)");
	} else {
		append_number(refusal, "Winner pool timestamp ",
		              refusal->proof->pool.midpoint.timestamp);
		append_number(refusal, " doesn't match smart contract timestamp ", timestamp);
	}
}

static void describe_tree(enum an_merkle_fault fault, const struct refusal *refusal)
{
	const struct an_merkle_branch *data = &refusal->proof->data;
	const struct an_merkle_branch *pool = &refusal->proof->pool.midpoint.branch;
	const size_t depth = refusal->contract->depth;
	switch (fault) {
	case AN_MERKLE_DATA_DEPTH:
		append_number(refusal, "Address proof depth mismatch: expected ", depth);
		append_number(refusal, ", got ", data->hash_count);
		break;
	case AN_MERKLE_POOL_DEPTH:
		append_number(refusal, "Winner proof depth mismatch: expected ", (depth + 1) / 2);
		append_number(refusal, ", got ", pool->hash_count);
		break;
	case AN_MERKLE_DATA_BRANCH:
		append(refusal, "Address branch proof failed Merkle verification");
		break;
	case AN_MERKLE_POOL_BRANCH:
		append(refusal, "Winner/intersection branch proof failed Merkle verification");
		break;
	case AN_MERKLE_NAME:
		append_short(refusal,
		             "Address hash not matching branch leaf: leaf=", &data->unsalted);
		append_short(refusal, ", address=", &refusal->proof->address);
		break;
	default:
		append_short(refusal,
		             "Address branch root doesn't match smart contract root: "
		             "smart_contract=",
		             &pool->root);
		append_short(refusal, ", branch=", &data->root);
	}
}

/* ---- What was paid. */

static void describe_paid(enum an_merkle_fault fault, const struct refusal *refusal)
{
	const struct an_merkle_contract *contract = refusal->contract;
	const struct an_merkle_candidate *nodes = refusal->proof->pool.candidates;
	for (size_t i = 0; i < contract->paid_count; i++) {
		const struct an_merkle_paid *paid = &contract->paid[i];
		const bool outside = paid->index >= AN_MERKLE_CANDIDATES;
		if (outside && fault == AN_MERKLE_PAID_INDEX) {
			append_number(refusal, "Paid node index ", paid->index);
			append_number(refusal, " is out of bounds for pool size ",
			              AN_MERKLE_CANDIDATES);
			return;
		}
		if (outside || memcmp(paid->address, nodes[paid->index].reward_address,
		                      AN_REWARDS_ADDRESS_SIZE) == 0)
			continue;
		append_number(refusal, "Address mismatch at index ", paid->index);
		append_address(refusal, ": expected ", paid->address);
		append_address(refusal, ", got ", nodes[paid->index].reward_address);
		return;
	}
}

static void describe_pool_hash(const struct refusal *refusal)
{
	struct an_merkle_hash hash;
	an_merkle_pool_hash(&refusal->proof->pool, &hash);
	append(refusal, "Winner pool hash mismatch: expected ");
	append_array(refusal, &refusal->contract->pool_hash);
	append(refusal, ", got ");
	append_array(refusal, &hash);
}

void an_merkle_fault_display(enum an_merkle_fault fault, const struct an_merkle_proof *proof,
                             const struct an_merkle_contract *contract, uint64_t unix_now,
                             struct an_buffer *text)
{
	const struct refusal refusal = {proof, contract, unix_now, text};
	if (fault >= AN_MERKLE_IN_FUTURE && fault <= AN_MERKLE_ROOT)
		append(&refusal, "Merkle proof verification failed: ");
	if (fault == AN_MERKLE_GOOD)
		return;
	if (fault <= AN_MERKLE_DATA_SIZE) {
		describe_candidate(fault, &refusal);
	} else if (fault == AN_MERKLE_POOL_HASH) {
		describe_pool_hash(&refusal);
	} else if (fault <= AN_MERKLE_TIMESTAMP) {
		describe_time(fault, &refusal);
	} else if (fault <= AN_MERKLE_ROOT) {
		describe_tree(fault, &refusal);
	} else if (fault == AN_MERKLE_PAID_COUNT) {
		append_number(&refusal, "Wrong number of paid addresses: expected ",
		              contract->depth);
		append_number(&refusal, ", got ", contract->paid_count);
	} else {
		describe_paid(fault, &refusal);
	}
}

/* ---- Commitments. */

static void append_word(struct an_buffer *text, const char *words, const uint8_t word[AN_WORD_SIZE])
{
	struct an_amount number;
	char decimal[AN_AMOUNT_DECIMAL_MAX];
	memcpy(number.bytes, word, AN_WORD_SIZE);
	(void)an_amount_decimal(&number, decimal);
	an_text_append(text, words);
	an_text_append(text, decimal);
}

static void describe_cost(const struct an_merkle_pool *pool, size_t i,
                          const uint8_t packed[AN_WORD_SIZE], struct an_buffer *text)
{
	uint8_t expected[AN_WORD_SIZE];
	an_quoting_metrics_packed(&pool->candidates[i].metrics, expected);
	an_text_append(text, "Cost unit mismatch at candidate index ");
	an_text_append_number(text, i);
	append_word(text, ": on-chain packed=", packed);
	append_word(text, ", expected packed=", expected);
}

bool an_merkle_commitments_match(const struct an_merkle_pool *pool,
                                 const struct an_merkle_hash *pool_hash,
                                 const struct an_merkle_commitment *commitments, size_t count,
                                 struct an_buffer *reason)
{
	size_t i = 0, wrong = 0;
	while (i < count && memcmp(&commitments[i].pool_hash, pool_hash, sizeof(*pool_hash)) != 0)
		i++;
	if (i == count) {
		if (reason != NULL)
			an_text_append(reason,
			               "Winner pool hash not found in on-chain packed commitments");
		return false;
	}
	if (an_merkle_costs_match(pool, commitments[i].packed, &wrong))
		return true;
	if (reason != NULL)
		describe_cost(pool, wrong, commitments[i].packed[wrong], reason);
	return false;
}
