/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/fleet.h"

#include <stdarg.h>
#include <stdio.h>

#include "api/handle.h"
#include "ident/peer_id.h"
#include "sim/memory.h"

enum {
	INTRODUCERS = 3,
	JOIN_SECONDS = 300,
	ENOUGH_PEERS = 8,
	TRIES_AT_RANDOM = 100,
	CLEANING_ONE_IN = 3,
};

void an_sim_fleet_init(struct an_sim_fleet *fleet, uint64_t seed, const char *log_level)
{
	*fleet = (struct an_sim_fleet){
		.world = an_sim_world_new(seed),
		.log_level = log_level,
	};
}

double an_sim_fleet_seconds(const struct an_sim_fleet *fleet)
{
	static const uint64_t start_us = 1798761600000000;
	return (double)(an_sim_world_unix_time_us(fleet->world) - start_us) / 1e6;
}

__attribute__((format(printf, 3, 0))) static void say(struct an_sim_fleet *fleet,
                                                      const char *prefix, const char *format,
                                                      va_list args)
{
	char text[512];
	vsnprintf(text, sizeof(text), format, args);
	printf("%10.3f  %s%s\n", an_sim_fleet_seconds(fleet), prefix, text);
}

void an_sim_say(struct an_sim_fleet *fleet, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	say(fleet, "", format, args);
	va_end(args);
}

bool an_sim_expect(struct an_sim_fleet *fleet, bool holds, const char *format, ...)
{
	if (holds)
		return true;
	va_list args;
	va_start(args, format);
	if (!fleet->failed)
		say(fleet, "BROKEN: ", format, args);
	va_end(args);
	fleet->failed = true;
	return false;
}

static void free_operation(struct an_sim_operation *operation)
{
	autonomi_event_free(operation->event);
	free(operation);
}

static void free_node(void *context)
{
	struct an_sim_node *node = context;
	node->node = autonomi_node_free(node->node);
}

void an_sim_fleet_done(struct an_sim_fleet *fleet)
{
	for (size_t i = 0; i < fleet->count; i++) {
		if (fleet->nodes[i]->node != NULL)
			an_sim_host_crash(fleet->nodes[i]->host, AN_SIM_CUT_PROCESS, free_node,
			                  fleet->nodes[i]);
		free(fleet->nodes[i]);
	}
	if (fleet->free_liars != NULL)
		fleet->free_liars(fleet);
	for (struct an_sim_operation *next, *i = fleet->operations; i != NULL; i = next) {
		next = i->next;
		free_operation(i);
	}
	for (size_t i = 0; i < fleet->record_count; i++) {
		free(fleet->records[i].holders);
		free(fleet->records[i].hashes);
	}
	free(fleet->records);
	an_sim_world_free(fleet->world);
}

struct an_sim_node *an_sim_node_add(struct an_sim_fleet *fleet, bool is_client)
{
	if (fleet->count == AN_SIM_NODES_MAX)
		abort();
	struct an_sim_node *node = an_sim_alloc(sizeof(*node));
	node->fleet = fleet;
	node->host = an_sim_host_new(fleet->world);
	struct an_sim_disk_options options = an_sim_disk_ssd;
	options.ignores_sync = fleet->disks_lie;
	an_sim_disk_set_options(an_sim_host_disk(node->host), &options);
	node->index = fleet->count;
	node->is_client = is_client;
	node->cleans_often = fleet->cleaning && an_random_below(an_sim_world_random(fleet->world),
	                                                        CLEANING_ONE_IN) == 0;
	fleet->nodes[fleet->count++] = node;
	return node;
}

static void log_line(void *context, int32_t level, const char *module, const char *text)
{
	const struct an_sim_node *node = context;
	(void)level;
	printf("%10.3f  %zu %s: %s\n", an_sim_fleet_seconds(node->fleet), node->index, module,
	       text);
}

static bool is_up(const struct an_sim_node *node)
{
	return node->state == AN_SIM_NODE_UP;
}

