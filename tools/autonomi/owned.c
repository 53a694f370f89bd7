/* SPDX-License-Identifier: GPL-3.0-or-later */
/* autonomi pointer, autonomi graph, autonomi scratchpad, autonomi key. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autonomi/owner.h"
#include "autonomi/user_files.h"

enum { HEX_MAX = 2 * AUTONOMI_ADDRESS_MAX + 1 };

/* ---- What all writes print. */
static void remember_written(const struct program *program, const autonomi_event *event,
                             const struct written *written)
{
	size_t size = 0;
	const uint8_t *address = autonomi_event_data(event, &size);
	/* Whoever was given the key of a name does not know the name. */
	if (written != NULL && !program->is_secret_key &&
	    !remember(written->list, address, size, written->name))
		complain("it is stored; this machine's list alone does not know it");
}

void print_written(struct program *program, const autonomi_event *event, const void *context)
{
	remember_written(program, event, context);
	const char *address = autonomi_event_text(event);
	const uint64_t counter = autonomi_event_counter(event);
	const uint64_t other = autonomi_event_network_counter(event);
	if (program->json)
		printf("{\"address\":\"%s\",\"counter\":%" PRIu64 ",\"copies\":%" PRIu64
		       ",\"network_counter\":%" PRIu64 "}\n",
		       address, counter, autonomi_event_count(event), other);
	else
		printf("At address: %s\nCounter: %" PRIu64 "\nCopies: %" PRIu64 "\n", address,
		       counter, autonomi_event_count(event));
	if (other > counter)
		complain("a newer version, with counter %" PRIu64 ", was stored meanwhile", other);
}

/* ---- Pointers. */
static bool read_target(struct program *program, const char *text, uint32_t *ret_type,
                        uint8_t *target, size_t *ret_size)
{
	const char *wanted = program->target_type != NULL ? program->target_type : "chunk";
	char error[256];
	if (!target_type_of(wanted, ret_type)) {
		complain("--target-data-type is chunk, graph, pointer or scratchpad, not \"%s\"",
		         wanted);
		return false;
	}
	if (autonomi_address_from_text(*ret_type, text, target, ret_size, error, sizeof(error)) ==
	    AUTONOMI_OK)
		return true;
	complain("\"%.100s\" is no address of a %s: %s", text, wanted, error);
	return false;
}

typedef autonomi_status pointer_writer(autonomi_node *node, const uint8_t *owner_secret,
                                       uint32_t target_type, const uint8_t *target,
                                       size_t target_size, uint64_t tag, autonomi_op *ret_op);

static int write_pointer(struct program *program, pointer_writer *function)
{
	uint8_t secret[AUTONOMI_SECRET_KEY_SIZE], target[AUTONOMI_ADDRESS_MAX];
	const struct written written = {REMEMBERED_POINTERS, program->arguments[0]};
	uint32_t type = 0;
	size_t size = 0;
	int code = EXIT_USAGE;
	if (!read_target(program, program->arguments[1], &type, target, &size) ||
	    !read_owner_secret(program, &owner_of_pointers, program->arguments[0], secret, &code))
		return code;
	autonomi_op op = 0;
	const autonomi_status status = function(program->node, secret, type, target, size, 0, &op);
	wipe(secret, sizeof(secret));
	return finish(program, status, op, "Storing the pointer", print_written, NULL, &written);
}

int run_pointer_create(struct program *program)
{
	return write_pointer(program, autonomi_pointer_create);
}

int run_pointer_edit(struct program *program)
{
	return write_pointer(program, autonomi_pointer_update);
}

static void print_pointer(struct program *program, const autonomi_event *event, const void *context)
{
	(void)context;
	size_t size = 0;
	const uint8_t *value = autonomi_event_data(event, &size);
	autonomi_pointer *pointer = NULL;
	autonomi_pointer_view view;
	char target[HEX_MAX];
	if (autonomi_pointer_decode(value, size, &pointer) != AUTONOMI_OK)
		return;
	autonomi_pointer_get_view(pointer, &view, sizeof(view));
	autonomi_hex_encode(view.target, view.target_size, target, sizeof(target));
	if (program->json)
		printf("{\"target_type\":\"%s\",\"target\":\"%s\",\"counter\":%" PRIu64
		       ",\"copies\":%" PRIu64 "}\n",
		       target_type_name(view.target_type), target, view.counter,
		       autonomi_event_count(event));
	else
		printf("Target: %s %s\nCounter: %" PRIu64 "\n", target_type_name(view.target_type),
		       target, view.counter);
	autonomi_pointer_free(pointer);
}

int run_pointer_get(struct program *program)
{
	uint8_t owner[AUTONOMI_PUBLIC_KEY_SIZE];
	int code = EXIT_USAGE;
	if (!read_owner_public(program, &owner_of_pointers, program->arguments[0], owner, &code))
		return code;
	autonomi_op op = 0;
	const autonomi_status status = autonomi_pointer_get(program->node, owner, 0, &op);
	return finish(program, status, op, "Fetching the pointer", print_pointer, NULL, NULL);
}

