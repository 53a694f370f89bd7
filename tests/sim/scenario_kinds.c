/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of every kind, and what is built of them: one client writes, another reads. */
#include <autonomi/record.h>

#include "sim/scenario.h"

enum {
	OWNERS = 4,
	VALUES = 3,        /* of a register */
	PAD_SIZE = 20000,  /* content of a scratchpad */
	VAULT_SIZE = 3000, /* content of a vault */
	TYPE = 7,          /* of content */
	OPERATION_MINUTES = 10,
	VALUE = AUTONOMI_GRAPH_CONTENT_SIZE,
};

/* The keys of one owner, one for each kind, and what is written with them. */
struct owner {
	uint8_t pointer[AUTONOMI_SECRET_KEY_SIZE], graph[AUTONOMI_SECRET_KEY_SIZE],
		pad[AUTONOMI_SECRET_KEY_SIZE], chain[AUTONOMI_SECRET_KEY_SIZE],
		vault[AUTONOMI_SECRET_KEY_SIZE];
	uint8_t target[AUTONOMI_NAME_SIZE], content[VALUE], plain[PAD_SIZE], values[VALUES * VALUE],
		kept[VAULT_SIZE];
};

static void draw(struct an_random *random, uint8_t secret[AUTONOMI_SECRET_KEY_SIZE])
{
	uint8_t seed[AUTONOMI_SEED_SIZE];
	an_random_fill(random, seed, sizeof(seed));
	autonomi_bls_secret_generate(seed, secret);
}

static void make_owner(struct an_random *random, struct owner *owner)
{
	draw(random, owner->pointer);
	draw(random, owner->graph);
	draw(random, owner->pad);
	draw(random, owner->chain);
	draw(random, owner->vault);
	an_random_fill(random, owner->target, sizeof(owner->target));
	an_random_fill(random, owner->content, sizeof(owner->content));
	an_random_fill(random, owner->plain, sizeof(owner->plain));
	an_random_fill(random, owner->values, sizeof(owner->values));
	an_random_fill(random, owner->kept, sizeof(owner->kept));
}

/* Waits for what was submitted; its completion, or NULL where it failed. */
static const autonomi_event *ended(struct an_sim_operation *operation, autonomi_status submitted,
                                   const char *what)
{
	struct an_sim_fleet *fleet = operation->node->fleet;
	const autonomi_event *event = an_sim_operation_end(operation, submitted, what,
	                                                   AN_MINUTES(OPERATION_MINUTES));
	if (event == NULL)
		return NULL;
	const autonomi_status status = autonomi_event_status(event);
	fleet->asked++;
	fleet->answered += status == AUTONOMI_OK;
	return an_sim_expect(fleet, status == AUTONOMI_OK, "%s failed: %s (%s)", what,
	                     autonomi_status_name(status), autonomi_event_message(event))
	               ? event
	               : NULL;
}

static bool is(struct an_sim_fleet *fleet, const autonomi_event *event, const void *wanted,
               size_t wanted_size, const char *what)
{
	size_t size = 0;
	const uint8_t *data = event != NULL ? autonomi_event_data(event, &size) : NULL;
	return event != NULL &&
	       an_sim_expect(fleet, size == wanted_size && memcmp(data, wanted, size) == 0,
	                     "%s is not what was written", what);
}

/* ---- Writing. */
static bool write_records(struct an_sim_node *client, const struct owner *owner)
{
	autonomi_graph_entry *entry = NULL;
	struct an_sim_operation *operation = an_sim_operation_new(client);
	autonomi_status status = autonomi_pointer_create(client->node, owner->pointer,
	                                                 AUTONOMI_ADDRESS_CHUNK, owner->content,
	                                                 VALUE, operation->tag, NULL);
	if (ended(operation, status, "creating a pointer") == NULL)
		return false;
	operation = an_sim_operation_new(client);
	status = autonomi_pointer_update(client->node, owner->pointer, AUTONOMI_ADDRESS_CHUNK,
	                                 owner->target, sizeof(owner->target), operation->tag,
	                                 NULL);
	if (ended(operation, status, "updating a pointer") == NULL)
		return false;
	operation = an_sim_operation_new(client);
	status = autonomi_graph_entry_new(owner->graph, NULL, 0, owner->content, NULL, 0, &entry);
	if (status == AUTONOMI_OK)
		status = autonomi_graph_entry_put(client->node, entry, AUTONOMI_PUT_CREATE,
		                                  operation->tag, NULL);
	autonomi_graph_entry_free(entry);
	if (ended(operation, status, "putting a graph entry") == NULL)
		return false;
	operation = an_sim_operation_new(client);
	status = autonomi_scratchpad_create(client->node, owner->pad, TYPE, owner->plain, PAD_SIZE,
	                                    operation->tag, NULL);
	return ended(operation, status, "creating a scratchpad") != NULL;
}