static size_t add_introducer(char *text, size_t capacity, size_t used,
                             const struct an_sim_node *node)
{
	return used + (size_t)snprintf(text + used, capacity - used, "%s%s", used > 0 ? "," : "",
	                               node->address);
}

/* Any nodes that are up, but not always the first ones: they would carry the whole network. */
static void introducers(struct an_sim_node *node, char *text, size_t capacity)
{
	struct an_sim_fleet *fleet = node->fleet;
	struct an_random *random = an_sim_world_random(fleet->world);
	const size_t start = (size_t)an_random_below(random, fleet->count);
	size_t used = 0;
	size_t found = 0;
	text[0] = '\0';
	for (size_t i = 0; i < fleet->count && found < INTRODUCERS; i++) {
		const struct an_sim_node *other = fleet->nodes[(start + i) % fleet->count];
		if (other == node || !is_up(other) || other->is_client)
			continue;
		used = add_introducer(text, capacity, used, other);
		found++;
	}
}

static void set(struct an_sim_node *node, autonomi_config *config, const char *name,
                const char *value)
{
	an_sim_expect(node->fleet, autonomi_config_set(config, name, value) == AUTONOMI_OK,
	              "option %s=%s: %s", name, value, autonomi_config_error(config));
}

static void set_further(struct an_sim_node *node, autonomi_config *config)
{
	for (size_t i = 0; i < node->fleet->option_count; i++) {
		char name[64] = {0};
		const char *option = node->fleet->options[i];
		const size_t size = strcspn(option, "=");
		memcpy(name, option, size < sizeof(name) ? size : sizeof(name) - 1);
		set(node, config, name, option + size + 1);
	}
}

static void set_limit(struct an_sim_node *node, autonomi_config *config, const char *name,
                      uint64_t limit)
{
	char value[24];
	snprintf(value, sizeof(value), "%llu", (unsigned long long)limit);
	set(node, config, name, value);
}

static autonomi_config *config_of(struct an_sim_node *node)
{
	char peers[INTRODUCERS * sizeof(node->address)];
	introducers(node, peers, sizeof(peers));
	autonomi_config *config = autonomi_config_new();
	set(node, config, "network.local", "on");
	set(node, config, "compute.threads", "0");
	set(node, config, "network.ip", node->fleet->ip4 ? "0.0.0.0" : "::");
	set(node, config, "node.root_dir", "/node");
	set(node, config, "network.port", node->is_client ? "0" : "9000");
	set(node, config, "node.role", node->is_client ? "client" : "node");
	if (peers[0] != '\0')
		set(node, config, "network.peers", peers);
	else
		set(node, config, "network.first", "on");
	set_limit(node, config, "storage.records_max", node->records_max);
	set_limit(node, config, "storage.bytes_max", node->bytes_max);
	set_further(node, config);
	autonomi_config_set_log(config, log_line, node);
	set(node, config, "log.level", node->fleet->log_level);
	return config;
}

static void take_completion(struct an_sim_node *node, autonomi_event *event)
{
	struct an_sim_operation *operation = node->fleet->operations;
	while (operation != NULL && operation->tag != autonomi_event_tag(event))
		operation = operation->next;
	if (!an_sim_expect(node->fleet, operation != NULL, "node %zu completed what nobody asked",
	                   node->index))
		return;
	operation->completions++;
	an_sim_expect(node->fleet, operation->completions == 1 && operation->node == node,
	              "an operation of node %zu completed %zu times", node->index,
	              operation->completions);
	if (operation->event == NULL)
		operation->event = event;
}

/* Returns whether the event was kept. */
static bool take_event(struct an_sim_node *node, autonomi_event *event)
{
	const uint32_t type = autonomi_event_type(event);
	if (type == AUTONOMI_EVENT_JOINED)
		node->joined = true;
	if (type == AUTONOMI_EVENT_CLOSED)
		node->closed = true;
	if (type == AUTONOMI_EVENT_COMPLETED)
		take_completion(node, event);
	return type == AUTONOMI_EVENT_COMPLETED;
}

