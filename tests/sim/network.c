/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The virtual network: sockets of hosts, and what happens to datagrams between them. */
#include "sim/memory.h"
#include "sim/world_internal.h"

enum {
	HEADERS_IP6 = 40 + 8,
	HEADERS_IP4 = 20 + 8,
	LOOPBACK_DELAY_US = 10,
	MILLION = 1000000,
};

struct an_endpoint an_sim_host_address6(const struct an_sim_host *host)
{
	const size_t number = host->index + 1;
	return (struct an_endpoint){
		.address = {[0] = 0xfd,
	                    [6] = (uint8_t)(number >> 8),
	                    [7] = (uint8_t)number,
	                    [14] = (uint8_t)(number >> 8),
	                    [15] = (uint8_t)number},
	};
}

struct an_endpoint an_sim_host_address4(const struct an_sim_host *host)
{
	const size_t number = host->index + 1;
	return an_endpoint_ip4(10, 0, (uint8_t)(number >> 8), (uint8_t)number, 0);
}

static bool same_address(const struct an_endpoint *a, const struct an_endpoint *b)
{
	return memcmp(a->address, b->address, sizeof(a->address)) == 0;
}

static struct an_endpoint own_address(const struct an_sim_host *host, bool ip4)
{
	return ip4 ? an_sim_host_address4(host) : an_sim_host_address6(host);
}

static struct an_sim_host *host_at(const struct an_sim_world *world,
                                   const struct an_endpoint *endpoint)
{
	const size_t number = (size_t)endpoint->address[14] << 8 | endpoint->address[15];
	if (number == 0 || number > world->host_count)
		return NULL;
	struct an_sim_host *host = world->hosts[number - 1];
	const struct an_endpoint own = own_address(host, an_endpoint_is_ip4(endpoint));
	return same_address(&own, endpoint) ? host : NULL;
}

static bool is_any(const struct an_endpoint *endpoint)
{
	static const struct an_endpoint any6;
	const struct an_endpoint any4 = an_endpoint_ip4(0, 0, 0, 0, 0);
	return same_address(endpoint, &any6) || same_address(endpoint, &any4);
}

/* Whether a socket bound like this has to do with this address of its host. */
static bool covers(const struct an_endpoint *bound, const struct an_endpoint *address)
{
	static const struct an_endpoint any6;
	if (same_address(bound, &any6))
		return true;
	if (is_any(bound))
		return an_endpoint_is_ip4(address);
	return same_address(bound, address);
}

static struct an_udp *socket_at(struct an_sim_host *host, const struct an_endpoint *to)
{
	for (struct an_list *i = an_list_first(&host->sockets); i != NULL;
	     i = an_list_next(&host->sockets, i)) {
		struct an_udp *udp = an_container_of(i, struct an_udp, link);
		if (!udp->dead && udp->bound.port == to->port && covers(&udp->bound, to))
			return udp;
	}
	return NULL;
}

static bool port_is_taken(struct an_sim_host *host, uint16_t port)
{
	for (struct an_list *i = an_list_first(&host->sockets); i != NULL;
	     i = an_list_next(&host->sockets, i)) {
		const struct an_udp *udp = an_container_of(i, struct an_udp, link);
		if (!udp->dead && udp->bound.port == port)
			return true;
	}
	return false;
}

an_status an_sim_udp_open(void *context, struct an_endpoint *bind,
                          const struct an_udp_options *options, struct an_udp **ret_udp)
{
	(void)options;
	struct an_sim_host *host = context;
	const struct an_endpoint own = own_address(host, an_endpoint_is_ip4(bind));
	if (!is_any(bind) && !same_address(bind, &own))
		return AUTONOMI_E_ADDRESS;
	if (bind->port != 0 && port_is_taken(host, bind->port))
		return AUTONOMI_E_IN_USE;
	while (bind->port == 0 || port_is_taken(host, bind->port))
		bind->port = host->next_port++;
	struct an_udp *udp = an_sim_alloc(sizeof(*udp));
	udp->host = host;
	udp->bound = *bind;
	an_list_init(&udp->waiting);
	an_list_init(&udp->held);
	an_list_append(&host->sockets, &udp->link);
	*ret_udp = udp;
	return AUTONOMI_OK;
}

static void free_packets(struct an_list *packets)
{
	for (struct an_list *link; (link = an_list_take(packets)) != NULL;)
		free(an_container_of(link, struct an_sim_packet, link));
}

void an_sim_udp_close(void *context, struct an_udp *udp)
{
	(void)context;
	if (udp == NULL)
		return;
	an_list_remove(&udp->link);
	free_packets(&udp->waiting);
	free_packets(&udp->held);
	free(udp);
}

