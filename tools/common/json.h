/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text as a JSON string. */
#ifndef TOOLS_COMMON_JSON_H
#define TOOLS_COMMON_JSON_H

#include <stdio.h>

/* Writes `text` with its quotation marks (RFC 8259, 7). JSON is UTF-8: a byte that is none, as names
 * of files may have them, becomes U+FFFD. */
void json_text(FILE *stream, const char *text);

#endif
