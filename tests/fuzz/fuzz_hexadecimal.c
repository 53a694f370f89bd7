/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An address or a data map on the command line. What was read has the text's digits. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autonomi/command.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CAPACITY = 1024 };

static void check(const char *text, const uint8_t *bytes, size_t size)
{
	if (size > CAPACITY || strlen(text) != 2 * size)
		abort();
	for (size_t i = 0; i < 2 * size; i++) {
		char digits[3];
		snprintf(digits, sizeof(digits), "%02x", bytes[i / 2]);
		if (tolower((unsigned char)text[i]) != digits[i % 2])
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	uint8_t *bytes = malloc(CAPACITY);
	if (text == NULL || bytes == NULL)
		abort();
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	const size_t count = read_hexadecimal(text, bytes, CAPACITY);
	if (count > 0)
		check(text, bytes, count);
	free(bytes);
	free(text);
	return 0;
}
