/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypt/constant_time.h"

bool an_constant_time_equal(struct an_span a, struct an_span b)
{
	if (a.size != b.size)
		return false;
	/* volatile: the compiler must not stop at the first difference */
	volatile uint8_t difference = 0;
	for (size_t i = 0; i < a.size; i++)
		difference = (uint8_t)(difference | (a.data[i] ^ b.data[i]));
	return difference == 0;
}
