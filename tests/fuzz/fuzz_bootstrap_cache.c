/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a bootstrap cache file. A file that was understood survives being written and read,
 * and merging it with itself changes nothing. */
#include <stdlib.h>

#include "kad/bootstrap_cache.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same(const struct an_kad_cache *a, const struct an_kad_cache *b)
{
	if (a->count != b->count || a->seconds != b->seconds || a->nanoseconds != b->nanoseconds)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		const struct an_contact *x = &a->peers[i], *y = &b->peers[i];
		if (!an_peer_id_equal(&x->id, &y->id) || x->endpoint_count != y->endpoint_count)
			return false;
		for (size_t j = 0; j < x->endpoint_count; j++) {
			if (!an_endpoint_equal(&x->endpoints[j], &y->endpoints[j]))
				return false;
		}
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct an_kad_cache cache, again;
	struct an_buffer text;
	an_kad_cache_init(&cache, &an_profile_autonomi);
	an_kad_cache_init(&again, &an_profile_autonomi);
	an_buffer_init(&text, AN_KAD_CACHE_BYTES_MAX);
	if (an_kad_cache_decode(&cache, an_span(data, size)) == AUTONOMI_OK) {
		if (an_kad_cache_encode(&cache, "1_1.0", &text) != AUTONOMI_OK ||
		    an_kad_cache_decode(&again, an_buffer_span(&text)) != AUTONOMI_OK ||
		    !same(&cache, &again) || an_kad_cache_merge(&cache, &again) != AUTONOMI_OK ||
		    !same(&cache, &again))
			abort();
	} else if (cache.count != 0) {
		abort();
	}
	an_kad_cache_done(&cache);
	an_kad_cache_done(&again);
	an_buffer_done(&text);
	return 0;
}
