/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A peer and where it may be reached: what a lookup finds and what a dial needs. A plain value. */
#ifndef AN_IDENT_CONTACT_H
#define AN_IDENT_CONTACT_H

#include <stddef.h>

#include "base/endpoint.h"
#include "ident/peer_id.h"

enum { AN_CONTACT_ENDPOINTS_MAX = 3 }; /* addresses per peer (semantics 1.8) */

struct an_contact {
	struct an_peer_id id;
	size_t endpoint_count;
	struct an_endpoint endpoints[AN_CONTACT_ENDPOINTS_MAX]; /* the best first */
};

#endif
