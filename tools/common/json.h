/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text as a JSON string. */
#ifndef TOOLS_COMMON_JSON_H
#define TOOLS_COMMON_JSON_H

#include <stddef.h>
#include <stdio.h>

/* The bytes of the UTF-8 character that `text` begins with; 0 where it begins with none (RFC 3629: no
 * surrogates, nothing above U+10FFFF, nothing longer than it must be). */
size_t character_size(const char *text);

/* Writes `text` with its quotation marks (RFC 8259, 7). JSON is UTF-8: a byte that is none, as names
 * of files may have them, becomes U+FFFD. */
void json_text(FILE *stream, const char *text);

#endif
