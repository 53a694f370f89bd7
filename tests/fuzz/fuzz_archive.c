/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as an archive; the first byte chooses a public one, a private one, or a path. Of what was
 * understood every entry is found, in order; it is written and understood as the same; and where its
 * files may be fetched to a directory, no path leads out of it and no two are at one place.
 */
#include "client/directory_plan.h"
#include "data/archive.h"
#include "round_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_entries(const struct an_archive *archive)
{
	for (size_t i = 0; i < archive->count; i++) {
		const struct an_archive_entry *entry = &archive->entries[i];
		must(an_archive_find(archive, entry->path) == entry);
		must(i == 0 ||
		     an_archive_path_compare(archive->entries[i - 1].path, entry->path) < 0);
	}
}

static void write_again(const struct an_archive *archive)
{
	struct an_archive again;
	struct an_buffer first, last, scratch;
	an_buffer_init(&first, ROUND_TRIP_MAX);
	an_buffer_init(&last, ROUND_TRIP_MAX);
	an_buffer_init(&scratch, ROUND_TRIP_MAX);
	must(an_archive_encode(archive, &first) == AUTONOMI_OK);
	must(an_archive_decode(an_buffer_span(&first), archive->kind, &scratch, &again) ==
	     AUTONOMI_OK);
	must(again.count == archive->count);
	must(an_archive_encode(&again, &last) == AUTONOMI_OK);
	must(an_span_equal(an_buffer_span(&first), an_buffer_span(&last)));
	an_archive_done(&again);
	an_buffer_done(&scratch);
	an_buffer_done(&last);
	an_buffer_done(&first);
}

static void check_path_below(const char *path)
{
	must(path[0] != '\0' && path[0] != '/');
	for (const char *part = path; part != NULL; part = strchr(part, '/')) {
		part += part[0] == '/';
		const size_t size = strcspn(part, "/");
		must(size > 0 && strncmp(part, ".", size) != 0);
		must(size != 2 || strncmp(part, "..", size) != 0);
	}
}

static void check_places(const struct an_archive *archive)
{
	struct an_directory_plan plan;
	if (an_directory_plan_make(&plan, archive) == AUTONOMI_OK) {
		must(plan.count == archive->count);
		for (size_t i = 0; i < plan.count; i++) {
			const char *before = i > 0 ? plan.targets[i - 1].path : NULL;
			const size_t size = before != NULL ? strlen(before) : 0;
			check_path_below(plan.targets[i].path);
			must(before == NULL || strncmp(plan.targets[i].path, before, size) != 0 ||
			     (plan.targets[i].path[size] != '/' &&
			      plan.targets[i].path[size] != '\0'));
		}
	} else {
		must(plan.complaint != NULL);
	}
	an_directory_plan_done(&plan);
}

static void check_archive(struct an_span bytes, enum an_archive_kind kind)
{
	struct an_archive archive;
	struct an_buffer scratch;
	an_buffer_init(&scratch, bytes.size);
	if (an_archive_decode(bytes, kind, &scratch, &archive) == AUTONOMI_OK) {
		check_entries(&archive);
		write_again(&archive);
		check_places(&archive);
		an_archive_done(&archive);
	}
	an_buffer_done(&scratch);
}

/* A path in normal form stays as it is, and is ordered as what it was made of. */
static void check_path(struct an_span path)
{
	struct an_buffer normal, again;
	an_buffer_init(&normal, path.size + 1);
	an_buffer_init(&again, path.size + 1);
	must(an_archive_path(path, &normal) == AUTONOMI_OK);
	must(an_archive_path(an_buffer_span(&normal), &again) == AUTONOMI_OK);
	must(an_span_equal(an_buffer_span(&normal), an_buffer_span(&again)));
	must(path.size == 0 || memchr(path.data, '\\', path.size) != NULL ||
	     an_archive_path_compare(path, an_buffer_span(&normal)) == 0);
	an_buffer_done(&again);
	an_buffer_done(&normal);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	const struct an_span input = an_span(data + 1, size - 1);
	switch (data[0] & 3) {
	case 0:
		check_archive(input, AN_ARCHIVE_PUBLIC);
		break;
	case 1:
		check_archive(input, AN_ARCHIVE_PRIVATE);
		break;
	default:
		check_path(input);
		break;
	}
	return 0;
}