static bool write_register(struct an_sim_node *client, const struct owner *owner)
{
	for (size_t i = 0; i < VALUES; i++) {
		struct an_sim_operation *operation = an_sim_operation_new(client);
		const uint8_t *value = owner->values + i * VALUE;
		const autonomi_status status =
			i == 0 ? autonomi_register_create(client->node, owner->chain, value, VALUE,
		                                          operation->tag, NULL)
			       : autonomi_register_update(client->node, owner->chain, value, VALUE,
		                                          operation->tag, NULL);
		if (ended(operation, status, "writing a register") == NULL)
			return false;
	}
	return true;
}

static bool write_vault(struct an_sim_node *client, const struct owner *owner)
{
	/* First other content, so that there is something to replace. */
	for (size_t i = 0; i < 2; i++) {
		struct an_sim_operation *operation = an_sim_operation_new(client);
		const autonomi_status status = autonomi_vault_put(client->node, owner->vault, TYPE,
		                                                  i == 0 ? owner->plain
		                                                         : owner->kept,
		                                                  i == 0 ? PAD_SIZE : VAULT_SIZE,
		                                                  operation->tag, NULL);
		if (ended(operation, status, "writing a vault") == NULL)
			return false;
	}
	return true;
}

/* ---- Reading. */
static const autonomi_event *fetch(struct an_sim_node *client,
                                   autonomi_status (*get)(autonomi_node *node, const uint8_t *owner,
                                                          uint64_t tag, autonomi_op *ret_op),
                                   const uint8_t *secret, const char *what)
{
	uint8_t public_key[AUTONOMI_PUBLIC_KEY_SIZE];
	autonomi_bls_public_key(secret, public_key);
	struct an_sim_operation *operation = an_sim_operation_new(client);
	return ended(operation, get(client->node, public_key, operation->tag, NULL), what);
}

static bool read_pointer(struct an_sim_node *client, const struct owner *owner)
{
	size_t size = 0;
	autonomi_pointer *pointer = NULL;
	autonomi_pointer_view view;
	const autonomi_event *event = fetch(client, autonomi_pointer_get, owner->pointer,
	                                    "getting a pointer");
	if (event == NULL)
		return false;
	const uint8_t *value = autonomi_event_data(event, &size);
	if (!an_sim_expect(client->fleet,
	                   autonomi_pointer_decode(value, size, &pointer) == AUTONOMI_OK,
	                   "a pointer has another form"))
		return false;
	autonomi_pointer_get_view(pointer, &view, sizeof(view));
	const bool same = view.counter == 1 &&
	                  memcmp(view.target, owner->target, sizeof(owner->target)) == 0;
	autonomi_pointer_free(pointer);
	return an_sim_expect(client->fleet, same, "a pointer is not what was written");
}

static bool read_graph(struct an_sim_node *client, const struct owner *owner)
{
	size_t size = 0, count = 0;
	autonomi_graph_entry *entry = NULL;
	autonomi_graph_entry_view view;
	const autonomi_event *event = fetch(client, autonomi_graph_entry_get, owner->graph,
	                                    "getting a graph entry");
	if (event == NULL)
		return false;
	const uint8_t *value = autonomi_event_data(event, &size);
	if (!an_sim_expect(client->fleet,
	                   autonomi_graph_entry_decode(value, size, &entry, 1, &count) ==
	                           AUTONOMI_OK,
	                   "a graph entry has another form"))
		return false;
	autonomi_graph_entry_get_view(entry, &view, sizeof(view));
	const bool same = memcmp(view.content, owner->content, VALUE) == 0;
	autonomi_graph_entry_free(entry);
	return an_sim_expect(client->fleet, same, "a graph entry is not what was written");
}

