/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/utf8.h"

/* Bytes of the character that begins with `lead`, 0 where none does (RFC 3629, 4). */
static size_t character_size(uint8_t lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef)
		return 3;
	return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/* The second byte keeps out long forms, surrogates and what is beyond U+10FFFF. */
static bool second_fits(uint8_t lead, uint8_t second)
{
	const uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	const uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
	return second >= low && second <= high;
}

bool an_utf8_valid(struct an_span text)
{
	for (size_t i = 0; i < text.size;) {
		const uint8_t *at = text.data + i;
		const size_t size = character_size(at[0]);
		if (size == 0 || size > text.size - i)
			return false;
		if (size > 1 && !second_fits(at[0], at[1]))
			return false;
		for (size_t k = 2; k < size; k++)
			if ((at[k] & 0xc0) != 0x80)
				return false;
		i += size;
	}
	return true;
}
