/* SPDX-License-Identifier: GPL-3.0-or-later */
/* autonomi node info, node peers, node buckets: questions to one node, over the wire. */
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

static void print_info(struct program *program, const autonomi_event *event, const void *context)
{
	(void)context;
	if (program->json)
		print_lines_json(autonomi_event_text(event));
	else
		puts(autonomi_event_text(event));
}

static void print_peers(struct program *program, const autonomi_event *event, const void *context)
{
	(void)context;
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

static int ask(struct program *program, question *function, printer *print)
{
	autonomi_op op = 0;
	const autonomi_status status = function(autonomi_node_network(program->node),
	                                        program->asked, 0, &op);
	if (status != AUTONOMI_OK)
		return refused(program, status, "the peer cannot be asked");
	return finish(program, status, op, "Asking the peer", print, NULL, NULL);
}

int run_node_info(struct program *program)
{
	return ask(program, autonomi_network_ask_info, print_info);
}

int run_node_peers(struct program *program)
{
	return ask(program, autonomi_network_ask_peers, print_peers);
}

/* ---- The buckets of a node: all peers of its table, by their distance from it. */

enum { BUCKETS = 256, KEY_SIZE = AUTONOMI_NAME_SIZE };

static void dht_key_of(const uint8_t *id, size_t size, uint8_t key[KEY_SIZE])
{
	if (autonomi_address_dht_key(AUTONOMI_ADDRESS_PEER_ID, id, size, key) != AUTONOMI_OK)
		memset(key, 0, KEY_SIZE);
}

/* The peer at `index` of the answer: its bucket, and where it is. -1 where it is none. */
static int32_t read_peer(const autonomi_message *answer, size_t index, const uint8_t own[KEY_SIZE],
                         char id_text[AUTONOMI_PEER_ID_TEXT_MAX], char address[256])
{
	uint8_t id[AUTONOMI_ADDRESS_MAX], key[KEY_SIZE], distance[KEY_SIZE];
	const uint8_t *multiaddr = NULL;
	size_t size = 0;
	uint32_t type = 0;
	int32_t bucket = -1;
	address[0] = '\0';
	if (autonomi_message_item(answer, index, &type, id, &size) != AUTONOMI_OK ||
	    type != AUTONOMI_ADDRESS_PEER_ID ||
	    autonomi_peer_id_to_text(id, size, id_text, AUTONOMI_PEER_ID_TEXT_MAX) != AUTONOMI_OK)
		return -1;
	dht_key_of(id, size, key);
	autonomi_dht_distance(own, key, distance, &bucket);
	if (autonomi_message_item_multiaddr(answer, index, 0, &multiaddr, &size) == AUTONOMI_OK)
		autonomi_multiaddr_to_text(multiaddr, size, address, 256);
	return bucket;
}

static void print_buckets(const struct program *program, const autonomi_message *answer,
                          const uint8_t own[KEY_SIZE])
{
	char id[AUTONOMI_PEER_ID_TEXT_MAX], address[256];
	const char *separator = "";
	if (program->json)
		printf("{\"peers\":[");
	for (int32_t bucket = BUCKETS - 1; bucket >= 0; bucket--) {
		for (size_t i = 0; i < autonomi_message_count(answer); i++) {
			if (read_peer(answer, i, own, id, address) != bucket)
				continue;
			if (program->json)
				printf("%s{\"bucket\":%d,\"id\":\"%s\",\"address\":\"%s\"}",
				       separator, (int)bucket, id, address);
			else
				printf("%3d %s\n", (int)bucket, address[0] != '\0' ? address : id);
			separator = ",";
		}
	}
	if (program->json)
		puts("]}");
}

/* All peers, whatever their distance. */
static autonomi_message *request_all(const uint8_t *id, size_t size)
{
	autonomi_message *request = NULL;
	uint8_t range[KEY_SIZE];
	memset(range, 0xff, sizeof(range));
	if (autonomi_request_new("Query.GetClosestPeers", &request) != AUTONOMI_OK)
		return NULL;
	if (autonomi_message_set_address(request, "key", AUTONOMI_ADDRESS_PEER_ID, id, size) ==
	            AUTONOMI_OK &&
	    autonomi_message_set_bytes(request, "range", range, sizeof(range)) == AUTONOMI_OK)
		return request;
	return autonomi_message_free(request);
}

static int print_answer(struct program *program, const autonomi_event *event, const uint8_t *id,
                        size_t id_size)
{
	uint8_t own[KEY_SIZE];
	autonomi_message *answer = NULL;
	size_t size = 0;
	const uint8_t *bytes = autonomi_event_data(event, &size);
	const autonomi_status status = autonomi_message_decode(AUTONOMI_MESSAGE_RESPONSE,
	                                                       AUTONOMI_RECORD_AS_BYTES, bytes,
	                                                       size, &answer);
	if (status != AUTONOMI_OK)
		return refused(program, status, "the answer cannot be read");
	dht_key_of(id, id_size, own);
	print_buckets(program, answer, own);
	autonomi_message_free(answer);
	return EXIT_DONE;
}

/* The peer has been found, and `id` is its own. */
static int ask_buckets(struct program *program, const char *id_text)
{
	uint8_t id[AUTONOMI_PEER_ID_MAX];
	size_t size = 0;
	autonomi_op op = 0;
	autonomi_status status = autonomi_peer_id_from_text(id_text, id, &size);
	autonomi_message *request = status == AUTONOMI_OK ? request_all(id, size) : NULL;
	if (request != NULL)
		status = autonomi_network_send_request(autonomi_node_network(program->node),
		                                       program->asked, request, 0, &op);
	autonomi_message_free(request);
	if (request == NULL || status != AUTONOMI_OK)
		return refused(program, request == NULL ? AUTONOMI_E_NO_MEMORY : status,
		               "the peer cannot be asked");
	int code = EXIT_DONE;
	autonomi_event *event = completion(program, op, "Asking the peer", &code);
	if (event != NULL)
		code = print_answer(program, event, id, size);
	autonomi_event_free(event);
	return code;
}

int run_node_buckets(struct program *program)
{
	autonomi_op op = 0;
	autonomi_event *event = NULL;
	autonomi_peer_view peer;
	const autonomi_status status = autonomi_network_connect(autonomi_node_network(
									program->node),
	                                                        program->asked, 0, &op);
	if (status != AUTONOMI_OK)
		return refused(program, status, "the peer cannot be asked");
	if (!follow(program, op, "Asking the peer", &event))
		return EXIT_GENERAL;
	const int code = autonomi_event_peer(event, 0, &peer, sizeof(peer)) == AUTONOMI_OK
	                         ? ask_buckets(program, peer.id)
	                         : failed(program, event);
	autonomi_event_free(event);
	return code;
}
