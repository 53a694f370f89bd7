/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One kad that a test drives by hand, and what it found. */
#ifndef AN_TESTS_KAD_SCENE_H
#define AN_TESTS_KAD_SCENE_H

#include "kad/kad.h"
#include "support.h"

enum { SCENE_SELF = 0, SCENE_WANTS_MAX = 256 }; /* the peer that the kad is; room */

extern struct an_random scene_random;
extern struct an_kad *scene_kad;
extern struct sim_found scene_found;
extern size_t scene_added, scene_removed; /* peers, to and from the table */

struct an_kad *scene_make(bool client, bool private_addresses, struct an_logger *logger);

/* Fixtures: a client, which does nothing by itself once it has looked up its own id. */
void scene_setup(void);
void scene_teardown(void);

/* Peer number `n` answered, so it enters the table. */
void scene_prove(uint32_t n, an_time_us now);

/* Writes the requests that are wanted now to SCENE_WANTS_MAX places, and returns how many. */
size_t scene_take_wants(struct an_kad_want *wants, an_time_us now);
/* Ends every request that is wanted now, and those that follow from it; returns how many. */
size_t scene_refuse_all(an_time_us now);

/* Looks up a name, into `scene_found`. */
uint64_t scene_look_up(size_t count, an_time_us now);

#endif