/* What an embedding program does: pump, then take events until there are none. */
static void turn(void *context)
{
	struct an_sim_node *node = context;
	autonomi_node_pump(node->node);
	for (autonomi_event *event; autonomi_node_next_event(node->node, &event) == 1;)
		if (!take_event(node, event))
			autonomi_event_free(event);
}

static void set_address(struct an_sim_node *node)
{
	struct an_endpoint at = node->fleet->ip4 ? an_sim_host_address4(node->host)
	                                         : an_sim_host_address6(node->host);
	const uint8_t *end = at.address + 12;
	if (node->fleet->ip4)
		snprintf(node->address, sizeof(node->address),
		         "/ip4/%d.%d.%d.%d/udp/%d/quic-v1/p2p/%s", end[0], end[1], end[2], end[3],
		         AN_SIM_PORT, node->id);
	else
		snprintf(node->address, sizeof(node->address),
		         "/ip6/fd00:0:0:%x::%x/udp/%d/quic-v1/p2p/%s", end[2] << 8 | end[3],
		         end[2] << 8 | end[3], AN_SIM_PORT, node->id);
	at.port = AN_SIM_PORT;
	node->contact = (struct an_contact){.endpoint_count = 1, .endpoints = {at}};
	if (an_peer_id_from_text(&node->contact.id, an_span_text(node->id)) == AUTONOMI_OK)
		node->dht_key = an_peer_id_dht_key(&node->contact.id);
}

bool an_sim_node_start(struct an_sim_node *node)
{
	char error[256] = "";
	autonomi_config *config = config_of(node);
	const autonomi_status status = an_api_node_open(config, an_sim_host_sys(node->host),
	                                                &node->node, error, sizeof(error));
	autonomi_config_free(config);
	if (!an_sim_expect(node->fleet, status == AUTONOMI_OK, "node %zu does not open: %s",
	                   node->index, error))
		return false;
	const char *id = autonomi_node_id(node->node);
	an_sim_expect(node->fleet,
	              node->is_client || node->id[0] == '\0' || strcmp(node->id, id) == 0,
	              "node %zu came back as somebody else", node->index);
	snprintf(node->id, sizeof(node->id), "%s", id);
	set_address(node);
	node->state = AN_SIM_NODE_UP;
	node->up_since = an_sim_world_now(node->fleet->world);
	node->joined = node->closed = false;
	node->incarnation++;
	an_sim_node_watch_store(node);
	an_sim_host_start(node->host, turn, node);
	return true;
}

static uint64_t counter_of(const struct an_sim_node *node, const char *name)
{
	uint64_t value = 0;
	autonomi_node_counter(node->node, name, &value);
	return value;
}

static an_time_us time_up(const struct an_sim_node *node)
{
	const bool counts = is_up(node) && !node->is_client;
	return counts ? an_sim_world_now(node->fleet->world) - node->up_since : 0;
}

double an_sim_fleet_node_hours(const struct an_sim_fleet *fleet)
{
	an_time_us time = fleet->node_time;
	for (size_t i = 0; i < fleet->count; i++)
		time += time_up(fleet->nodes[i]);
	return (double)time / (double)AN_HOURS(1);
}

static void goes_down(struct an_sim_node *node)
{
	node->fleet->node_time += time_up(node);
	node->fleet->repaired += counter_of(node, "replication_fetched");
	node->state = AN_SIM_NODE_DOWN;
}

void an_sim_node_forget(struct an_sim_node *node)
{
	node->state = AN_SIM_NODE_GONE;
	an_sim_disk_wipe(an_sim_host_disk(node->host));
}

void an_sim_node_cut(struct an_sim_node *node, enum an_sim_cut cut)
{
	if (!is_up(node))
		return;
	an_sim_node_note_records(node);
	an_sim_node_note_dropping(node);
	goes_down(node);
	an_sim_host_crash(node->host, cut, free_node, node);
}