int run_pointer_generate_key(struct program *program)
{
	return generate_owner_key(program, &owner_of_pointers);
}

int run_pointer_share(struct program *program)
{
	return share_owner_key(program, &owner_of_pointers);
}

int run_pointer_list(struct program *program)
{
	const uint32_t list = REMEMBERED_POINTERS;
	return list_remembered(program, &list, 1);
}

/* ---- Graph entries. */
int run_graph_create(struct program *program)
{
	uint8_t secret[AUTONOMI_SECRET_KEY_SIZE], content[AUTONOMI_GRAPH_CONTENT_SIZE];
	int code = EXIT_USAGE;
	if (!read_value(program, program->arguments[1], "the content of a graph entry", content))
		return code;
	if (!read_owner_secret(program, &owner_of_graphs, program->arguments[0], secret, &code))
		return code;
	autonomi_graph_entry *entry = NULL;
	autonomi_op op = 0;
	autonomi_status status = autonomi_graph_entry_new(secret, NULL, 0, content, NULL, 0,
	                                                  &entry);
	wipe(secret, sizeof(secret));
	if (status == AUTONOMI_OK)
		status = autonomi_graph_entry_put(program->node, entry, AUTONOMI_PUT_CREATE, 0,
		                                  &op);
	autonomi_graph_entry_free(entry);
	return finish(program, status, op, "Storing the graph entry", print_written, NULL, NULL);
}

static void print_keys(const char *name, const uint8_t *keys, size_t count, size_t stride)
{
	char text[HEX_MAX];
	printf(",\"%s\":[", name);
	for (size_t i = 0; i < count; i++) {
		autonomi_hex_encode(keys + i * stride, AUTONOMI_PUBLIC_KEY_SIZE, text,
		                    sizeof(text));
		printf("%s\"%s\"", i > 0 ? "," : "", text);
	}
	printf("]");
}

/* One entry: members of a JSON object, or lines. */
static void print_entry(const struct program *program, const autonomi_graph_entry *entry)
{
	autonomi_graph_entry_view view;
	char content[HEX_MAX];
	autonomi_graph_entry_get_view(entry, &view, sizeof(view));
	autonomi_hex_encode(view.content, AUTONOMI_GRAPH_CONTENT_SIZE, content, sizeof(content));
	if (program->json) {
		printf("\"content\":\"%s\"", content);
		print_keys("parents", view.parents, view.parent_count, AUTONOMI_PUBLIC_KEY_SIZE);
	} else {
		printf("Content: %s\nParents: %zu\nDescendants: %zu\n", content, view.parent_count,
		       view.descendant_count);
	}
}

static void print_graph(struct program *program, const autonomi_event *event, const void *context)
{
	(void)context;
	size_t size = 0, count = 0;
	const uint8_t *value = autonomi_event_data(event, &size);
	autonomi_graph_entry *entry = NULL;
	if (autonomi_graph_entry_decode(value, size, &entry, 1, &count) != AUTONOMI_OK)
		return;
	if (program->json)
		printf("{");
	print_entry(program, entry);
	if (program->json)
		printf(",\"copies\":%" PRIu64 "}\n", autonomi_event_count(event));
	autonomi_graph_entry_free(entry);
}

static void print_graph_fork(struct program *program, const autonomi_event *event,
                             const void *context)
{
	(void)context;
	size_t size = 0, count = 0;
	const uint8_t *value = autonomi_event_data(event, &size);
	autonomi_graph_entry *entries[FORKS_MAX];
	if (autonomi_graph_entry_decode(value, size, entries, FORKS_MAX, &count) != AUTONOMI_OK)
		return;
	if (program->json)
		printf(",\"entries\":[");
	for (size_t i = 0; i < count; i++) {
		if (program->json)
			printf(i > 0 ? ",{" : "{");
		print_entry(program, entries[i]);
		if (program->json)
			printf("}");
		autonomi_graph_entry_free(entries[i]);
	}
	if (program->json)
		printf("]");
}

int run_graph_get(struct program *program)
{
	uint8_t owner[AUTONOMI_PUBLIC_KEY_SIZE];
	int code = EXIT_USAGE;
	if (!read_owner_public(program, &owner_of_graphs, program->arguments[0], owner, &code))
		return code;
	autonomi_op op = 0;
	const autonomi_status status = autonomi_graph_entry_get(program->node, owner, 0, &op);
	return finish(program, status, op, "Fetching the graph entry", print_graph,
	              print_graph_fork, NULL);
}

int run_graph_generate_key(struct program *program)
{
	return generate_owner_key(program, &owner_of_graphs);
}

/* ---- Scratchpads. */
typedef autonomi_status scratchpad_writer(autonomi_node *node, const uint8_t *owner_secret,
                                          uint64_t data_encoding, const uint8_t *plain,
                                          size_t plain_size, uint64_t tag, autonomi_op *ret_op);

