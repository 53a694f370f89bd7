/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scenarios in which much of a network changes within a minute or two. */
#include "sim/faults.h"
#include "sim/scenario.h"

enum { PUTS = 30, SETTLE_MINUTES = 10, LEAVE_PERCENT = 30, JOIN_MINUTES = 15 };

static struct an_sim_node *begin(struct an_sim_fleet *fleet,
                                 const struct an_sim_arguments *arguments)
{
	struct an_sim_node *client = an_sim_grow(fleet, arguments) ? an_sim_fleet_client(fleet)
	                                                           : NULL;
	return client != NULL && an_sim_put(client, PUTS, 1024, 10, an_sim_full_copies(arguments))
	               ? client
	               : NULL;
}

/* Then nobody may notice. */
static void end(struct an_sim_fleet *fleet, struct an_sim_node *client)
{
	an_sim_fleet_wait_joined(fleet, AN_MINUTES(JOIN_MINUTES));
	an_sim_pass(fleet, AN_MINUTES(SETTLE_MINUTES));
	if (an_sim_step(fleet, "the client that saw it puts more") &&
	    an_sim_put(client, PUTS, 1024, 10, 3))
		an_sim_get_all(fleet);
}

/* As many as the rule of faults.h lets go, up to a third, within a minute. */
void an_sim_mass_leave(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	struct an_sim_node *client = begin(fleet, arguments);
	size_t left = 0;
	for (size_t i = 0; client != NULL && i < arguments->nodes && !fleet->failed; i++) {
		if (left * 100 >= arguments->nodes * LEAVE_PERCENT ||
		    !an_sim_node_may_leave(fleet->nodes[i]))
			continue;
		an_sim_node_leave(fleet->nodes[i], left % 2 == 0);
		left++;
	}
	an_sim_say(fleet, "%zu of %zu nodes have left for good", left, arguments->nodes);
	if (client != NULL)
		end(fleet, client);
}

void an_sim_mass_join(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	struct an_sim_node *client = begin(fleet, arguments);
	if (client == NULL || !an_sim_step(fleet, "as many nodes again come at once"))
		return;
	for (size_t i = 0; i < arguments->nodes && !fleet->failed; i++)
		an_sim_node_start(an_sim_node_add(fleet, false));
	end(fleet, client);
}

/* Who is behind a NAT uses the network like anybody, and nobody waits for records of theirs. */
void an_sim_nats(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	for (size_t i = 0; i < arguments->nodes && !fleet->failed; i++) {
		struct an_sim_node *node = an_sim_node_add(fleet, false);
		an_sim_host_set_nat(node->host, an_sim_is_unlucky(i));
		an_sim_node_start(node);
		an_sim_pass(fleet, AN_MS(200));
	}
	an_sim_fleet_wait_joined(fleet, AN_MINUTES(JOIN_MINUTES));
	struct an_sim_node *client = fleet->failed ? NULL : an_sim_fleet_client(fleet);
	if (client == NULL || !an_sim_step(fleet, "a client behind a NAT puts and gets"))
		return;
	an_sim_host_set_nat(client->host, true);
	an_sim_put(client, PUTS, 1024, 10, 3);
	an_sim_pass(fleet, AN_MINUTES(SETTLE_MINUTES));
	if (!fleet->failed && an_sim_get(client, 0, 10))
		end(fleet, client);
}

/* One node after the other comes back as the next version, while a client works. */
static void upgrade(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments,
                    struct an_sim_node *client, const char *const *options, size_t count)
{
	size_t stored = 0;
	fleet->options = options;
	fleet->option_count = count;
	for (size_t i = 0; i < arguments->nodes && !fleet->failed; i++) {
		an_sim_node_close(fleet->nodes[i], AN_SECONDS(5));
		an_sim_node_restart(fleet->nodes[i]);
		stored += an_sim_try_put(client, 1, 1024, 1);
		an_sim_pass(fleet, AN_SECONDS(20));
	}
	an_sim_say(fleet, "%zu of %zu puts succeeded meanwhile", stored, arguments->nodes);
}

/* First to a version that speaks with the old one, then to one that refuses it: in the midst of that
 * there are two networks, and in the end one that has all. */
void an_sim_upgrade(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	static const char *const old_version[] = {"node.version=0.1.0"};
	static const char *const new_version[] = {"node.version=0.2.0"};
	static const char *const last_version[] = {"node.version=0.3.0",
	                                           "network.minimum_version=0.3.0"};
	fleet->options = old_version;
	fleet->option_count = 1;
	struct an_sim_node *client = begin(fleet, arguments);
	if (client == NULL || !an_sim_step(fleet, "one node after the other is upgraded"))
		return;
	upgrade(fleet, arguments, client, new_version, 1);
	if (an_sim_step(fleet, "and again, to a version that refuses older ones"))
		upgrade(fleet, arguments, client, last_version, 2);
	an_sim_expect(fleet, fleet->failed || an_sim_fleet_counter(fleet, "refused_versions") > 0,
	              "nobody was refused for its version");
	an_sim_fleet_expect_fair(fleet);
	end(fleet, client);
}
