/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which lists of peers are looked at, and what of them is taken (semantics 6.8.3). */
#include "repl/internal.h"

/* Whether a stranger is listened to. While the network is under load, one that is not too far away
 * (semantics 6.8.3). And where anybody may store anything, whoever names one record, as network-wide
 * replication does: else one that is left on a far node would be told of in vain. */
static bool hears_stranger(const struct an_repl *repl, const struct an_peer_id *sender, size_t keys,
                           an_time_us now)
{
	const struct an_dht_key key = an_peer_id_dht_key(sender);
	if (an_peer_id_equal(sender, &repl->self))
		return false;
	if (keys == 1 && !repl->profile->payments)
		return true;
	return an_repl_network_wide_loaded(&repl->network_wide, now) &&
	       an_repl_view_reaches(&repl->view, &key, repl->profile->network_load_reach);
}

/* Whether a list is looked at, and what its sender is to us. */
static bool hears(struct an_repl *repl, const struct an_peer_id *sender,
                  const struct an_address *holder, size_t keys, an_time_us now,
                  enum an_repl_standing *ret_standing)
{
	const struct an_address address = an_address_of_peer(sender);
	const enum an_repl_trust trust = an_repl_history_trust(&repl->history, sender);
	const bool is_neighbour = an_repl_view_find(&repl->view, sender) != 0;
	*ret_standing = !is_neighbour              ? AN_REPL_STRANGER
	                : trust == AN_REPL_TRUSTED ? AN_REPL_VOUCHER
	                                           : AN_REPL_NEIGHBOUR;
	return an_address_equal(holder, &address) && trust != AN_REPL_DISTRUSTED &&
	       !an_repl_offers_muted(&repl->offers, sender, now) && repl->full_until <= now &&
	       (is_neighbour || hears_stranger(repl, sender, keys, now));
}

/* A list without keys: its sender holds nothing. Whatever we take from it, it is told; one that we do not
 * know again yet may ask later. */
static an_status take_question(struct an_repl *repl, const struct an_peer_id *sender,
                               an_time_us now)
{
	if (an_repl_view_find(&repl->view, sender) == 0)
		return AUTONOMI_E_BUSY;
	an_repl_rounds_asked(&repl->rounds, sender, now);
	return AUTONOMI_OK;
}

static bool content_of_key(const struct an_message_key *key, struct an_repl_content *ret_content)
{
	*ret_content = (struct an_repl_content){.is_chunk = key->validation.is_chunk};
	if (!key->validation.is_chunk)
		memcpy(ret_content->hash, key->validation.hash, sizeof(ret_content->hash));
	return an_address_record_name(&key->address, ret_content->name) == AUTONOMI_OK;
}

/* The cheapest questions first. What is not ours may become so while a neighbour's word counts; of a
 * stranger it is not remembered. */
static an_status take_key(struct an_repl *repl, const struct an_contact *sender,
                          const struct an_message_key *key, enum an_repl_standing standing,
                          an_time_us now)
{
	struct an_repl_content content;
	if (!content_of_key(key, &content) || an_repl_has(repl, &content))
		return AUTONOMI_OK;
	const struct an_dht_key dht_key = an_dht_key_of(
		an_span(content.name, sizeof(content.name)));
	const bool ours = an_repl_is_ours(repl, &dht_key);
	if (standing == AN_REPL_STRANGER && !ours)
		return AUTONOMI_OK;
	return an_repl_offers_take(&repl->offers, sender, standing, &content, &dht_key, ours, now);
}

an_status an_repl_take_list(struct an_repl *repl, const struct an_contact *sender,
                            const struct an_address *holder, struct an_message_list keys,
                            an_time_us now)
{
	an_repl_refresh_view(repl, now);
	const struct an_address address = an_address_of_peer(&sender->id);
	if (keys.count == 0 && an_address_equal(holder, &address))
		return take_question(repl, &sender->id, now);
	enum an_repl_standing standing;
	if (!hears(repl, &sender->id, holder, keys.count, now, &standing)) {
		repl->counters.lists_ignored++;
		return AUTONOMI_OK;
	}
	struct an_message_key key;
	an_status status = AUTONOMI_OK;
	for (size_t i = 0; status == AUTONOMI_OK && i < AN_REPL_LIST_TAKEN &&
	                   an_message_next_key(&keys, false, &key);
	     i++) {
		repl->counters.keys_heard++;
		status = take_key(repl, sender, &key, standing, now);
	}
	return status == AUTONOMI_OK || status == AUTONOMI_E_REFUSED ? AUTONOMI_OK
	                                                             : AUTONOMI_E_BUSY;
}

void an_repl_brought(struct an_repl *repl, const uint8_t name[AN_RECORD_NAME_SIZE])
{
	const struct an_store_entry *entry = repl->host.find(repl->host.context, name);
	struct an_repl_content content;
	if (entry == NULL)
		return;
	an_repl_content_of(entry, &content);
	an_repl_offers_forget(&repl->offers, &content);
}

an_status an_repl_stance(struct an_repl *repl, const uint8_t name[AN_RECORD_NAME_SIZE],
                         an_time_us now)
{
	an_repl_refresh_view(repl, now);
	const struct an_dht_key dht_key = an_dht_key_of(an_span(name, AN_RECORD_NAME_SIZE));
	if (repl->full_until > now)
		return AUTONOMI_E_FULL;
	return an_repl_is_ours(repl, &dht_key) ? AUTONOMI_OK : AUTONOMI_E_BUSY;
}
