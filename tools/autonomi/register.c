/* SPDX-License-Identifier: GPL-3.0-or-later */
/* autonomi register: values of 32 bytes that their owner changes, with their history. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "autonomi/owner.h"
#include "autonomi/user_files.h"

enum { NAME_MAX_SIZE = 4096, VALUE = AUTONOMI_GRAPH_CONTENT_SIZE };

int run_register_generate_key(struct program *program)
{
	return generate_owner_key(program, &owner_of_registers);
}

int run_register_share(struct program *program)
{
	return share_owner_key(program, &owner_of_registers);
}

/* ---- Writing. */
typedef autonomi_status register_writer(autonomi_node *node, const uint8_t *register_secret,
                                        const uint8_t *value, size_t value_size, uint64_t tag,
                                        autonomi_op *ret_op);

static int write_register(struct program *program, register_writer *function, const char *name)
{
	uint8_t secret[AUTONOMI_SECRET_KEY_SIZE], value[VALUE];
	const struct written written = {AUTONOMI_USER_REGISTERS, name};
	int code = EXIT_USAGE;
	if (!read_value(program, program->arguments[1], "the value of a register", value) ||
	    !read_owner_secret(program, &owner_of_registers, name, secret, &code))
		return code;
	autonomi_op op = 0;
	const autonomi_status status = function(program->node, secret, value, sizeof(value), 0,
	                                        &op);
	wipe(secret, sizeof(secret));
	return finish(program, status, op, "Storing the register", print_written, NULL, &written);
}

int run_register_create(struct program *program)
{
	return write_register(program, autonomi_register_create, program->arguments[0]);
}

/* An address needs a name that this machine remembers: its key cannot be derived otherwise. */
int run_register_edit(struct program *program)
{
	uint8_t address[AUTONOMI_PUBLIC_KEY_SIZE];
	char name[NAME_MAX_SIZE];
	const char *given = program->arguments[0];
	if (program->is_name || program->is_secret_key ||
	    autonomi_bls_public_from_hex(given, address) != AUTONOMI_OK)
		return write_register(program, autonomi_register_update, given);
	if (recall_register(address, name, sizeof(name)))
		return write_register(program, autonomi_register_update, name);
	complain("this machine does not know whose register that is: give its name");
	return EXIT_USAGE;
}

/* ---- Reading. */

/* The text that a value is, without the zeros behind it; false where it is none. */
static bool as_text(const uint8_t value[VALUE], char text[VALUE + 1])
{
	size_t size = VALUE;
	while (size > 0 && value[size - 1] == 0)
		size--;
	for (size_t i = 0; i < size; i++) {
		/* Nothing that a terminal would obey. */
		if (value[i] < 0x20 || value[i] == 0x7f)
			return false;
	}
	memcpy(text, value, size);
	text[size] = '\0';
	return true;
}

static void print_value(const struct program *program, const uint8_t value[VALUE])
{
	char text[2 * VALUE + 1];
	if (program->json || program->hex || !as_text(value, text))
		autonomi_hex_encode(value, VALUE, text, sizeof(text));
	printf(program->json ? "\"%s\"" : "%s\n", text);
}

static void print_values(const struct program *program, const autonomi_event *event)
{
	size_t size = 0;
	const uint8_t *values = autonomi_event_data(event, &size);
	for (size_t at = 0; at + VALUE <= size; at += VALUE) {
		if (program->json && at > 0)
			printf(",");
		print_value(program, values + at);
	}
}

static void print_newest(struct program *program, const autonomi_event *event, const void *context)
{
	(void)context;
	if (program->json)
		printf("{\"value\":");
	print_values(program, event);
	if (program->json)
		printf(",\"counter\":%" PRIu64 ",\"copies\":%" PRIu64 "}\n",
		       autonomi_event_counter(event), autonomi_event_count(event));
}

static void print_fork(struct program *program, const autonomi_event *event, const void *context)
{
	(void)context;
	if (program->json)
		printf(",\"values\":[");
	print_values(program, event);
	if (program->json)
		printf("]");
}

static void print_history(struct program *program, const autonomi_event *event, const void *context)
{
	(void)context;
	if (program->json)
		printf("{\"values\":[");
	print_values(program, event);
	if (program->json)
		printf("],\"forked\":%s}\n", autonomi_event_versions(event) > 1 ? "true" : "false");
}

typedef autonomi_status register_reader(autonomi_node *node, const uint8_t *address, uint64_t tag,
                                        autonomi_op *ret_op);

static int read_register(struct program *program, register_reader *function, printer *print)
{
	uint8_t address[AUTONOMI_PUBLIC_KEY_SIZE];
	int code = EXIT_USAGE;
	if (!read_owner_public(program, &owner_of_registers, program->arguments[0], address, &code))
		return code;
	autonomi_op op = 0;
	const autonomi_status status = function(program->node, address, 0, &op);
	return finish(program, status, op, "Fetching the register", print, print_fork, NULL);
}

int run_register_get(struct program *program)
{
	return read_register(program, autonomi_register_get, print_newest);
}

int run_register_history(struct program *program)
{
	return read_register(program, autonomi_register_history, print_history);
}

int run_register_list(struct program *program)
{
	const uint32_t list = AUTONOMI_USER_REGISTERS;
	return list_remembered(program, &list, 1);
}