static int write_scratchpad(struct program *program, scratchpad_writer *function)
{
	uint8_t secret[AUTONOMI_SECRET_KEY_SIZE];
	int code = EXIT_USAGE;
	const char *data = program->arguments[1];
	if (data[0] == '\0') {
		complain("a scratchpad needs data: what is empty cannot be decrypted again");
		return code;
	}
	if (!read_owner_secret(program, &owner_of_scratchpads, program->arguments[0], secret,
	                       &code))
		return code;
	const struct written written = {REMEMBERED_SCRATCHPADS, program->arguments[0]};
	autonomi_op op = 0;
	const autonomi_status status = function(program->node, secret, 0, (const uint8_t *)data,
	                                        strlen(data), 0, &op);
	wipe(secret, sizeof(secret));
	return finish(program, status, op, "Storing the scratchpad", print_written, NULL, &written);
}

int run_scratchpad_create(struct program *program)
{
	return write_scratchpad(program, autonomi_scratchpad_create);
}

int run_scratchpad_edit(struct program *program)
{
	return write_scratchpad(program, autonomi_scratchpad_update);
}

static void print_plain(struct program *program, const autonomi_scratchpad *scratchpad,
                        const autonomi_bytes *plain, uint64_t copies)
{
	autonomi_scratchpad_view view;
	size_t size = 0;
	const uint8_t *data = autonomi_bytes_data(plain, &size);
	autonomi_scratchpad_get_view(scratchpad, &view, sizeof(view));
	if (program->json)
		printf("{\"counter\":%" PRIu64 ",\"copies\":%" PRIu64 ",\"data\":\"", view.counter,
		       copies);
	if (program->json || program->hex)
		print_hexadecimal(data, size);
	else
		fwrite(data, 1, size, stdout);
	puts(program->json ? "\"}" : "");
}

static int print_scratchpad(struct program *program, const autonomi_event *event,
                            const uint8_t secret[AUTONOMI_SECRET_KEY_SIZE])
{
	int code = EXIT_DONE;
	size_t size = 0;
	const uint8_t *value = autonomi_event_data(event, &size);
	autonomi_scratchpad *scratchpad = NULL;
	autonomi_bytes *plain = NULL;
	if (autonomi_scratchpad_decode(value, size, &scratchpad) == AUTONOMI_OK &&
	    autonomi_scratchpad_decrypt(scratchpad, secret, &plain) == AUTONOMI_OK)
		print_plain(program, scratchpad, plain, autonomi_event_count(event));
	else
		code = refused_with(program, AUTONOMI_E_CORRUPT,
		                    "the scratchpad holds bytes that this key cannot decrypt");
	autonomi_bytes_free(plain);
	autonomi_scratchpad_free(scratchpad);
	return code;
}

static int fetch_scratchpad(struct program *program, const uint8_t secret[AUTONOMI_SECRET_KEY_SIZE])
{
	uint8_t owner[AUTONOMI_PUBLIC_KEY_SIZE];
	autonomi_op op = 0;
	autonomi_status status = autonomi_bls_public_key(secret, owner);
	if (status == AUTONOMI_OK)
		status = autonomi_scratchpad_get(program->node, owner, 0, &op);
	if (status != AUTONOMI_OK)
		return refused(program, status, "the command cannot be carried out");
	int code = EXIT_DONE;
	autonomi_event *event = completion(program, op, "Fetching the scratchpad", &code);
	if (event != NULL)
		code = print_scratchpad(program, event, secret);
	autonomi_event_free(event);
	return code;
}

int run_scratchpad_get(struct program *program)
{
	uint8_t secret[AUTONOMI_SECRET_KEY_SIZE];
	int code = EXIT_USAGE;
	if (!read_owner_secret(program, &owner_of_scratchpads, program->arguments[0], secret,
	                       &code))
		return code;
	code = fetch_scratchpad(program, secret);
	wipe(secret, sizeof(secret));
	return code;
}

int run_scratchpad_generate_key(struct program *program)
{
	return generate_owner_key(program, &owner_of_scratchpads);
}

int run_scratchpad_share(struct program *program)
{
	return share_owner_key(program, &owner_of_scratchpads);
}

int run_scratchpad_list(struct program *program)
{
	const uint32_t list = REMEMBERED_SCRATCHPADS;
	return list_remembered(program, &list, 1);
}

/* ---- Keys alone. */
int run_key_generate(struct program *program)
{
	uint8_t secret[AUTONOMI_SECRET_KEY_SIZE], public_key[AUTONOMI_PUBLIC_KEY_SIZE];
	char secret_text[HEX_MAX], public_text[HEX_MAX];
	autonomi_status status = autonomi_bls_secret_generate(NULL, secret);
	if (status == AUTONOMI_OK)
		status = autonomi_bls_public_key(secret, public_key);
	if (status != AUTONOMI_OK)
		return refused(program, status, "no key can be made");
	autonomi_hex_encode(secret, sizeof(secret), secret_text, sizeof(secret_text));
	autonomi_hex_encode(public_key, sizeof(public_key), public_text, sizeof(public_text));
	printf(program->json ? "{\"secret_key\":\"%s\",\"public_key\":\"%s\"}\n"
	                     : "Secret key: %s\nPublic key: %s\n",
	       secret_text, public_text);
	wipe(secret, sizeof(secret));
	wipe(secret_text, sizeof(secret_text));
	return EXIT_DONE;
}
