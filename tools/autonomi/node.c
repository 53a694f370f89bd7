/* SPDX-License-Identifier: GPL-3.0-or-later */
/* autonomi node info, autonomi node peers: questions to one node, over the wire. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "autonomi/command.h"
#include "common/json.h"

typedef autonomi_status question(autonomi_network *network, const char *address, uint64_t tag,
                                 autonomi_op *ret_op);

/* "name: value" lines become the members of an object; blanks in names become underscores. */
static void print_lines_json(const char *text)
{
	const char *separator = "{";
	while (*text != '\0') {
		char line[512];
		const size_t size = strcspn(text, "\n");
		snprintf(line, sizeof(line), "%.*s", (int)size, text);
		text += size + (text[size] == '\n');
		char *value = strstr(line, ": ");
		if (value == NULL)
			continue;
		*value = '\0';
		for (char *blank = line; (blank = strchr(blank, ' ')) != NULL;)
			*blank = '_';
		fputs(separator, stdout);
		json_text(stdout, line);
		fputc(':', stdout);
		json_text(stdout, value + 2);
		separator = ",";
	}
	puts("}");
}

static void print_info(struct program *program, const autonomi_event *event)
{
	if (program->json)
		print_lines_json(autonomi_event_text(event));
	else
		puts(autonomi_event_text(event));
}

static void print_peers(struct program *program, const autonomi_event *event)
{
	autonomi_peer_view peer;
	if (program->json)
		printf("{\"peers\":[");
	for (size_t i = 0; autonomi_event_peer(event, i, &peer, sizeof(peer)) == AUTONOMI_OK; i++) {
		if (program->json) {
			printf("%s{\"id\":\"%s\",\"address\":\"%s\"}", i > 0 ? "," : "", peer.id,
			       peer.address);
		} else {
			puts(peer.address[0] != '\0' ? peer.address : peer.id);
		}
	}
	if (program->json)
		printf("]}\n");
}

static int ask(struct program *program, question *function,
               void (*print)(struct program *program, const autonomi_event *event))
{
	autonomi_op op = 0;
	const autonomi_status status = function(autonomi_node_network(program->node), program->peer,
	                                        0, &op);
	if (status != AUTONOMI_OK)
		return refused(program, status, "the peer cannot be asked");
	autonomi_event *event = NULL;
	if (!follow(program, op, "Asking the peer", &event))
		return EXIT_GENERAL;
	int code = EXIT_DONE;
	if (autonomi_event_status(event) < 0)
		code = failed(program, event);
	else
		print(program, event);
	autonomi_event_free(event);
	return code;
}

int run_node_info(struct program *program)
{
	return ask(program, autonomi_network_ask_info, print_info);
}

int run_node_peers(struct program *program)
{
	return ask(program, autonomi_network_ask_peers, print_peers);
}
