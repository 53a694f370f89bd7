/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8 (RFC 3629): names of files may be any bytes, what others read may not. */
#ifndef TOOLS_COMMON_UTF8_H
#define TOOLS_COMMON_UTF8_H

#include <stddef.h>

/* The bytes of the character that `text` begins with; 0 where it begins with none: no surrogates, nothing
 * above U+10FFFF, nothing longer than it must be. */
size_t utf8_character_size(const char *text);

#endif