static bool is_closed(void *context)
{
	return ((struct an_sim_node *)context)->closed;
}

bool an_sim_node_close(struct an_sim_node *node, an_time_us grace)
{
	struct an_sim_world *world = node->fleet->world;
	autonomi_node_close(node->node, grace / 1000);
	const an_time_us patience = an_time_after(grace, AN_SECONDS(60));
	const bool done = an_sim_world_run_while(world, is_closed, node,
	                                         an_sim_world_now(world) + patience);
	an_sim_expect(node->fleet, done, "node %zu does not close", node->index);
	an_sim_host_stop(node->host);
	/* What it acknowledged while it closed, too. */
	an_sim_node_note_records(node);
	goes_down(node);
	node->node = autonomi_node_free(node->node);
	return done;
}

bool an_sim_pass(struct an_sim_fleet *fleet, an_time_us duration)
{
	struct an_sim_world *world = fleet->world;
	an_sim_world_run_until(world, an_sim_world_now(world) + duration);
	return an_sim_expect(fleet, an_sim_world_failure(world) == NULL, "the world stopped: %s",
	                     an_sim_world_failure(world));
}

size_t an_sim_fleet_up(const struct an_sim_fleet *fleet)
{
	size_t up = 0;
	for (size_t i = 0; i < fleet->count; i++)
		up += is_up(fleet->nodes[i]) && !fleet->nodes[i]->is_client;
	return up;
}

uint64_t an_sim_fleet_counter(const struct an_sim_fleet *fleet, const char *name)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < fleet->count; i++)
		if (is_up(fleet->nodes[i]))
			sum += counter_of(fleet->nodes[i], name);
	return sum;
}

/* A node that is up and has not joined, or knows fewer peers than a small network has; or NULL. */
static const struct an_sim_node *find_outsider(const struct an_sim_fleet *fleet)
{
	const size_t others = an_sim_fleet_up(fleet) - 1;
	const size_t enough = others < ENOUGH_PEERS ? others : ENOUGH_PEERS;
	for (size_t i = 0; i < fleet->count; i++) {
		const struct an_sim_node *node = fleet->nodes[i];
		if (is_up(node) && !node->is_client &&
		    (!node->joined || counter_of(node, "table_peers") < enough))
			return node;
	}
	return NULL;
}

bool an_sim_fleet_wait_joined(struct an_sim_fleet *fleet, an_time_us timeout)
{
	struct an_sim_world *world = fleet->world;
	const an_time_us until = an_sim_world_now(world) + timeout;
	/* Asking every node after each event would cost more than the events. */
	for (const struct an_sim_node *node; (node = find_outsider(fleet)) != NULL;) {
		if (an_sim_world_now(world) >= until)
			return an_sim_expect(fleet, false,
			                     "node %zu has %sjoined and knows %llu peers",
			                     node->index, node->joined ? "" : "not ",
			                     (unsigned long long)counter_of(node, "table_peers"));
		if (!an_sim_pass(fleet, AN_MS(250)))
			return false;
	}
	return true;
}

bool an_sim_fleet_grow(struct an_sim_fleet *fleet, size_t count, an_time_us apart)
{
	for (size_t i = 0; i < count; i++) {
		if (!an_sim_node_start(an_sim_node_add(fleet, false)) || !an_sim_pass(fleet, apart))
			return false;
	}
	return an_sim_fleet_wait_joined(fleet, AN_SECONDS(JOIN_SECONDS));
}

static bool has_joined(void *context)
{
	return ((struct an_sim_node *)context)->joined;
}

