/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The peers closest to a name, as most of those around it know them (semantics 6.13, kad/majority.h).
 * It costs a request to each peer of a lookup, so it is for where a lie would cost more: who is paid
 * for a record, and a host that asks for it. Puts, gets and repair use plain lookups.
 *
 * A lookup without result is repeated once, after 2 to 8 seconds.
 */
#ifndef AN_CLIENT_AGREEMENT_H
#define AN_CLIENT_AGREEMENT_H

#include "client/client.h"
#include "kad/majority.h"

/* The `count` peers nearest to `name` (raw bytes), fewer where the network has fewer: `holders` of the
 * result. E_NO_PEERS where there are none. E_INVALID: no name, or a count beyond
 * AN_KAD_MAJORITY_MAX. */
an_status an_client_find_agreed(struct an_client *client, struct an_span name, size_t count,
                                an_client_done *done, void *context, uint64_t *ret_id);

#endif