static bool read_pad(struct an_sim_node *client, const struct owner *owner)
{
	size_t size = 0;
	autonomi_scratchpad *pad = NULL;
	autonomi_bytes *plain = NULL;
	const autonomi_event *event = fetch(client, autonomi_scratchpad_get, owner->pad,
	                                    "getting a scratchpad");
	if (event == NULL)
		return false;
	const uint8_t *value = autonomi_event_data(event, &size);
	bool same = autonomi_scratchpad_decode(value, size, &pad) == AUTONOMI_OK &&
	            autonomi_scratchpad_decrypt(pad, owner->pad, &plain) == AUTONOMI_OK;
	if (same) {
		const uint8_t *bytes = autonomi_bytes_data(plain, &size);
		same = size == PAD_SIZE && memcmp(bytes, owner->plain, size) == 0;
	}
	autonomi_bytes_free(plain);
	autonomi_scratchpad_free(pad);
	return an_sim_expect(client->fleet, same, "a scratchpad is not what was written");
}

static bool read_register(struct an_sim_node *client, const struct owner *owner)
{
	const autonomi_event *newest = fetch(client, autonomi_register_get, owner->chain,
	                                     "getting a register");
	if (!is(client->fleet, newest, owner->values + (VALUES - 1) * VALUE, VALUE, "a register"))
		return false;
	const autonomi_event *all = fetch(client, autonomi_register_history, owner->chain,
	                                  "getting a register's history");
	return is(client->fleet, all, owner->values, sizeof(owner->values), "a history");
}

static bool read_vault(struct an_sim_node *client, const struct owner *owner)
{
	struct an_sim_operation *operation = an_sim_operation_new(client);
	const autonomi_status status = autonomi_vault_get(client->node, owner->vault, 1 << 20,
	                                                  operation->tag, NULL);
	const autonomi_event *event = ended(operation, status, "getting a vault");
	return is(client->fleet, event, owner->kept, VAULT_SIZE, "a vault") &&
	       an_sim_expect(client->fleet, autonomi_event_content_type(event) == TYPE,
	                     "a vault has another content type");
}

static bool read_all(struct an_sim_fleet *fleet, const struct owner *owners)
{
	struct an_sim_node *client = an_sim_fleet_client(fleet);
	for (size_t i = 0; client != NULL && i < OWNERS; i++)
		if (!read_pointer(client, &owners[i]) || !read_graph(client, &owners[i]) ||
		    !read_pad(client, &owners[i]) || !read_register(client, &owners[i]) ||
		    !read_vault(client, &owners[i]))
			return false;
	return client != NULL;
}

void an_sim_kinds(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	static struct owner owners[OWNERS];
	struct an_sim_node *writer = an_sim_grow(fleet, arguments) ? an_sim_fleet_client(fleet)
	                                                           : NULL;
	if (writer == NULL || !an_sim_step(fleet, "a client writes records of all kinds, registers "
	                                          "and vaults"))
		return;
	for (size_t i = 0; i < OWNERS; i++) {
		make_owner(an_sim_world_random(fleet->world), &owners[i]);
		if (!write_records(writer, &owners[i]) || !write_register(writer, &owners[i]) ||
		    !write_vault(writer, &owners[i]))
			return;
	}
	if (!an_sim_put(writer, 5, 100000, 5, an_sim_full_copies(arguments)) ||
	    !an_sim_step(fleet, "another client reads them") || !read_all(fleet, owners) ||
	    !an_sim_step(fleet, "two nodes lose power; a third client reads them"))
		return;
	for (size_t i = 1; i <= 2 && i + 2 < arguments->nodes; i++)
		an_sim_node_cut(fleet->nodes[i], AN_SIM_CUT_POWER);
	if (read_all(fleet, owners))
		an_sim_get_all(fleet);
}
