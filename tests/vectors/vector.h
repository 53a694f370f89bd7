/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The test data made with the Autonomi crates (README.md beside this file), as tests read it. What
 * is missing or malformed there ends the test: it is a mistake in the data.
 */
#ifndef AN_TESTS_VECTOR_H
#define AN_TESTS_VECTOR_H

#include <jansson.h>
#include <stdbool.h>

#include "base/blob.h"
#include "base/span.h"
#include "wire/reader.h"

/* Calls `check` for each case of a kind in tests/vectors/<file>.json, and returns how many there
 * were. `vector_id` names the case that runs. */
typedef void vector_check(const json_t *vector);
size_t vector_each(const char *file, const char *kind, vector_check *check);
const char *vector_id(void);

/* A member that must be there; `vector_has` asks whether it is there and not null. */
const json_t *vector_get(const json_t *object, const char *name);
bool vector_has(const json_t *object, const char *name);
const char *vector_text(const json_t *object, const char *name);
/* A number, or the decimal string that stands for a large one. */
uint64_t vector_number(const json_t *object, const char *name);
bool vector_is_true(const json_t *object, const char *name);

/* Bytes live until the case ends. */
struct an_span vector_unhex(const char *text);
struct an_span vector_bytes(const json_t *object, const char *name);
struct an_reader vector_reader(const json_t *object, const char *name);
/* Into `size` bytes at `to`: as many must be there. */
void vector_copy(const json_t *object, const char *name, void *to, size_t size);

/* The bytes of an array of numbers or hex of a payload described by a generator. */
struct an_span vector_payload(const json_t *payload);

/* Fails the test where the spans differ, and shows both. */
void vector_equal(struct an_span actual, struct an_span expected);

#endif
