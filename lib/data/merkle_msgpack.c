/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/merkle.h"
#include "wire/msgpack.h"

enum { HASHES, INDEX, TOTAL, UNSALTED, ROOT, SALT };
static const char *const branch_names[] = {"proof_hashes",       "leaf_index", "total_leaves_count",
                                           "unsalted_leaf_hash", "root",       "salt"};
static const struct an_fields branch_fields = {
	.names = branch_names,
	.count = 6,
	.optional = 1u << SALT,
};

enum { BRANCH, TIMESTAMP };
static const char *const midpoint_names[] = {"branch", "merkle_payment_timestamp"};
static const struct an_fields midpoint_fields = AN_FIELDS(midpoint_names);

enum { MIDPOINT, CANDIDATES };
static const char *const pool_names[] = {"midpoint_proof", "candidate_nodes"};
static const struct an_fields pool_fields = AN_FIELDS(pool_names);

enum { ADDRESS, DATA, POOL };
static const char *const proof_names[] = {"address", "data_proof", "winner_pool"};
static const struct an_fields proof_fields = AN_FIELDS(proof_names);

static void read_hash(struct an_reader *reader, struct an_merkle_hash *hash)
{
	an_msgpack_read_fixed(reader, hash->bytes, sizeof(hash->bytes));
}

static void write_hash(struct an_buffer *out, const struct an_merkle_hash *hash)
{
	an_msgpack_write_integers(out, an_span(hash->bytes, sizeof(hash->bytes)));
}

/* ---- Branches. */

static void read_hashes(struct an_reader *reader, struct an_merkle_branch *branch)
{
	const uint32_t count = an_msgpack_read_array(reader);
	if (an_reader_ok(reader) && count > AN_MERKLE_PROOF_MAX)
		an_reader_fail(reader, AUTONOMI_E_TOO_LARGE);
	for (uint32_t i = 0; i < count && an_reader_ok(reader); i++)
		read_hash(reader, &branch->hashes[branch->hash_count++]);
}

static void read_branch_field(struct an_reader *reader, int field, struct an_merkle_branch *branch)
{
	switch (field) {
	case HASHES:
		read_hashes(reader, branch);
		break;
	case INDEX:
		branch->index = an_msgpack_read_uint(reader, UINT64_MAX);
		break;
	case TOTAL:
		branch->total = an_msgpack_read_uint(reader, UINT64_MAX);
		break;
	case UNSALTED:
		read_hash(reader, &branch->unsalted);
		break;
	case ROOT:
		read_hash(reader, &branch->root);
		break;
	default:
		branch->has_salt = !an_msgpack_read_nil(reader);
		if (branch->has_salt)
			read_hash(reader, &branch->salt);
		break;
	}
}

void an_merkle_branch_read(struct an_reader *reader, struct an_merkle_branch *ret_branch)
{
	*ret_branch = (struct an_merkle_branch){0};
	struct an_msgpack_run run = an_msgpack_read_struct(reader, &branch_fields);
	/* No salt may be left out of a map, not of an array. */
	if (!run.as_map && run.left != branch_fields.count)
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
	int field;
	while ((field = an_msgpack_next_field(reader, &run, &branch_fields)) != AN_FIELD_END)
		read_branch_field(reader, field, ret_branch);
}

void an_merkle_branch_write(struct an_buffer *out, const struct an_merkle_branch *branch)
{
	an_msgpack_write_array(out, (uint32_t)branch_fields.count);
	an_msgpack_write_array(out, (uint32_t)branch->hash_count);
	for (size_t i = 0; i < branch->hash_count; i++)
		write_hash(out, &branch->hashes[i]);
	an_msgpack_write_uint(out, branch->index);
	an_msgpack_write_uint(out, branch->total);
	write_hash(out, &branch->unsalted);
	write_hash(out, &branch->root);
	if (branch->has_salt)
		write_hash(out, &branch->salt);
	else
		an_msgpack_write_nil(out);
}

/* ---- Pools and proofs. */

void an_merkle_midpoint_read(struct an_reader *reader, struct an_merkle_midpoint *ret_midpoint)
{
	*ret_midpoint = (struct an_merkle_midpoint){0};
	struct an_msgpack_run run = an_msgpack_read_struct(reader, &midpoint_fields);
	int field;
	while ((field = an_msgpack_next_field(reader, &run, &midpoint_fields)) != AN_FIELD_END) {
		if (field == BRANCH)
			an_merkle_branch_read(reader, &ret_midpoint->branch);
		else
			ret_midpoint->timestamp = an_msgpack_read_uint(reader, UINT64_MAX);
	}
}

void an_merkle_midpoint_write(struct an_buffer *out, const struct an_merkle_midpoint *midpoint)
{
	an_msgpack_write_array(out, (uint32_t)midpoint_fields.count);
	an_merkle_branch_write(out, &midpoint->branch);
	an_msgpack_write_uint(out, midpoint->timestamp);
}

static void read_candidates(struct an_reader *reader, struct an_merkle_pool *pool)
{
	an_msgpack_read_tuple(reader, AN_MERKLE_CANDIDATES);
	for (size_t i = 0; i < AN_MERKLE_CANDIDATES && an_reader_ok(reader); i++)
		an_merkle_candidate_read_msgpack(reader, &pool->candidates[i]);
}

void an_merkle_pool_read(struct an_reader *reader, struct an_merkle_pool *ret_pool)
{
	*ret_pool = (struct an_merkle_pool){0};
	struct an_msgpack_run run = an_msgpack_read_struct(reader, &pool_fields);
	int field;
	while ((field = an_msgpack_next_field(reader, &run, &pool_fields)) != AN_FIELD_END) {
		if (field == MIDPOINT)
			an_merkle_midpoint_read(reader, &ret_pool->midpoint);
		else
			read_candidates(reader, ret_pool);
	}
}

void an_merkle_pool_write(struct an_buffer *out, const struct an_merkle_pool *pool)
{
	an_msgpack_write_array(out, (uint32_t)pool_fields.count);
	an_merkle_midpoint_write(out, &pool->midpoint);
	an_msgpack_write_array(out, AN_MERKLE_CANDIDATES);
	for (size_t i = 0; i < AN_MERKLE_CANDIDATES; i++)
		an_merkle_candidate_write_msgpack(out, &pool->candidates[i]);
}

void an_merkle_proof_read(struct an_reader *reader, struct an_merkle_proof *ret_proof)
{
	*ret_proof = (struct an_merkle_proof){0};
	struct an_msgpack_run run = an_msgpack_read_struct(reader, &proof_fields);
	int field;
	while ((field = an_msgpack_next_field(reader, &run, &proof_fields)) != AN_FIELD_END) {
		if (field == ADDRESS)
			read_hash(reader, &ret_proof->address);
		else if (field == DATA)
			an_merkle_branch_read(reader, &ret_proof->data);
		else
			an_merkle_pool_read(reader, &ret_proof->pool);
	}
}

void an_merkle_proof_write(struct an_buffer *out, const struct an_merkle_proof *proof)
{
	an_msgpack_write_array(out, (uint32_t)proof_fields.count);
	write_hash(out, &proof->address);
	an_merkle_branch_write(out, &proof->data);
	an_merkle_pool_write(out, &proof->pool);
}
