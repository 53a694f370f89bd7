/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/check.h"

#include "kad/placement.h"

bool an_repl_nearest_holds(const struct an_repl_nearest *nearest, const struct an_profile *profile,
                           const struct an_dht_key *record, const struct an_peer_id *id)
{
	const struct an_dht_key key = an_peer_id_dht_key(id);
	size_t nearer = an_placement_rank(record, &key, nearest->self, 1) +
	                an_repl_blocklist_nearer(nearest->blocked, record, &key, nearest->now);
	bool found = false;
	for (size_t i = 0; i < nearest->count; i++) {
		const struct an_dht_key other = an_peer_id_dht_key(&nearest->contacts[i].id);
		nearer += an_placement_rank(record, &key, &other, 1);
		found = found || an_peer_id_equal(id, &nearest->contacts[i].id);
	}
	return found && an_placement_at(profile, nearer) == AN_PLACEMENT_HOLDER;
}

void an_repl_check_choose(struct an_repl_check *check, const struct an_store_entry *entry)
{
	memcpy(check->target, entry->key, sizeof(check->target));
	check->dht_key = entry->dht_key;
	check->is_chunk = entry->kind == AN_RECORD_CHUNK;
}

void an_repl_check_begin(struct an_repl_check *check, struct an_random *random)
{
	check->nonce = an_random_u64(random);
	check->count = check->next = check->open = 0;
}

/* ---- Proofs. */

static bool is_target(const struct an_repl_check *check, const struct an_address *address)
{
	uint8_t name[AN_RECORD_NAME_SIZE];
	return an_address_record_name(address, name) == AUTONOMI_OK &&
	       memcmp(name, check->target, sizeof(name)) == 0;
}

static bool find_proof(const struct an_repl_check *check, struct an_message_list *proofs,
                       struct an_message_proof *ret_proof)
{
	while (an_message_next_proof(proofs, ret_proof)) {
		if (is_target(check, &ret_proof->address))
			return true;
	}
	return false;
}

bool an_repl_check_proven(struct an_repl_check *check, struct an_message_list proofs)
{
	struct an_message_proof own;
	if (!find_proof(check, &proofs, &own) || own.failed)
		return false;
	memcpy(check->proof, own.proof, sizeof(check->proof));
	return true;
}

void an_repl_check_answered(const struct an_repl_check *check, struct an_repl_checked *peer,
                            struct an_message_list proofs)
{
	struct an_message_proof proof;
	peer->answer = AN_REPL_ANSWER_LACKING;
	if (!find_proof(check, &proofs, &proof))
		return;
	if (proof.failed && proof.error.type != AN_ERROR_CHUNK_DOES_NOT_EXIST)
		peer->answer = AN_REPL_ANSWER_UNKNOWN;
	else if (!proof.failed)
		peer->answer = memcmp(proof.proof, check->proof, sizeof(check->proof)) == 0
		                       ? AN_REPL_ANSWER_SAME
		                       : AN_REPL_ANSWER_DIFFERENT;
}

/* ---- Asking. */

void an_repl_check_add(struct an_repl_check *check, const struct an_contact *contact)
{
	an_assert(check->count < AN_REPL_HOLDERS_MAX);
	check->peers[check->count++] = (struct an_repl_checked){.contact = *contact};
}

struct an_repl_checked *an_repl_check_next(struct an_repl_check *check)
{
	if (check->next == check->count)
		return NULL;
	check->open++;
	return &check->peers[check->next++];
}

bool an_repl_check_ended(struct an_repl_check *check)
{
	an_assert(check->open > 0);
	check->open--;
	return check->open == 0 && check->next == check->count;
}

bool an_repl_check_lacks(const struct an_repl_check *check, const struct an_repl_checked *peer)
{
	return peer->answer == AN_REPL_ANSWER_LACKING ||
	       (check->is_chunk && peer->answer == AN_REPL_ANSWER_DIFFERENT);
}

size_t an_repl_check_count(const struct an_repl_check *check, enum an_repl_answer answer)
{
	size_t count = 0;
	for (size_t i = 0; i < check->count; i++)
		count += check->peers[i].answer == answer;
	return count;
}
