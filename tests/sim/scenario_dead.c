/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nodes die without a word, those nearest to a record first, and nobody has noticed: what that costs
 * clients in virtual time. One client has just spoken with the dead, one knows them and has no
 * connection any more, and one comes afterwards. Each does one thing after the other, and the first ones
 * meet the dead. All nodes are back before the next client's turn.
 */
#include <autonomi/record.h>
#include <stdlib.h>

#include "sim/faults.h"
#include "sim/scenario.h"

enum {
	RECORDS = 40,
	RECORD_SIZE = 3000,
	OPERATIONS = 6, /* of each sort and client */
	IDLE_SECONDS = 60,
	SETTLE_MINUTES = 10,
	OPERATION_MINUTES = 10,
	WANTED = 5, /* closest peers */
	PART = 3,   /* of the nodes at most one is dead, and in the end two are */
	MEASURED_MAX = 256,
};

enum client_sort { CLIENT_CONNECTED, CLIENT_IDLE, CLIENT_NEW, CLIENT_SORTS };
enum operation_sort { GET, EXISTS, PUT, CLOSEST, GET_NOTHING, OPERATION_SORTS };

/* What a sort of operation may take at most, in virtual time; where two of three nodes are dead, so few
 * may answer that those who are silent are awaited for two seconds. What does not exist is looked for
 * as long as dials may take. */
struct bound {
	const char *name;
	an_time_us most, where_few_live;
};

static const struct bound bounds[] = {
	[GET] = {"get", AN_SECONDS(2), AN_SECONDS(5)},
	[EXISTS] = {"exists", AN_SECONDS(2), AN_SECONDS(5)},
	[PUT] = {"put", AN_SECONDS(2), AN_SECONDS(5)},
	[CLOSEST] = {"closest peers", AN_SECONDS(3), AN_SECONDS(5)},
	[GET_NOTHING] = {"get of nothing", AN_SECONDS(40), AN_SECONDS(40)},
};

struct measured {
	size_t count;
	an_time_us took[MEASURED_MAX];
};

struct dead_peers {
	struct an_sim_fleet *fleet;
	size_t nodes;
	size_t first; /* record of the round */
	size_t dead;
	struct measured measured[OPERATION_SORTS]; /* of this number of dead */
};

static const autonomi_event *ended(struct an_sim_operation *operation, autonomi_status submitted)
{
	return an_sim_operation_end(operation, submitted, "an operation",
	                            AN_MINUTES(OPERATION_MINUTES));
}

static void expect_event(struct an_sim_fleet *fleet, const autonomi_event *event, const char *what,
                         autonomi_status wanted)
{
	if (event != NULL)
		an_sim_expect(fleet, autonomi_event_status(event) == wanted, "%s: %s (%s)", what,
		              autonomi_status_name(autonomi_event_status(event)),
		              autonomi_event_message(event));
}

static void check_existence(struct an_sim_node *client, size_t which)
{
	const struct an_sim_record *record = &client->fleet->records[which];
	struct an_sim_operation *operation = an_sim_operation_new(client);
	const autonomi_event *event = ended(
		operation,
		autonomi_record_exists(client->node, AUTONOMI_ADDRESS_CHUNK, record->address,
	                               sizeof(record->address), operation->tag, NULL));
	expect_event(client->fleet, event, "whether a record exists", AUTONOMI_OK);
	if (event != NULL)
		an_sim_expect(client->fleet, autonomi_event_count(event) > 0,
		              "record %zu does not exist", which + 1);
}

static void draw_name(struct an_sim_fleet *fleet, uint8_t name[AUTONOMI_ADDRESS_SIZE])
{
	an_random_fill(an_sim_world_random(fleet->world), name, AUTONOMI_ADDRESS_SIZE);
}

static void find_closest(struct an_sim_node *client)
{
	struct an_sim_fleet *fleet = client->fleet;
	uint8_t name[AUTONOMI_ADDRESS_SIZE];
	draw_name(fleet, name);
	const size_t up = an_sim_fleet_up(fleet);
	struct an_sim_operation *operation = an_sim_operation_new(client);
	const autonomi_event *event = ended(
		operation, autonomi_dht_find_closest(autonomi_node_dht(client->node), name,
	                                             sizeof(name), WANTED, operation->tag, NULL));
	expect_event(fleet, event, "a lookup", AUTONOMI_OK);
	if (event != NULL)
		an_sim_expect(fleet,
		              autonomi_event_peer_count(event) == (up < WANTED ? up : WANTED),
		              "a lookup found %zu peers", autonomi_event_peer_count(event));
}

static void get_nothing(struct an_sim_node *client)
{
	uint8_t name[AUTONOMI_ADDRESS_SIZE];
	draw_name(client->fleet, name);
	struct an_sim_operation *operation = an_sim_operation_new(client);
	const autonomi_event *event = ended(operation, autonomi_chunk_get(client->node, name,
	                                                                  operation->tag, NULL));
	expect_event(client->fleet, event, "what nobody has put", AUTONOMI_E_NOT_FOUND);
}

static void operate(struct an_sim_node *client, enum operation_sort sort, size_t which)
{
	switch (sort) {
	case GET:
		an_sim_get_one(client, which);
		break;
	case EXISTS:
		check_existence(client, which);
		break;
	case PUT:
		an_sim_put(client, 1, RECORD_SIZE, 1, 2);
		break;
	case CLOSEST:
		find_closest(client);
		break;
	default:
		get_nothing(client);
	}
}

