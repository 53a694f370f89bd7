/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two whole nodes in a virtual world, the second one a client where the input says so, that say
 * something else than they mean: a byte of the input decides for each message whether it leaves as it
 * is, changed in the middle, cut, or replaced, kind byte included (the linker wraps the function that
 * sends). So every answer and request that a node can get is one that a peer could send. The rest of
 * the input is a list of operations that the host asks for, bad arguments included. Each operation
 * completes exactly once, and both nodes close. Before them a node may be opened whose peers or key
 * make no sense.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <autonomi/chunk.h>
#include <autonomi/dht.h>
#include <autonomi/file.h>
#include <autonomi/network.h>

#include "api/handle.h"
#include "quic/quic.h"
#include "script.h"
#include "sim/world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NODES = 2, OPERATIONS_MAX = 24, PORT = 9000, LIES_MAX = 200, ADDRESS_SIZE = 256 };

struct peer {
	struct an_sim_host *host;
	autonomi_node *node;
	unsigned completions[OPERATIONS_MAX];
	bool submitted[OPERATIONS_MAX];
	bool closed;
	char address[ADDRESS_SIZE];
};

static struct {
	struct script script;
	struct an_sim_world *world;
	struct peer peers[NODES];
	size_t operations;
	unsigned lies;
} scene;

an_status __real_an_quic_stream_send(struct an_quic_stream *stream, struct an_blob *const *parts,
                                     size_t count);
an_status __wrap_an_quic_stream_send(struct an_quic_stream *stream, struct an_blob *const *parts,
                                     size_t count);

/* ---- Lies ---- */

static struct an_blob *joined(struct an_blob *const *parts, size_t count)
{
	size_t size = 0, at = 0;
	for (size_t i = 0; i < count; i++)
		size += parts[i]->size;
	struct an_blob *whole = an_blob_new(size);
	if (whole == NULL)
		abort();
	for (size_t i = 0; i < count; at += parts[i++]->size) {
		if (parts[i]->size > 0)
			memcpy(whole->data + at, parts[i]->data, parts[i]->size);
	}
	return whole;
}

static void change(struct an_blob *message)
{
	const size_t at = script_byte(&scene.script);
	const struct an_span bytes = script_bytes(&scene.script, 64);
	for (size_t i = 0; i < bytes.size && at + i < message->size; i++)
		message->data[at + i] = bytes.data[i];
}

static struct an_blob *lie(uint8_t how, struct an_blob *const *parts, size_t count)
{
	struct an_blob *message;
	switch (how % 4) {
	case 1:
		message = joined(parts, count);
		change(message);
		return message;
	case 2:
		message = joined(parts, count);
		if (message->size > how / 4)
			message->size = how / 4;
		return message;
	default:
		message = an_blob_copy(script_bytes(&scene.script, UINT8_MAX));
		if (message == NULL)
			abort();
		return message;
	}
}

an_status __wrap_an_quic_stream_send(struct an_quic_stream *stream, struct an_blob *const *parts,
                                     size_t count)
{
	const uint8_t how = script_byte(&scene.script);
	if (how % 4 == 0 || scene.lies == LIES_MAX)
		return __real_an_quic_stream_send(stream, parts, count);
	scene.lies++;
	struct an_blob *message = lie(how, parts, count);
	const an_status status = __real_an_quic_stream_send(stream, &message, 1);
	an_blob_unref(message);
	return status;
}

/* ---- Nodes ---- */

static void completed(struct peer *peer, const autonomi_event *event)
{
	const uint64_t tag = autonomi_event_tag(event);
	if (tag >= OPERATIONS_MAX || !peer->submitted[tag] || peer->completions[tag]++ > 0)
		abort();
}