void an_sim_udp_cut(struct an_sim_host *host)
{
	for (struct an_list *i = an_list_first(&host->sockets); i != NULL;
	     i = an_list_next(&host->sockets, i))
		an_container_of(i, struct an_udp, link)->dead = true;
	host->uplink_free_at = 0;
}

uint64_t an_sim_udp_lost(void *context, const struct an_udp *udp)
{
	(void)context;
	return udp->lost;
}

static const struct an_sim_link *link_between(const struct an_sim_host *from,
                                              const struct an_sim_host *to)
{
	if (from->has_link)
		return &from->link;
	return to != NULL && to->has_link && !to->link_is_one_way ? &to->link : &from->world->link;
}

static bool happens(struct an_sim_world *world, uint32_t chance)
{
	return chance > 0 && an_random_below(&world->chance, MILLION) < chance;
}

static void drop_packet(void *context)
{
	free(context);
}

static void note_delivery(struct an_sim_world *world, const struct an_sim_packet *packet)
{
	an_sim_world_note(world, packet->from.address + 12, 4);
	an_sim_world_note(world, packet->to.address + 12, 4);
	an_sim_world_note(world, packet->bytes, packet->size);
	world->counters.delivered++;
	world->counters.bytes_delivered += packet->size;
}

static void deliver(void *context)
{
	struct an_sim_packet *packet = context;
	struct an_sim_world *world = packet->world;
	struct an_sim_host *host = host_at(world, &packet->to);
	const bool enters = host != NULL && (!host->has_nat || an_sim_nat_enter(host, packet));
	struct an_udp *udp = enters ? socket_at(host, &packet->to) : NULL;
	if (udp == NULL) {
		world->counters.unreachable++;
		free(packet);
		return;
	}
	if (udp->waiting_bytes + packet->size > AN_SIM_RECEIVE_BYTES) {
		world->counters.overflowed++;
		free(packet);
		return;
	}
	note_delivery(world, packet);
	an_list_append(&udp->waiting, &packet->link);
	udp->waiting_bytes += packet->size;
	an_sim_host_touch(host);
}

static an_time_us travel_time(struct an_sim_world *world, const struct an_sim_link *link)
{
	an_time_us time = link->latency;
	if (link->jitter > 0)
		time += an_random_below(&world->chance, link->jitter + 1);
	if (happens(world, link->reorder))
		time += link->reorder_delay;
	return time;
}

/* When a packet that is sent now has left the host. */
static an_time_us leave_uplink(struct an_sim_host *host, const struct an_sim_link *link,
                               size_t size)
{
	const an_time_us now = host->world->now;
	if (link->bytes_per_second == 0)
		return now;
	const an_time_us start = host->uplink_free_at > now ? host->uplink_free_at : now;
	host->uplink_free_at = start + (uint64_t)size * MILLION / link->bytes_per_second + 1;
	return host->uplink_free_at;
}

/* A packet of the message wire stands for as many as its bytes need. */
static size_t size_on_line(size_t size)
{
	return size + (1 + size / AN_DATAGRAM_MAX) * HEADERS_IP6;
}

/* Takes the packet. */
static void plan_delivery(struct an_sim_packet *packet, an_time_us time)
{
	an_sim_plan(packet->world, time, deliver, drop_packet, packet);
}

/* Takes the packet. */
static void travel(struct an_sim_host *from, struct an_sim_host *to, struct an_sim_packet *packet)
{
	struct an_sim_world *world = from->world;
	if (from == to) {
		plan_delivery(packet, world->now + LOOPBACK_DELAY_US);
		return;
	}
	if (from->has_nat)
		an_sim_nat_leave(from, packet);
	const struct an_sim_link *link = link_between(from, to);
	const an_time_us left = leave_uplink(from, link, size_on_line(packet->size));
	uint64_t *lost = NULL;
	if (to == NULL)
		lost = &world->counters.unreachable;
	else if (from->side != to->side)
		lost = &world->counters.cut_off;
	else if (happens(world, link->loss))
		lost = &world->counters.lost;
	if (lost != NULL) {
		(*lost)++;
		free(packet);
		return;
	}
	const an_time_us arrival = left + travel_time(world, link);
	if (happens(world, link->duplicate)) {
		world->counters.duplicated++;
		plan_delivery(an_sim_copy(packet, sizeof(*packet) + packet->size),
		              left + travel_time(world, link));
	}
	plan_delivery(packet, arrival);
}

