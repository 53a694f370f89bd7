/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The payloads that vectors describe instead of storing them (README.md: generators). */
#ifndef AN_TESTS_PAYLOAD_H
#define AN_TESTS_PAYLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

/* Fills `out`. False where there is no such generator, or `repeat` has no pattern. */
bool payload_fill(const char *generator, uint64_t seed, struct an_span pattern, uint8_t *out,
                  size_t size);

#endif
