/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory of the simulator itself: apart from the library's, whose allocations a test may count and
 * fail, and never NULL. */
#ifndef AN_SIM_MEMORY_H
#define AN_SIM_MEMORY_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static inline void *an_sim_alloc(size_t size)
{
	void *memory = calloc(1, size > 0 ? size : 1);
	if (memory == NULL)
		abort();
	return memory;
}

static inline void *an_sim_resize(void *memory, size_t size)
{
	void *resized = realloc(memory, size > 0 ? size : 1);
	if (resized == NULL)
		abort();
	return resized;
}

static inline void *an_sim_copy(const void *bytes, size_t size)
{
	void *copy = an_sim_resize(NULL, size);
	if (size > 0)
		memcpy(copy, bytes, size);
	return copy;
}

static inline char *an_sim_copy_text(const char *text)
{
	return an_sim_copy(text, strlen(text) + 1);
}

#endif