static bool source_of(const struct an_udp *udp, const struct an_datagram *run,
                      struct an_endpoint *ret_from)
{
	struct an_endpoint own = own_address(udp->host, an_endpoint_is_ip4(&run->remote));
	if (!covers(&udp->bound, &own))
		return false;
	if (!is_any(&run->local) && !same_address(&run->local, &own))
		return false;
	own.port = udp->bound.port;
	*ret_from = own;
	return true;
}

static void send_one(struct an_udp *udp, const struct an_datagram *run, size_t offset, size_t size)
{
	struct an_sim_host *host = udp->host;
	struct an_sim_world *world = host->world;
	struct an_sim_packet *packet = an_sim_resize(NULL, sizeof(*packet) + size);
	*packet = (struct an_sim_packet){
		.world = world,
		.to = run->remote,
		.ecn = run->ecn,
		.size = size,
	};
	if (size > 0)
		memcpy(packet->bytes, run->data + offset, size);
	world->counters.sent++;
	world->counters.bytes_sent += size;

	struct an_sim_host *to = host_at(world, &run->remote);
	const size_t headers = an_endpoint_is_ip4(&run->remote) ? HEADERS_IP4 : HEADERS_IP6;
	if (!source_of(udp, run, &packet->from) || run->remote.port == 0) {
		world->counters.unreachable++;
		udp->lost++;
	} else if (!world->any_size && size + headers > host->mtu) {
		world->counters.too_large++;
		udp->lost++;
	} else if (!world->any_size && to != NULL && size + headers > to->mtu) {
		world->counters.too_large++;
	} else {
		travel(host, to, packet);
		return;
	}
	free(packet);
}

static size_t waiting_at_uplink(const struct an_sim_host *host)
{
	const struct an_sim_link *link = link_between(host, NULL);
	const an_time_us wait = an_time_until(host->uplink_free_at, host->world->now);
	return (size_t)(wait * link->bytes_per_second / MILLION);
}

static void touch_host(void *context)
{
	an_sim_host_touch(context);
}

bool an_sim_udp_has_room(struct an_sim_host *host)
{
	const struct an_sim_link *link = link_between(host, NULL);
	return link->bytes_per_second == 0 || link->queue_bytes == 0 ||
	       waiting_at_uplink(host) < link->queue_bytes;
}

static void plan_room(struct an_sim_host *host)
{
	const struct an_sim_link *link = link_between(host, NULL);
	const an_time_us half = link->queue_bytes / 2 * MILLION / link->bytes_per_second;
	const an_time_us free_at = host->uplink_free_at;
	an_sim_plan(host->world, free_at > half ? free_at - half : free_at, touch_host, NULL, host);
}

void an_sim_udp_send(void *context, struct an_udp *udp, const struct an_datagram *runs,
                     size_t count, size_t *ret_sent)
{
	struct an_sim_host *host = context;
	*ret_sent = 0;
	while (*ret_sent < count && !udp->dead) {
		if (!an_sim_udp_has_room(host)) {
			plan_room(host);
			return;
		}
		const struct an_datagram *run = &runs[(*ret_sent)++];
		const size_t segment = run->segment > 0 ? run->segment : run->size;
		size_t offset = 0;
		do {
			const size_t left = run->size - offset;
			send_one(udp, run, offset, left < segment ? left : segment);
			offset += segment;
		} while (offset < run->size);
	}
	*ret_sent = udp->dead ? count : *ret_sent;
}

void an_sim_udp_receive(void *context, struct an_udp *udp, struct an_datagram *runs,
                        size_t capacity, size_t *ret_count)
{
	(void)context;
	free_packets(&udp->held);
	size_t count = 0;
	for (struct an_list *link;
	     count < capacity && !udp->dead && (link = an_list_take(&udp->waiting)) != NULL;
	     count++) {
		struct an_sim_packet *packet = an_container_of(link, struct an_sim_packet, link);
		an_list_append(&udp->held, link);
		udp->waiting_bytes -= packet->size;
		runs[count] = (struct an_datagram){
			.local = packet->to,
			.remote = packet->from,
			.data = packet->bytes,
			.size = packet->size,
			.segment = packet->size,
			.ecn = packet->ecn,
		};
	}
	*ret_count = count;
}

bool an_sim_udp_readable(struct an_sim_host *host)
{
	for (struct an_list *i = an_list_first(&host->sockets); i != NULL;
	     i = an_list_next(&host->sockets, i)) {
		const struct an_udp *udp = an_container_of(i, struct an_udp, link);
		if (!udp->watched || udp->dead)
			continue;
		if (!an_list_empty(&udp->waiting) || (udp->for_room && an_sim_udp_has_room(host)))
			return true;
	}
	return false;
}
