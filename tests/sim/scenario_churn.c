/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Churn: under 5 % loss, every half minute on average a node loses power; most come back within
 * minutes, some never. No record loses more than two of its holders for good, which is what a network
 * without repair must bear. Whatever was acknowledged is found all the time as long as one holder
 * is up, and all of it in the end. Of the puts and gets under churn 99.9 % are answered.
 */
#include "sim/scenario.h"

enum {
	STEP_SECONDS = 30,
	OUTAGE_SECONDS_MAX = 300,
	DOWN_AT_ONCE_PERCENT = 20,
	LEAVE_PERCENT = 15, /* of the nodes that fail */
	LOST_HOLDERS_MAX = 2,
	PUTS_IN_A_STEP = 4,
	GETS_IN_A_STEP = 12,
	ANSWERED_OF_THOUSAND = 999, /* of puts and gets, at least */
};

struct churn {
	struct an_sim_fleet *fleet;
	struct an_sim_node *client;
	an_time_us back_at[AN_SIM_NODES_MAX];
	size_t crashes, left, came;
	size_t puts, stored;
};

static uint64_t draw(const struct churn *churn, uint64_t bound)
{
	return an_random_below(an_sim_world_random(churn->fleet->world), bound);
}

static size_t holders_gone(const struct an_sim_fleet *fleet, const struct an_sim_record *record)
{
	size_t gone = 0;
	for (size_t i = 0; i < record->holder_count; i++)
		gone += fleet->nodes[record->holders[i].node]->state == AN_SIM_NODE_GONE;
	return gone;
}

static bool may_leave(const struct churn *churn, const struct an_sim_node *node)
{
	const struct an_sim_fleet *fleet = churn->fleet;
	for (size_t i = 0; i < fleet->record_count; i++)
		if (fleet->records[i].is_stored &&
		    an_sim_record_is_held_by(&fleet->records[i], node) &&
		    holders_gone(fleet, &fleet->records[i]) >= LOST_HOLDERS_MAX)
			return false;
	return true;
}

static size_t nodes_down(const struct an_sim_fleet *fleet)
{
	size_t down = 0;
	for (size_t i = 0; i < fleet->count; i++)
		down += fleet->nodes[i]->state == AN_SIM_NODE_DOWN;
	return down;
}

static void fail_one(struct churn *churn)
{
	struct an_sim_fleet *fleet = churn->fleet;
	const size_t up = an_sim_fleet_up(fleet);
	if (nodes_down(fleet) * 100 >= up * DOWN_AT_ONCE_PERCENT)
		return;
	struct an_sim_node *node = an_sim_fleet_random_node(fleet);
	an_sim_node_cut(node, AN_SIM_CUT_SCRAMBLE);
	churn->crashes++;
	churn->back_at[node->index] = an_sim_world_now(fleet->world) + AN_SECONDS(5) +
	                              draw(churn, AN_SECONDS(OUTAGE_SECONDS_MAX));
	if (draw(churn, 100) >= LEAVE_PERCENT || !may_leave(churn, node))
		return;
	node->state = AN_SIM_NODE_GONE;
	churn->left++;
	/* Another one comes in its place. */
	churn->came += an_sim_node_start(an_sim_node_add(fleet, false));
}

static void bring_back(struct churn *churn, bool all)
{
	struct an_sim_fleet *fleet = churn->fleet;
	const an_time_us now = an_sim_world_now(fleet->world);
	for (size_t i = 0; i < fleet->count && !fleet->failed; i++) {
		struct an_sim_node *node = fleet->nodes[i];
		if (node->state != AN_SIM_NODE_DOWN || (!all && churn->back_at[i] > now))
			continue;
		if (an_sim_node_start(node))
			an_sim_node_expect_records(node);
	}
}

/* Gets of records that have a holder that is up, some of those that there are. */
static void get_some(struct churn *churn)
{
	struct an_sim_fleet *fleet = churn->fleet;
	for (int i = 0; i < GETS_IN_A_STEP && fleet->record_count > 0 && !fleet->failed; i++) {
		const size_t which = (size_t)draw(churn, fleet->record_count);
		if (fleet->records[which].is_stored &&
		    an_sim_record_holders_up(fleet, &fleet->records[which]) > 0)
			an_sim_get_one(churn->client, which);
	}
}

static void step(struct churn *churn)
{
	fail_one(churn);
	bring_back(churn, false);
	churn->puts += PUTS_IN_A_STEP;
	churn->stored += an_sim_try_put(churn->client, PUTS_IN_A_STEP, 1000, PUTS_IN_A_STEP);
	get_some(churn);
	an_sim_pass(churn->fleet, draw(churn, 2 * AN_SECONDS(STEP_SECONDS)));
}

void an_sim_churn(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	static struct churn churn;
	churn = (struct churn){.fleet = fleet};
	an_sim_world_set_link(fleet->world, &an_sim_bad_link);
	if (!an_sim_grow(fleet, arguments))
		return;
	churn.client = an_sim_fleet_client(fleet);
	if (churn.client == NULL ||
	    !an_sim_put(churn.client, 30, 1024, 10, an_sim_full_copies(arguments)))
		return;
	an_sim_step(fleet, "nodes come and go");
	const an_time_us end = an_sim_world_now(fleet->world) +
	                       AN_HOURS(arguments->hours > 0 ? arguments->hours : 1);
	while (!fleet->failed && an_sim_world_now(fleet->world) < end)
		step(&churn);
	an_sim_say(fleet, "%zu crashes, %zu left for good, %zu came; %zu of %zu puts succeeded",
	           churn.crashes, churn.left, churn.came, churn.stored, churn.puts);
	an_sim_expect(fleet, fleet->answered * 1000 >= fleet->asked * ANSWERED_OF_THOUSAND,
	              "of %llu puts and gets under churn %llu were answered",
	              (unsigned long long)fleet->asked, (unsigned long long)fleet->answered);
	bring_back(&churn, true);
	an_sim_fleet_wait_joined(fleet, AN_MINUTES(10));
	an_sim_get_all(fleet);
}