static void turn(void *context)
{
	struct peer *peer = context;
	autonomi_node_pump(peer->node);
	for (autonomi_event *event; autonomi_node_next_event(peer->node, &event) == 1;) {
		if (autonomi_event_type(event) == AUTONOMI_EVENT_COMPLETED)
			completed(peer, event);
		peer->closed = peer->closed || autonomi_event_type(event) == AUTONOMI_EVENT_CLOSED;
		autonomi_event_free(event);
	}
}

static void set(autonomi_config *config, const char *name, const char *value)
{
	if (autonomi_config_set(config, name, value) != AUTONOMI_OK)
		abort();
}

static autonomi_config *config_of(size_t index, bool is_client, const char *peers)
{
	autonomi_config *config = autonomi_config_new();
	if (config == NULL)
		abort();
	set(config, "network.local", "on");
	set(config, "network.payments", "off");
	set(config, "compute.threads", "0");
	set(config, "node.root_dir", "/node");
	set(config, "network.port", "9000");
	set(config, "network.request_timeout_ms", "3000");
	set(config, "network.lookup_timeout_ms", "5000");
	set(config, "node.role", is_client ? "client" : "node");
	if (index == 0)
		set(config, "network.first", "on");
	else
		set(config, "network.peers", peers);
	return config;
}

static bool open_node(struct peer *peer, autonomi_config *config)
{
	char error[256] = "";
	const autonomi_status status = an_api_node_open(config, an_sim_host_sys(peer->host),
	                                                &peer->node, error, sizeof(error));
	if ((status == AUTONOMI_OK) != (error[0] == '\0') || strlen(error) >= sizeof(error))
		abort();
	autonomi_config_free(config);
	return status == AUTONOMI_OK;
}

static void write_file(struct peer *peer, const char *path)
{
	struct an_file *file;
	const struct an_sys *sys = an_sim_host_sys(peer->host);
	(void)sys->path_make_directory(sys->context, "/node");
	if (sys->file_open(sys->context, path, AN_FILE_WRITE, &file) != AUTONOMI_OK)
		abort();
	(void)sys->file_write(sys->context, file, 0, script_bytes(&scene.script, UINT8_MAX));
	sys->file_close(sys->context, file);
}

/* A node whose list of peers or key file is nonsense: it says so, or it opens. */
static void try_nonsense(uint8_t mode)
{
	char peers[UINT8_MAX + 1] = "";
	struct peer peer = {.host = an_sim_host_new(scene.world)};
	if ((mode & 2) != 0) {
		const struct an_span text = script_bytes(&scene.script, UINT8_MAX);
		if (text.size > 0)
			memcpy(peers, text.data, text.size);
	}
	if ((mode & 4) != 0)
		write_file(&peer, "/node/secret-key");
	if (open_node(&peer, config_of(1, (mode & 1) != 0, peers)))
		autonomi_node_free(peer.node);
}

static void begin_node(size_t index, bool is_client)
{
	struct peer *peer = &scene.peers[index];
	peer->host = an_sim_host_new(scene.world);
	if (!open_node(peer, config_of(index, is_client, scene.peers[0].address)))
		abort();
	const struct an_endpoint at = an_sim_host_address4(peer->host);
	snprintf(peer->address, sizeof(peer->address), "/ip4/%d.%d.%d.%d/udp/%d/quic-v1/p2p/%s",
	         at.address[12], at.address[13], at.address[14], at.address[15], PORT,
	         autonomi_node_id(peer->node));
	an_sim_host_start(peer->host, turn, peer);
}

static void pass(an_time_us duration)
{
	an_sim_world_run_until(scene.world, an_sim_world_now(scene.world) + duration);
	if (an_sim_world_failure(scene.world) != NULL)
		abort();
}

/* ---- Operations ---- */

static const char *address_text(char text[ADDRESS_SIZE], size_t other)
{
	const struct an_span bytes = script_bytes(&scene.script, ADDRESS_SIZE - 1);
	if (bytes.size < 2)
		return scene.peers[other].address;
	memcpy(text, bytes.data, bytes.size);
	text[bytes.size] = '\0';
	return text;
}

