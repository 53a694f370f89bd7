/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/json.h"

#include <stddef.h>

#include "common/utf8.h"

void json_text(FILE *stream, const char *text)
{
	fputc('"', stream);
	for (size_t size = 0; *text != '\0'; text += size) {
		const unsigned char byte = (unsigned char)*text;
		size = utf8_character_size(text);
		if (size == 0) {
			fputs("\\ufffd", stream);
			size = 1;
		} else if (byte == '"' || byte == '\\')
			fprintf(stream, "\\%c", byte);
		else if (byte == '\n')
			fputs("\\n", stream);
		else if (byte < 0x20)
			fprintf(stream, "\\u%04x", byte);
		else
			fwrite(text, 1, size, stream);
	}
	fputc('"', stream);
}
