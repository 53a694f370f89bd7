/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The bootstrap cache: peers of the routing table in a file, from which the next start joins
 * (semantics 6.17). Several processes share the file: it is read under a shared lock, and written
 * under an exclusive one after what others wrote was merged in, by a job.
 *
 * Owns: the contacts that came and went since the last save.
 */
#ifndef AN_NODE_CACHE_H
#define AN_NODE_CACHE_H

#include "node/internal.h"

/* Reads the cache where the options name or imply one, and calls `add` for each contact. A file that
 * cannot be read is as good as none, and is logged. Blocks. */
an_status an_node_cache_open(struct an_node *node,
                             void (*add)(void *context, const struct an_contact *contact),
                             void *context);

#endif