static void measure(struct dead_peers *dead_peers, struct an_sim_node *client,
                    enum operation_sort sort)
{
	struct an_sim_fleet *fleet = dead_peers->fleet;
	struct measured *measured = &dead_peers->measured[sort];
	for (size_t i = 0; i < OPERATIONS && !fleet->failed; i++) {
		const size_t which = (dead_peers->first + i) % RECORDS;
		if (sort <= EXISTS && an_sim_record_holders_up(fleet, &fleet->records[which]) == 0)
			continue;
		const an_time_us began = an_sim_world_now(fleet->world);
		operate(client, sort, which);
		measured->took[measured->count++] = an_sim_world_now(fleet->world) - began;
	}
}

/* The nearest ones to the round's record, but one of its holders. */
static void cut_nearest(const struct dead_peers *dead_peers)
{
	struct an_sim_fleet *fleet = dead_peers->fleet;
	const struct an_sim_record *record = &fleet->records[dead_peers->first];
	const size_t spared = (size_t)an_random_below(an_sim_world_random(fleet->world), WANTED);
	for (size_t cut = 0, rank = 0; cut < dead_peers->dead && !fleet->failed; cut++) {
		rank += rank == spared && cut == spared;
		struct an_sim_node *nearest = NULL;
		for (size_t i = 0; i < dead_peers->nodes && nearest == NULL; i++)
			if (an_sim_node_rank(fleet->nodes[i], record->address) == rank)
				nearest = fleet->nodes[i];
		if (nearest != NULL)
			an_sim_node_cut(nearest, AN_SIM_CUT_PROCESS);
	}
}

static void restart_all(const struct dead_peers *dead_peers)
{
	struct an_sim_fleet *fleet = dead_peers->fleet;
	for (size_t i = 0; i < dead_peers->nodes && !fleet->failed; i++)
		if (fleet->nodes[i]->state == AN_SIM_NODE_DOWN)
			an_sim_node_restart(fleet->nodes[i]);
	an_sim_fleet_wait_joined(fleet, AN_MINUTES(SETTLE_MINUTES));
	an_sim_pass(fleet, AN_MINUTES(SETTLE_MINUTES));
}

/* A client that knows everybody. */
static struct an_sim_node *acquainted(const struct dead_peers *dead_peers)
{
	struct an_sim_node *client = an_sim_fleet_client(dead_peers->fleet);
	return client != NULL && an_sim_get(client, 0, 10) ? client : NULL;
}

static void meet(struct dead_peers *dead_peers, enum client_sort sort,
                 enum operation_sort operation)
{
	struct an_sim_fleet *fleet = dead_peers->fleet;
	struct an_sim_node *client = sort != CLIENT_NEW ? acquainted(dead_peers) : NULL;
	if (sort == CLIENT_IDLE)
		an_sim_pass(fleet, AN_SECONDS(IDLE_SECONDS));
	cut_nearest(dead_peers);
	if (sort == CLIENT_NEW && !fleet->failed)
		client = an_sim_fleet_client(fleet);
	if (client == NULL || fleet->failed)
		return;
	measure(dead_peers, client, operation);
	if (!fleet->failed)
		an_sim_node_close(client, 0);
	restart_all(dead_peers);
	dead_peers->first = (dead_peers->first + OPERATIONS + 1) % RECORDS;
}

static int compare(const void *a, const void *b)
{
	const an_time_us x = *(const an_time_us *)a, y = *(const an_time_us *)b;
	return x < y ? -1 : x > y;
}

static double milliseconds(const struct measured *measured, size_t percent)
{
	return (double)measured->took[(measured->count - 1) * percent / 100] / 1000;
}

static void tell(struct dead_peers *dead_peers, enum operation_sort sort)
{
	struct an_sim_fleet *fleet = dead_peers->fleet;
	struct measured *measured = &dead_peers->measured[sort];
	const bool few = dead_peers->dead * PART > dead_peers->nodes;
	const an_time_us most = few ? bounds[sort].where_few_live : bounds[sort].most;
	if (measured->count == 0)
		return;
	qsort(measured->took, measured->count, sizeof(measured->took[0]), compare);
	an_sim_say(fleet,
	           "%2zu of %zu dead: %-14s %3zu times, median %4.0f, 90 %% %5.0f, most %5.0f ms",
	           dead_peers->dead, dead_peers->nodes, bounds[sort].name, measured->count,
	           milliseconds(measured, 50), milliseconds(measured, 90),
	           milliseconds(measured, 100));
	an_sim_expect(fleet, measured->took[measured->count - 1] <= most,
	              "with %zu dead nodes, %s took more than %.0f s", dead_peers->dead,
	              bounds[sort].name, (double)most / 1e6);
}

static void with_dead(struct dead_peers *dead_peers, size_t dead)
{
	dead_peers->dead = dead;
	memset(dead_peers->measured, 0, sizeof(dead_peers->measured));
	for (int operation = 0; operation < OPERATION_SORTS; operation++) {
		for (int sort = 0; sort < CLIENT_SORTS && !dead_peers->fleet->failed; sort++)
			meet(dead_peers, sort, operation);
		if (!dead_peers->fleet->failed)
			tell(dead_peers, operation);
	}
}

void an_sim_dead_peers(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	static const size_t dead[] = {1, 3, 5, 8};
	static struct dead_peers dead_peers;
	dead_peers = (struct dead_peers){.fleet = fleet, .nodes = arguments->nodes};
	if (!an_sim_grow(fleet, arguments))
		return;
	struct an_sim_node *writer = an_sim_fleet_client(fleet);
	if (writer == NULL ||
	    !an_sim_put(writer, RECORDS, RECORD_SIZE, 10, an_sim_full_copies(arguments)))
		return;
	for (size_t i = 0; i < sizeof(dead) / sizeof(dead[0]) && !fleet->failed; i++)
		if (dead[i] * PART <= arguments->nodes)
			with_dead(&dead_peers, dead[i]);
	if (!fleet->failed)
		with_dead(&dead_peers, arguments->nodes * 2 / PART);
}
