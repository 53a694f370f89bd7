/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether bytes are a text in UTF-8 (RFC 3629): no long forms, no surrogates, nothing above U+10FFFF. */
#ifndef AN_WIRE_UTF8_H
#define AN_WIRE_UTF8_H

#include "base/span.h"

bool an_utf8_valid(struct an_span text);

#endif
