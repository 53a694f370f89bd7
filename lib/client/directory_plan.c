/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/directory_plan.h"

#include <stdlib.h>

#include "base/memory.h"
#include "client/directory_walk.h"

void an_directory_show(struct an_span path, char shown[AN_DIRECTORY_SHOWN_SIZE])
{
	size_t size = 0;
	for (; size < path.size && size + 1 < AN_DIRECTORY_SHOWN_SIZE; size++) {
		const uint8_t byte = path.data[size];
		shown[size] = byte < 0x20 || byte == 0x7f ? '?' : (char)byte;
	}
	shown[size] = '\0';
}

static an_status complain(struct an_directory_plan *plan, struct an_span path,
                          const char *complaint)
{
	an_directory_show(path, plan->shown);
	plan->complaint = complaint;
	return AUTONOMI_E_CORRUPT;
}

/* ---- One path. */
static const char *fault_of(struct an_span path)
{
	if (path.size == 0)
		return "is empty";
	if (path.size >= AN_DIRECTORY_PATH_MAX)
		return "is longer than any path";
	if (memchr(path.data, '\0', path.size) != NULL)
		return "has a zero byte";
	return path.data[0] == '/' ? "does not begin at the directory" : NULL;
}

/* Appends one part to a path without empty parts and dots. False where it leads upwards. */
static bool append_part(char *clean, size_t *size, struct an_span part)
{
	if (an_span_equal(part, an_span_text("..")))
		return false;
	if (part.size == 0 || an_span_equal(part, an_span_text(".")))
		return true;
	if (*size > 0)
		clean[(*size)++] = '/';
	memcpy(clean + *size, part.data, part.size);
	*size += part.size;
	return true;
}

static const char *clean_path(struct an_span path, char *clean)
{
	size_t size = 0;
	for (size_t from = 0; from < path.size;) {
		const uint8_t *slash = memchr(path.data + from, '/', path.size - from);
		const size_t to = slash != NULL ? (size_t)(slash - path.data) : path.size;
		if (!append_part(clean, &size, an_span(path.data + from, to - from)))
			return "leads out of the directory";
		from = to + 1;
	}
	clean[size] = '\0';
	return size > 0 ? NULL : "is no name";
}

static an_status add(struct an_directory_plan *plan, const struct an_archive *archive, size_t entry)
{
	const struct an_span path = archive->entries[entry].path;
	const char *fault = fault_of(path);
	if (fault != NULL)
		return complain(plan, path, fault);
	char *clean = an_malloc(path.size + 1);
	if (clean == NULL)
		return AUTONOMI_E_NO_MEMORY;
	plan->targets[plan->count++] = (struct an_directory_target){.path = clean, .entry = entry};
	fault = clean_path(path, clean);
	return fault == NULL ? AUTONOMI_OK : complain(plan, path, fault);
}

/* ---- All of them. */
static unsigned rank_of(char byte)
{
	return byte == '/' ? 1 : byte == '\0' ? 0 : 1u + (unsigned char)byte;
}

/* A slash comes before all that a name can have: so a path is followed by what lies below it. */
static int compare_targets(const void *a, const void *b)
{
	const char *left = ((const struct an_directory_target *)a)->path;
	const char *right = ((const struct an_directory_target *)b)->path;
	while (*left == *right && *left != '\0') {
		left++;
		right++;
	}
	return (rank_of(*left) > rank_of(*right)) - (rank_of(*left) < rank_of(*right));
}

static bool lies_at_or_below(const char *path, const char *upper)
{
	const size_t size = strlen(upper);
	return strncmp(path, upper, size) == 0 && (path[size] == '\0' || path[size] == '/');
}

static an_status check_places(struct an_directory_plan *plan)
{
	for (size_t i = 1; i < plan->count; i++) {
		const char *path = plan->targets[i].path;
		if (lies_at_or_below(path, plan->targets[i - 1].path))
			return complain(plan, an_span_text(path), "is the place of two files");
	}
	return AUTONOMI_OK;
}

an_status an_directory_plan_make(struct an_directory_plan *plan, const struct an_archive *archive)
{
	*plan = (struct an_directory_plan){0};
	if (archive->count > AN_DIRECTORY_FILES_MAX)
		return AUTONOMI_E_TOO_LARGE;
	if (archive->count == 0)
		return AUTONOMI_OK;
	plan->targets = an_calloc(archive->count, sizeof(plan->targets[0]));
	an_status status = plan->targets != NULL ? AUTONOMI_OK : AUTONOMI_E_NO_MEMORY;
	for (size_t i = 0; i < archive->count && status == AUTONOMI_OK; i++)
		status = add(plan, archive, i);
	if (status != AUTONOMI_OK)
		return status;
	qsort(plan->targets, plan->count, sizeof(plan->targets[0]), compare_targets);
	return check_places(plan);
}

void an_directory_plan_done(struct an_directory_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		an_free(plan->targets[i].path);
	an_free(plan->targets);
	*plan = (struct an_directory_plan){0};
}
