/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/utf8.h"

#include <stdbool.h>
#include <stdint.h>

size_t utf8_character_size(const char *text)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char first = (unsigned char)text[0];
	size_t size = 0;
	if (first < 0x80)
		return 1;
	if (first >= 0xc0 && first < 0xf8)
		size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	if (size == 0)
		return 0;
	uint32_t point = first & (0x7fU >> size);
	for (size_t i = 1; i < size; i++) {
		const unsigned char byte = (unsigned char)text[i];
		if ((byte & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (byte & 0x3f);
	}
	const bool surrogate = point >= 0xd800 && point <= 0xdfff;
	return point >= smallest[size] && point <= 0x10ffff && !surrogate ? size : 0;
}
