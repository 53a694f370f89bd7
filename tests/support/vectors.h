/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The test vectors in tests/vectors (their README describes the form): cases of one kind, and their
 * fields as bytes. What is missing or malformed fails the test at once.
 */
#ifndef AN_TESTS_SUPPORT_VECTORS_H
#define AN_TESTS_SUPPORT_VECTORS_H

#include <jansson.h>

#include "base/span.h"

/* Reads tests/vectors/NAME.json. The caller gives it back to json_decref. */
json_t *vectors_load(const char *name);

/* The cases of `kind`, in order: NULL after the last. `index` starts at 0. */
const json_t *vectors_next(const json_t *vectors, const char *kind, size_t *index);

/* A field of a case as text; NULL where it is null. */
const char *vectors_text(const json_t *item, const char *field);

/* Hex as bytes, which the caller frees; never NULL, also where there are none. */
uint8_t *vectors_hex(const char *text, size_t *ret_size);

/* The bytes of a field; at most `capacity`. */
struct an_span vectors_bytes(const json_t *item, const char *field, uint8_t *bytes,
                             size_t capacity);

/* What the object `payload` of generator sha256-counter or repeat describes; the caller frees it. */
uint8_t *vectors_payload(const json_t *payload, size_t *ret_size);

#endif
