/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The only place that allocates. Every caller checks for NULL: a failed allocation is an answer to
 * the one who asked, never the end of the host.
 *
 * Threading: allocation is thread-safe. The failure countdown exists in fault-injection builds.
 */
#ifndef AN_BASE_MEMORY_H
#define AN_BASE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

void *an_malloc(size_t size);

/* Zeroed, and NULL where count * size would overflow. */
void *an_calloc(size_t count, size_t size);

/* As realloc, with overflow checked; `memory` stays valid where NULL is returned. */
void *an_realloc(void *memory, size_t count, size_t size);

/* NULL is allowed. Keeps errno. Returns NULL, so that `x = an_free(x)` reads well. */
void *an_free(void *memory);

/* A zero-terminated copy of `text`. */
char *an_strdup(const char *text);

/* Overwrites secrets in a way that the compiler keeps. */
void an_wipe(void *memory, size_t size);

#ifdef AN_FAULT_INJECTION
/* The next `countdown` allocations succeed and every one after them fails, until it is set anew;
 * UINT64_MAX, the start value, means that none fails. */
void an_memory_fail_after(uint64_t countdown);

/* How many allocations were asked for since the program started. */
uint64_t an_memory_allocations(void);
#endif

#endif
