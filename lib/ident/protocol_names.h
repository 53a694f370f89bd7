/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names in which a network's protocol version and id stand (semantics 1.3): those of the protocols
 * that Autonomi's nodes speak over libp2p, and the tag by which files tell networks apart.
 *
 * Pure.
 */
#ifndef AN_IDENT_PROTOCOL_NAMES_H
#define AN_IDENT_PROTOCOL_NAMES_H

#include "base/profile.h"
#include "base/status.h"

enum { AN_PROTOCOL_NAME_MAX = 80 }; /* with the final zero */

/* What Autonomi's programs of the generation that this library implements say of themselves in their
 * agent strings (semantics 0.2, 1.3). */
#define AN_PROTOCOL_AUTONOMI_NODE   "0.4.17"
#define AN_PROTOCOL_AUTONOMI_CLIENT "0.10.2"

/* Each writes its text with a final zero. E_TOO_LARGE, and "", where the profile's protocol version
 * is too long. */
an_status an_protocol_request_response(const struct an_profile *profile,
                                       char text[AN_PROTOCOL_NAME_MAX]); /* /ant/1.0/1 */
an_status an_protocol_identify(const struct an_profile *profile,
                               char text[AN_PROTOCOL_NAME_MAX]); /* ant/1.0/1 */
an_status an_protocol_network_version(const struct an_profile *profile,
                                      char text[AN_PROTOCOL_NAME_MAX]); /* 1_1.0 */

/* The folder of files of the first version; what is older lies beside it. */
#define AN_PROTOCOL_CACHE_FOLDER "version_1"

/* bootstrap_cache_1_1.0.json, of a local network bootstrap_cache_local_1_1.0.json (semantics 6.17). */
an_status an_protocol_cache_file(const struct an_profile *profile, bool local,
                                 char text[AN_PROTOCOL_NAME_MAX]);

#endif
