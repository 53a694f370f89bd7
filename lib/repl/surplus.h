/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which of our records are surplus: others have proven lately that they hold them. A record that we need
 * not keep (DESIGN 5) is dropped only where it is, for those who must hold it may be full, or never have
 * heard of it. Whoever wants to drop a record asks here; network-wide replication looks at what was asked
 * for before all else, and notes it where enough of its holders have it.
 *
 * A record is known by its name and the number of the change that brought its content: of a newer version
 * the proof of an older one says nothing.
 *
 * Owns: AN_REPL_SURPLUS_MAX places, allocated with the first question. Without memory nothing is surplus.
 * Pure: time is an argument.
 */
#ifndef AN_REPL_SURPLUS_H
#define AN_REPL_SURPLUS_H

#include "store/store.h"

enum {
	AN_REPL_SURPLUS_MAX = 128,   /* records that are asked for or proven at one time */
	AN_REPL_SURPLUS_HOLDERS = 3, /* others that must have proven to hold it */
};

enum an_repl_surplus_state {
	AN_REPL_SURPLUS_FREE,
	AN_REPL_SURPLUS_ASKED,
	AN_REPL_SURPLUS_PROVEN, /* for the profile's `surplus_lifetime` */
};

struct an_repl_surplus_place {
	enum an_repl_surplus_state state;
	uint8_t name[AN_RECORD_NAME_SIZE];
	uint64_t change;
	an_time_us since;
};

struct an_repl_surplus {
	const struct an_profile *profile;
	struct an_repl_surplus_place *places;
	size_t asked; /* of them */
};

void an_repl_surplus_done(struct an_repl_surplus *surplus);

/* Whether it is surplus. Where that is not known it is asked for, if there is room. */
bool an_repl_surplus_ask(struct an_repl_surplus *surplus, const struct an_store_entry *entry,
                         an_time_us now);
/* Takes out the record that was asked for first; false where there is none. */
bool an_repl_surplus_take(struct an_repl_surplus *surplus, uint8_t ret_name[AN_RECORD_NAME_SIZE]);
/* So many others have proven that they hold it. */
void an_repl_surplus_note(struct an_repl_surplus *surplus, const struct an_store_entry *entry,
                          size_t holders, an_time_us now);

#endif
