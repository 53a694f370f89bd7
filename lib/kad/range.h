/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The range of keys that a node is responsible for (semantics 6.7). */
#ifndef AN_KAD_RANGE_H
#define AN_KAD_RANGE_H

#include "ident/dht_key.h"

/* floor((2^256 - 1) / size) * factor, at most 2^256 - 1; `size` is taken as at most 2^32 - 1. */
struct an_dht_key an_kad_share(uint64_t size, uint32_t factor);

#endif
