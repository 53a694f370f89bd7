/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One client that runs many file operations at once. From stdin it reads lines, "up PATH" or
 * "down ADDRESS PATH", begins all of them, and prints one line for each that ends: "PATH ADDRESS", or
 * "PATH -" of a download. Exit status 0 only if all ended well.
 *
 *     many_operations PEERS <LINES
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <autonomi/net.h>

enum { OPERATIONS_MAX = 64, LINE_MAX_BYTES = 4096, ADDRESS_DIGITS = 2 * AUTONOMI_ADDRESS_SIZE };

static char paths[OPERATIONS_MAX][LINE_MAX_BYTES];

static bool fail(const char *what, const char *why)
{
	fprintf(stderr, "many_operations: %s: %s\n", what, why);
	return false;
}

static bool read_address(const char *text, uint8_t address[AUTONOMI_ADDRESS_SIZE])
{
	for (size_t i = 0; i < AUTONOMI_ADDRESS_SIZE; i++) {
		unsigned byte = 0;
		if (sscanf(text + 2 * i, "%2x", &byte) != 1)
			return false;
		address[i] = (uint8_t)byte;
	}
	return true;
}

static bool begin(autonomi_node *node, char *line, uint64_t tag)
{
	autonomi_op op = 0;
	autonomi_status status = AUTONOMI_E_INVALID;
	uint8_t address[AUTONOMI_ADDRESS_SIZE];
	line[strcspn(line, "\n")] = '\0';
	const char *path = strrchr(line, ' ') + 1;
	snprintf(paths[tag], sizeof(paths[tag]), "%s", path);
	if (strncmp(line, "up ", 3) == 0)
		status = autonomi_file_upload(node, path, AUTONOMI_UPLOAD_PUBLIC, tag, &op);
	else if (strlen(line) > 5 + ADDRESS_DIGITS && read_address(line + 5, address))
		status = autonomi_file_download(node, address, sizeof(address), path, 0, tag, &op);
	return status == AUTONOMI_OK || fail(line, autonomi_status_message(status));
}

static bool end(const autonomi_event *event)
{
	const char *path = paths[autonomi_event_tag(event)];
	if (autonomi_event_status(event) < 0)
		return fail(path, autonomi_event_message(event));
	const char *text = autonomi_event_text(event);
	printf("%s %s\n", path, text[0] != '\0' ? text : "-");
	return true;
}

static bool run(autonomi_node *node)
{
	char line[LINE_MAX_BYTES];
	size_t running = 0;
	bool done = true;
	while (running < OPERATIONS_MAX && fgets(line, sizeof(line), stdin) != NULL) {
		if (strchr(line, ' ') == NULL || !begin(node, line, running++))
			return false;
	}
	while (running > 0 && autonomi_node_wait(node, -1) >= 0) {
		autonomi_event *event = NULL;
		while (autonomi_node_next_event(node, &event) == 1) {
			if (autonomi_event_type(event) == AUTONOMI_EVENT_COMPLETED) {
				done = end(event) && done;
				running--;
			}
			autonomi_event_free(event);
		}
	}
	return done && running == 0;
}

int main(int argc, char **argv)
{
	char error[512] = "no peers given";
	autonomi_node *node = NULL;
	autonomi_config *config = autonomi_config_new();
	bool done = argc == 2 && config != NULL;
	done = done && autonomi_config_set(config, "node.role", "client") == AUTONOMI_OK &&
	       autonomi_config_set(config, "network.local", "on") == AUTONOMI_OK &&
	       autonomi_config_set(config, "network.peers", argv[1]) == AUTONOMI_OK &&
	       autonomi_node_open(config, &node, error, sizeof(error)) == AUTONOMI_OK;
	if (!done)
		fail("cannot begin", error);
	done = done && run(node);
	autonomi_node_free(node);
	autonomi_config_free(config);
	return done ? 0 : 1;
}
