/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hosts behind a NAT that filters by address and port, as most home routers do (RFC 4787). */
#include "sim/memory.h"
#include "sim/world_internal.h"

enum { FIRST_NAT_PORT = 20000, NAT_PORTS = 20000 };

static struct an_sim_nat_path *path_to(struct an_sim_host *host, const struct an_endpoint *remote)
{
	struct an_list *link = an_list_first(&host->nat_paths);
	for (; link != NULL; link = an_list_next(&host->nat_paths, link)) {
		struct an_sim_nat_path *path = an_container_of(link, struct an_sim_nat_path, link);
		if (an_endpoint_equal(&path->remote, remote))
			return path;
	}
	return NULL;
}

static void forget_before(struct an_sim_host *host, an_time_us time)
{
	struct an_list *link = an_list_first(&host->nat_paths);
	while (link != NULL) {
		struct an_list *next = an_list_next(&host->nat_paths, link);
		struct an_sim_nat_path *path = an_container_of(link, struct an_sim_nat_path, link);
		if (path->used_at < time) {
			an_list_remove(link);
			free(path);
		}
		link = next;
	}
}

static void forget_old(struct an_sim_host *host)
{
	forget_before(host, host->world->now - AN_SECONDS(AN_SIM_NAT_SECONDS));
	if (an_list_empty(&host->nat_paths))
		host->nat_port = 0;
}

void an_sim_nat_forget(struct an_sim_host *host)
{
	forget_before(host, AN_TIME_NEVER);
	host->nat_port = 0;
}

void an_sim_nat_leave(struct an_sim_host *host, struct an_sim_packet *packet)
{
	forget_old(host);
	struct an_sim_nat_path *path = path_to(host, &packet->to);
	if (host->nat_port == 0)
		host->nat_port = (uint16_t)(FIRST_NAT_PORT +
		                            an_random_below(&host->world->chance, NAT_PORTS));
	if (path == NULL) {
		path = an_sim_alloc(sizeof(*path));
		path->remote = packet->to;
		an_list_append(&host->nat_paths, &path->link);
	}
	path->used_at = host->world->now;
	packet->from.port = host->nat_port;
}

/* A host has one socket, so the port that others see names it. */
static void set_port(struct an_sim_host *host, struct an_endpoint *to)
{
	struct an_list *link = an_list_first(&host->sockets);
	for (; link != NULL; link = an_list_next(&host->sockets, link)) {
		const struct an_udp *udp = an_container_of(link, struct an_udp, link);
		if (!udp->dead)
			to->port = udp->bound.port;
	}
}

bool an_sim_nat_enter(struct an_sim_host *host, struct an_sim_packet *packet)
{
	forget_old(host);
	if (packet->to.port != host->nat_port || path_to(host, &packet->from) == NULL)
		return false;
	set_port(host, &packet->to);
	return true;
}

void an_sim_host_set_nat(struct an_sim_host *host, bool nat)
{
	host->has_nat = nat;
	an_sim_nat_forget(host);
}
