/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/memory.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#ifdef AN_FAULT_INJECTION
#include <stdatomic.h>

static _Atomic uint64_t allocations;
static _Atomic uint64_t limit = UINT64_MAX;

static bool may_allocate(void)
{
	return atomic_fetch_add(&allocations, 1) < atomic_load(&limit);
}

void an_memory_fail_after(uint64_t countdown)
{
	const uint64_t done = atomic_load(&allocations);
	atomic_store(&limit, countdown > UINT64_MAX - done ? UINT64_MAX : done + countdown);
}

uint64_t an_memory_allocations(void)
{
	return atomic_load(&allocations);
}
#else
static bool may_allocate(void)
{
	return true;
}
#endif

void *an_malloc(size_t size)
{
	return may_allocate() ? malloc(size > 0 ? size : 1) : NULL;
}

void *an_calloc(size_t count, size_t size)
{
	if (size > 0 && count > SIZE_MAX / size)
		return NULL;
	return may_allocate() ? calloc(count > 0 ? count : 1, size > 0 ? size : 1) : NULL;
}

void *an_realloc(void *memory, size_t count, size_t size)
{
	if (size == 0 || count == 0)
		count = size = 1;
	if (count > SIZE_MAX / size || !may_allocate())
		return NULL;
	return realloc(memory, count * size);
}

void *an_free(void *memory)
{
	const int saved = errno;
	free(memory);
	errno = saved;
	return NULL;
}

char *an_strdup(const char *text)
{
	const size_t size = strlen(text) + 1;
	char *copy = an_malloc(size);
	if (copy != NULL)
		memcpy(copy, text, size);
	return copy;
}

void an_wipe(void *memory, size_t size)
{
	memset(memory, 0, size);
	__asm__ volatile("" : : "r"(memory) : "memory");
}
