/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values on the command line and in what is printed: hexadecimal, content, types of targets. */
#include <stdio.h>
#include <string.h>

#include "autonomi/command.h"

size_t read_hexadecimal(const char *text, uint8_t *bytes, size_t capacity)
{
	size_t size = 0;
	const autonomi_status status = autonomi_hex_decode(text, bytes, capacity, &size);
	return status == AUTONOMI_OK ? size : 0;
}

void print_hexadecimal(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		printf("%02x", bytes[i]);
}

bool read_value(const struct program *program, const char *text, const char *what,
                uint8_t content[AUTONOMI_GRAPH_CONTENT_SIZE])
{
	size_t size = strlen(text);
	memset(content, 0, AUTONOMI_GRAPH_CONTENT_SIZE);
	if (program->hex)
		size = read_hexadecimal(text, content, AUTONOMI_GRAPH_CONTENT_SIZE);
	else if (size <= AUTONOMI_GRAPH_CONTENT_SIZE)
		memcpy(content, text, size);
	if (size <= AUTONOMI_GRAPH_CONTENT_SIZE && (size > 0 || !program->hex))
		return true;
	complain("%s has at most 32 bytes%s", what, program->hex ? ", in hexadecimal" : "");
	return false;
}

/* ---- Types of what a pointer points to. */
static const struct {
	const char *name;
	uint32_t type;
} types[] = {
	{"chunk", AUTONOMI_ADDRESS_CHUNK},
	{"graph", AUTONOMI_ADDRESS_GRAPH_ENTRY},
	{"pointer", AUTONOMI_ADDRESS_POINTER},
	{"scratchpad", AUTONOMI_ADDRESS_SCRATCHPAD},
};

enum { TYPES = sizeof(types) / sizeof(types[0]) };

bool target_type_of(const char *name, uint32_t *ret_type)
{
	for (size_t i = 0; i < TYPES; i++) {
		if (strcmp(name, types[i].name) != 0)
			continue;
		*ret_type = types[i].type;
		return true;
	}
	return false;
}

const char *target_type_name(uint32_t type)
{
	for (size_t i = 0; i < TYPES; i++) {
		if (types[i].type == type)
			return types[i].name;
	}
	return "unknown";
}
