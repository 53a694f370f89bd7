/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An input that is read as a list of actions with their arguments. At its end everything is zero. */
#ifndef TESTS_FUZZ_SCRIPT_H
#define TESTS_FUZZ_SCRIPT_H

#include "base/span.h"

struct script {
	struct an_span rest;
};

static inline uint8_t script_byte(struct script *script)
{
	if (script->rest.size == 0)
		return 0;
	script->rest.size--;
	return *script->rest.data++;
}

static inline size_t script_short(struct script *script)
{
	const size_t high = script_byte(script);
	return high << 8 | script_byte(script);
}

/* A byte says how many, at most `max`. */
static inline struct an_span script_bytes(struct script *script, size_t max)
{
	size_t size = script_byte(script);
	size = size < max ? size : max;
	size = size < script->rest.size ? size : script->rest.size;
	const struct an_span bytes = an_span(script->rest.data, size);
	script->rest = an_span(script->rest.data + size, script->rest.size - size);
	return bytes;
}

#endif