static void name_of_input(uint8_t name[AUTONOMI_ADDRESS_SIZE])
{
	memset(name, 0, AUTONOMI_ADDRESS_SIZE);
	const struct an_span bytes = script_bytes(&scene.script, AUTONOMI_ADDRESS_SIZE);
	if (bytes.size > 0)
		memcpy(name, bytes.data, bytes.size);
}

static autonomi_status submit(autonomi_node *node, uint8_t what, size_t other, uint64_t tag)
{
	autonomi_op op;
	uint8_t name[AUTONOMI_ADDRESS_SIZE];
	char text[ADDRESS_SIZE];
	struct an_span bytes;
	switch (what % 9) {
	case 0:
		bytes = script_bytes(&scene.script, UINT8_MAX);
		return autonomi_chunk_put(node, bytes.data, bytes.size, tag, &op);
	case 1:
		name_of_input(name);
		return autonomi_chunk_get(node, name, tag, &op);
	case 2:
		name_of_input(name);
		return autonomi_dht_find_closest(autonomi_node_dht(node), name, sizeof(name), 5,
		                                 tag, &op);
	case 3:
		bytes = script_bytes(&scene.script, UINT8_MAX);
		return autonomi_file_download(node, bytes.data, bytes.size, "/node/file",
		                              AUTONOMI_DOWNLOAD_REPLACE, tag, &op);
	case 4:
		return autonomi_network_connect(autonomi_node_network(node),
		                                address_text(text, other), tag, &op);
	case 5:
		return autonomi_network_ask_info(autonomi_node_network(node),
		                                 address_text(text, other), tag, &op);
	case 6:
		return autonomi_network_ask_peers(autonomi_node_network(node),
		                                  address_text(text, other), tag, &op);
	case 7:
		return autonomi_file_upload(node, "/node/secret-key", AUTONOMI_UPLOAD_PUBLIC, tag,
		                            &op);
	default:
		return autonomi_dht_table(autonomi_node_dht(node), tag, &op);
	}
}

static void act(void)
{
	const uint8_t action = script_byte(&scene.script);
	const size_t index = action >> 7;
	struct peer *peer = &scene.peers[index];
	const uint64_t tag = scene.operations;
	if ((action & 0x7f) < 9 * 8 && scene.operations < OPERATIONS_MAX) {
		scene.operations++;
		peer->submitted[tag] = true;
		if (submit(peer->node, action & 0x7f, 1 - index, tag) != AUTONOMI_OK)
			peer->submitted[tag] = false;
	} else {
		pass(AN_MS(64) * script_byte(&scene.script));
	}
}

static bool both_closed(void *context)
{
	(void)context;
	return scene.peers[0].closed && scene.peers[1].closed;
}

static void end_all(void)
{
	pass(AN_SECONDS(20));
	for (size_t i = 0; i < NODES; i++)
		autonomi_node_close(scene.peers[i].node, 1000);
	if (!an_sim_world_run_while(scene.world, both_closed, NULL,
	                            an_sim_world_now(scene.world) + AN_SECONDS(60)))
		abort();
	for (size_t i = 0; i < NODES; i++) {
		struct peer *peer = &scene.peers[i];
		for (size_t k = 0; k < OPERATIONS_MAX; k++) {
			if (peer->completions[k] != (peer->submitted[k] ? 1 : 0))
				abort();
		}
		an_sim_host_stop(peer->host);
		autonomi_node_free(peer->node);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	memset(&scene, 0, sizeof(scene));
	scene.script.rest = an_span(data, size);
	const uint8_t mode = script_byte(&scene.script);
	scene.world = an_sim_world_new(1);
	if ((mode & 6) != 0)
		try_nonsense(mode);
	begin_node(0, false);
	begin_node(1, (mode & 1) != 0);
	pass(AN_MS(500));
	while (scene.script.rest.size > 0)
		act();
	end_all();
	an_sim_world_free(scene.world);
	return 0;
}
