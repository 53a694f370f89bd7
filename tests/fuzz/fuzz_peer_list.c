/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a list of peers: the first byte chooses a cache file of version 1, of version 0, or the
 * body of a contact list. What is handed on is well-formed, and a file that was understood is one in
 * either version that names the same peers.
 */
#include "ident/multiaddr.h"
#include "kad/bootstrap_cache.h"
#include "round_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char network[] = "1_1.0";

struct counts {
	size_t peers, addresses;
};

static an_status note_peer(void *context, const struct an_peer_id *id)
{
	struct counts *counts = context;
	struct an_peer_id again;
	must(an_peer_id_from_bytes(&again, an_peer_id_span(id)) == AUTONOMI_OK);
	counts->peers++;
	return AUTONOMI_OK;
}

static an_status note_address(void *context, struct an_span multiaddr)
{
	struct counts *counts = context;
	must(an_multiaddr_check(multiaddr) == AUTONOMI_OK);
	counts->addresses++;
	return AUTONOMI_OK;
}

/* A repaired address is not repaired further. */
static an_status note_contact(void *context, struct an_span multiaddr)
{
	struct an_buffer again;
	an_buffer_init(&again, AN_MULTIADDR_MAX);
	must(an_multiaddr_check(multiaddr) == AUTONOMI_OK);
	if (an_multiaddr_repair(&again, multiaddr, false) == AUTONOMI_OK)
		must(again.size <= multiaddr.size);
	an_buffer_done(&again);
	return note_address(context, multiaddr);
}

static an_status read_file(struct an_span text, enum an_kad_file_form form, struct counts *counts)
{
	struct an_kad_file_head head;
	const struct an_kad_file_sink sink = {.peer = note_peer,
	                                      .address = note_address,
	                                      .context = counts};
	*counts = (struct counts){0};
	return an_kad_cache_file_read(text, form, network, &sink, &head);
}

static size_t addresses_of(const struct an_kad_cache *cache)
{
	size_t count = 0;
	for (size_t i = 0; i < cache->count; i++)
		count += cache->peers[i].endpoint_count;
	return count;
}

static void write_both(struct an_span text, const struct counts *read)
{
	struct an_kad_cache cache;
	struct an_buffer out;
	struct counts again;
	an_kad_cache_init(&cache, &an_profile_autonomi);
	an_buffer_init(&out, AN_KAD_CACHE_BYTES_MAX);
	must(an_kad_cache_decode(&cache, text) == AUTONOMI_OK && cache.count <= read->peers);
	must(an_kad_cache_encode(&cache, network, &out) == AUTONOMI_OK);
	must(read_file(an_buffer_span(&out), AN_KAD_FILE_V1, &again) == AUTONOMI_OK);
	must(again.peers == cache.count && again.addresses == addresses_of(&cache));
	an_buffer_clear(&out);
	must(an_kad_cache_encode_old(&cache, network, &out) == AUTONOMI_OK);
	must(read_file(an_buffer_span(&out), AN_KAD_FILE_V0, &again) == AUTONOMI_OK);
	must(again.peers == cache.count && again.addresses == addresses_of(&cache));
	an_buffer_done(&out);
	an_kad_cache_done(&cache);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct counts counts = {0};
	if (size == 0)
		return 0;
	const struct an_span text = an_span(data + 1, size - 1);
	switch (data[0] & 3) {
	case 0:
		if (read_file(text, AN_KAD_FILE_V1, &counts) == AUTONOMI_OK)
			write_both(text, &counts);
		break;
	case 1:
		(void)read_file(text, AN_KAD_FILE_V0, &counts);
		break;
	default:
		must(an_kad_contact_list_read(text, network, note_contact, &counts) == AUTONOMI_OK);
		break;
	}
	return 0;
}
