/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/versions.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "crypt/hash.h"
#include "data/graph_entry.h"
#include "data/pointer.h"
#include "data/scratchpad.h"

static void digest_of(struct an_span bytes, uint8_t ret_digest[AN_VERSION_DIGEST_SIZE])
{
	struct an_hash hash;
	an_hash_init(&hash, AN_HASH_SHA3_256);
	an_hash_add(&hash, bytes);
	an_hash_finish(&hash, ret_digest);
}

static bool make_room(struct an_versions *versions, size_t count)
{
	versions->items = an_calloc(count, sizeof(versions->items[0]));
	return versions->items != NULL;
}

static an_status name_entries(const struct an_graph_set *set, struct an_versions *versions)
{
	an_status status = make_room(versions, set->count) ? AUTONOMI_OK : AUTONOMI_E_NO_MEMORY;
	for (size_t i = 0; i < set->count && status == AUTONOMI_OK; i++) {
		struct an_buffer bytes;
		an_buffer_init(&bytes, SIZE_MAX);
		an_graph_entry_write(&bytes, &set->entries[i]);
		status = bytes.failed;
		struct an_version *version = &versions->items[versions->count];
		digest_of(an_buffer_span(&bytes), version->digest);
		/* A list may name an entry twice. */
		if (status == AUTONOMI_OK && !an_versions_have(versions, version->digest))
			versions->count++;
		an_buffer_done(&bytes);
	}
	return status;
}

static an_status read_entries(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span value,
                              struct an_versions *versions)
{
	struct an_graph_set set;
	an_status status = an_record_check_graph(key, value, &set);
	if (status != AUTONOMI_OK)
		return status;
	status = name_entries(&set, versions);
	an_graph_set_done(&set);
	return status;
}

static an_status read_one(struct an_span value, struct an_versions *versions)
{
	struct an_reader reader = an_reader(
		an_span(value.data + AN_RECORD_HEADER_SIZE, value.size - AN_RECORD_HEADER_SIZE));
	if (!make_room(versions, 1))
		return AUTONOMI_E_NO_MEMORY;
	struct an_version *version = &versions->items[0];
	struct an_buffer scratch; /* stays empty: the form is our own writer's */
	an_buffer_init(&scratch, 0);
	struct an_pointer pointer;
	struct an_scratchpad scratchpad;
	if (versions->type == AN_RECORD_POINTER) {
		an_pointer_read(&reader, &pointer);
		version->counter = pointer.counter;
	} else if (versions->type == AN_RECORD_SCRATCHPAD) {
		an_scratchpad_read(&reader, &scratch, &scratchpad);
		version->counter = scratchpad.counter;
	}
	an_buffer_done(&scratch);
	memcpy(version->digest, versions->digest, sizeof(version->digest));
	versions->count = 1;
	return reader.failed;
}

an_status an_versions_read(const uint8_t key[AN_RECORD_NAME_SIZE], struct an_span value,
                           struct an_versions *ret_versions)
{
	*ret_versions = (struct an_versions){0};
	struct an_record_header header;
	an_status status = an_record_read_header(value, &header);
	if (status != AUTONOMI_OK)
		return status;
	ret_versions->type = header.type;
	digest_of(value, ret_versions->digest);
	if (header.type == AN_RECORD_GRAPH_ENTRY)
		status = read_entries(key, value, ret_versions);
	else if ((status = an_record_check(key, value)) == AUTONOMI_OK)
		status = read_one(value, ret_versions);
	if (status != AUTONOMI_OK)
		an_versions_done(ret_versions);
	return status;
}

void an_versions_done(struct an_versions *versions)
{
	an_free(versions->items);
	*versions = (struct an_versions){0};
}

bool an_versions_have(const struct an_versions *versions,
                      const uint8_t digest[AN_VERSION_DIGEST_SIZE])
{
	for (size_t i = 0; i < versions->count; i++) {
		if (memcmp(versions->items[i].digest, digest, AN_VERSION_DIGEST_SIZE) == 0)
			return true;
	}
	return false;
}

/* The highest counter first, the same versions side by side. */
static int compare(const void *a, const void *b)
{
	const struct an_version *one = a, *other = b;
	if (one->counter != other->counter)
		return one->counter > other->counter ? -1 : 1;
	return memcmp(one->digest, other->digest, sizeof(one->digest));
}

static void note_run(struct an_versions_choice *choice, const struct an_version *version,
                     size_t copies)
{
	choice->distinct++;
	if (version->counter < choice->counter || copies < choice->copies)
		return;
	if (copies == choice->copies) {
		choice->tied++;
		return;
	}
	choice->copies = copies;
	choice->tied = 1;
	memcpy(choice->digest, version->digest, sizeof(choice->digest));
}

an_status an_versions_choose(const struct an_versions *const *given, size_t count,
                             struct an_versions_choice *ret_choice)
{
	*ret_choice = (struct an_versions_choice){0};
	size_t total = 0;
	for (size_t i = 0; i < count; i++)
		total += given[i]->count;
	struct an_version *all = an_calloc(total, sizeof(*all));
	if (all == NULL)
		return AUTONOMI_E_NO_MEMORY;
	total = 0;
	for (size_t i = 0; i < count; i++) {
		memcpy(all + total, given[i]->items, given[i]->count * sizeof(*all));
		total += given[i]->count;
	}
	qsort(all, total, sizeof(*all), compare);
	ret_choice->counter = all[0].counter;
	for (size_t first = 0, i = 1; i <= total; i++) {
		if (i < total && compare(&all[i], &all[first]) == 0)
			continue;
		note_run(ret_choice, &all[first], i - first);
		first = i;
	}
	an_free(all);
	return AUTONOMI_OK;
}
