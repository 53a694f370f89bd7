/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comparing secrets in a time that depends on their size only. Any thread. */
#ifndef AN_CRYPT_CONSTANT_TIME_H
#define AN_CRYPT_CONSTANT_TIME_H

#include <stdbool.h>

#include "base/span.h"

/* Whether the bytes are equal. Spans of different sizes are not, which is no secret. */
bool an_constant_time_equal(struct an_span a, struct an_span b);

#endif