struct an_sim_node *an_sim_fleet_client(struct an_sim_fleet *fleet)
{
	struct an_sim_world *world = fleet->world;
	struct an_sim_node *client = an_sim_node_add(fleet, true);
	if (!an_sim_node_start(client))
		return NULL;
	const bool joined = an_sim_world_run_while(world, has_joined, client,
	                                           an_sim_world_now(world) +
	                                                   AN_SECONDS(JOIN_SECONDS));
	return an_sim_expect(fleet, joined, "a client does not join") ? client : NULL;
}

struct an_sim_node *an_sim_fleet_random_node(struct an_sim_fleet *fleet)
{
	struct an_random *random = an_sim_world_random(fleet->world);
	/* Most are up, or have left long ago: trying is faster than counting. */
	for (int i = 0; i < TRIES_AT_RANDOM && fleet->count > 0; i++) {
		struct an_sim_node *node = fleet->nodes[an_random_below(random, fleet->count)];
		if (is_up(node) && !node->is_client)
			return node;
	}
	const size_t up = an_sim_fleet_up(fleet);
	if (up == 0)
		return NULL;
	size_t chosen = (size_t)an_random_below(an_sim_world_random(fleet->world), up);
	for (size_t i = 0; i < fleet->count; i++) {
		struct an_sim_node *node = fleet->nodes[i];
		if (!is_up(node) || node->is_client)
			continue;
		if (chosen-- == 0)
			return node;
	}
	return NULL;
}

struct an_sim_operation *an_sim_operation_new(struct an_sim_node *node)
{
	struct an_sim_operation *operation = an_sim_alloc(sizeof(*operation));
	operation->node = node;
	operation->incarnation = node->incarnation;
	operation->tag = ++node->fleet->last_tag;
	operation->next = node->fleet->operations;
	node->fleet->operations = operation;
	return operation;
}

void an_sim_operation_refused(struct an_sim_operation *operation)
{
	struct an_sim_operation **place = &operation->node->fleet->operations;
	while (*place != operation)
		place = &(*place)->next;
	*place = operation->next;
	free_operation(operation);
}

static bool has_ended(const struct an_sim_operation *operation)
{
	const struct an_sim_node *node = operation->node;
	return operation->completions > 0 || !is_up(node) ||
	       node->incarnation != operation->incarnation;
}

static bool operation_has_ended(void *context)
{
	return has_ended(context);
}

bool an_sim_operation_wait(struct an_sim_operation *operation, an_time_us timeout)
{
	struct an_sim_fleet *fleet = operation->node->fleet;
	struct an_sim_world *world = fleet->world;
	an_sim_world_run_while(world, operation_has_ended, operation,
	                       an_sim_world_now(world) + timeout);
	return an_sim_expect(fleet, operation->completions > 0,
	                     "an operation of node %zu did not complete", operation->node->index);
}

const autonomi_event *an_sim_operation_end(struct an_sim_operation *operation,
                                           autonomi_status submitted, const char *what,
                                           an_time_us timeout)
{
	struct an_sim_fleet *fleet = operation->node->fleet;
	if (!an_sim_expect(fleet, submitted == AUTONOMI_OK, "%s was refused: %s", what,
	                   autonomi_status_name(submitted)) ||
	    !an_sim_operation_wait(operation, timeout))
		return NULL;
	return operation->event;
}

static bool all_have_ended(void *context)
{
	const struct an_sim_fleet *fleet = context;
	for (const struct an_sim_operation *i = fleet->operations; i != NULL; i = i->next)
		if (!has_ended(i))
			return false;
	return true;
}

bool an_sim_fleet_settle(struct an_sim_fleet *fleet, an_time_us timeout)
{
	struct an_sim_world *world = fleet->world;
	const bool done = an_sim_world_run_while(world, all_have_ended, fleet,
	                                         an_sim_world_now(world) + timeout);
	an_sim_expect(fleet, an_sim_world_failure(world) == NULL, "the world stopped: %s",
	              an_sim_world_failure(world));
	an_sim_expect(fleet, done, "operations did not complete");
	while (fleet->operations != NULL)
		an_sim_operation_refused(fleet->operations);
	return done;
}
