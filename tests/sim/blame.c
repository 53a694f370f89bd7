/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is blocked by whom: hostile peers may be, nodes may not. */
#include "sim/fleet.h"

#include "api/handle.h"

static bool has_blocked_any(const struct an_sim_node *node)
{
	uint64_t blocked = 0;
	return node->state == AN_SIM_NODE_UP &&
	       autonomi_node_counter(node->node, "peers_blocked", &blocked) == AUTONOMI_OK &&
	       blocked > 0;
}

static void expect_blocks_no_node(struct an_sim_node *node)
{
	struct an_sim_fleet *fleet = node->fleet;
	for (size_t i = 0; i < fleet->count; i++) {
		struct an_peer_id id;
		const struct an_sim_node *other = fleet->nodes[i];
		if (an_peer_id_from_text(&id, an_span_text(other->id)) == AUTONOMI_OK)
			an_sim_expect(fleet, !an_node_is_blocked(node->node->inner, &id),
			              "node %zu has blocked node %zu, which is honest", node->index,
			              i);
	}
}

void an_sim_fleet_expect_fair(struct an_sim_fleet *fleet)
{
	for (size_t i = 0; i < fleet->count; i++) {
		if (has_blocked_any(fleet->nodes[i]))
			expect_blocks_no_node(fleet->nodes[i]);
	}
}
