/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The versions that a record shows: of a pointer or scratchpad one, with its counter; of a graph
 * record one for each entry, all with counter 0; of a chunk one. And which of those that several peers
 * gave is the record's: of those with the highest counter, the one that most peers have (semantics
 * 7.4).
 *
 * Pure but for memory. Safe on any thread.
 */
#ifndef AN_CLIENT_VERSIONS_H
#define AN_CLIENT_VERSIONS_H

#include "base/span.h"
#include "base/status.h"
#include "data/record.h"

enum { AN_VERSION_DIGEST_SIZE = 32 };

struct an_version {
	uint64_t counter;
	uint8_t digest[AN_VERSION_DIGEST_SIZE]; /* of what differs between versions */
};

struct an_versions {
	enum an_record_type type;
	struct an_version *items; /* no two of the same digest */
	size_t count;
	uint8_t digest[AN_VERSION_DIGEST_SIZE]; /* of the whole record value */
};

/* Checks `value` against `key` as an_record_check does, signatures included, and tells what is in it.
 * Some milliseconds: for jobs. E_CORRUPT, E_TOO_LARGE, E_NO_MEMORY: nothing is to be given back. */
an_status an_versions_read(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span value,
                           struct an_versions *ret_versions);
void an_versions_done(struct an_versions *versions);

bool an_versions_have(const struct an_versions *versions,
                      const uint8_t digest[AN_VERSION_DIGEST_SIZE]);

struct an_versions_choice {
	uint64_t counter;                       /* the highest */
	uint8_t digest[AN_VERSION_DIGEST_SIZE]; /* of the chosen version */
	size_t copies;                          /* peers that have it */
	size_t tied;     /* versions with as many copies, this one counted: above 1 is a fork */
	size_t distinct; /* versions of all counters */
};

/* Chooses among what `count` peers gave, at least one version. E_NO_MEMORY. */
an_status an_versions_choose(const struct an_versions *const *given, size_t count,
                             struct an_versions_choice *ret_choice);

#endif
