/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is kept of an ended connection for three probe timeouts (RFC 9000, 10.2): its connection ids,
 * so that late datagrams are known, and the packet that says that it is closed, so that it can be
 * said again: to the 1st, 2nd, 4th, 8th… datagram, never more often than we are asked.
 */
#include "base/memory.h"
#include "quic/internal.h"

static struct an_quic_grave *grave_of_timer(struct an_heap_node *timer)
{
	return an_container_of(timer, struct an_quic_grave, timer);
}

static void grave_free(struct an_quic *quic, struct an_quic_grave *grave)
{
	an_quic_ids_clear(quic, &grave->route);
	an_heap_remove(&quic->graves, &grave->timer);
	an_list_remove(&grave->link);
	quic->grave_count--;
	an_free(grave);
}

/* Its size; 0 where ngtcp2 has no keys to say anything with. */
static size_t write_close(struct an_quic_connection *connection, const ngtcp2_ccerr *error,
                          uint8_t packet[AN_DATAGRAM_MAX])
{
	ngtcp2_path_storage path;
	ngtcp2_pkt_info info;
	ngtcp2_path_storage_zero(&path);
	const ngtcp2_ssize size = ngtcp2_conn_write_connection_close(
		connection->conn, &path.path, &info, packet, AN_DATAGRAM_MAX, error,
		an_quic_clock(connection->quic));
	return size > 0 ? (size_t)size : 0;
}

static an_time_us closing_period(const struct an_quic_connection *connection)
{
	return ngtcp2_conn_get_pto(connection->conn) * 3 / NGTCP2_MICROSECONDS;
}

void an_quic_grave_dig(struct an_quic_connection *connection, enum an_quic_farewell farewell,
                       const ngtcp2_ccerr *error)
{
	struct an_quic *quic = connection->quic;
	uint8_t packet[AN_DATAGRAM_MAX];
	size_t size = 0;
	if (farewell == AN_QUIC_FAREWELL_SAY &&
	    (size = write_close(connection, error, packet)) == 0)
		return;
	if (quic->grave_count == AN_QUIC_GRAVES_MAX)
		grave_free(quic, grave_of_timer(an_heap_first(&quic->graves)));
	struct an_quic_grave *grave = an_calloc(1, sizeof(*grave) + size);
	if (grave == NULL)
		return;

	an_list_init(&grave->route.ids);
	an_quic_ids_move(&grave->route, &connection->route);
	grave->local = connection->local;
	grave->remote = connection->remote;
	grave->size = size;
	memcpy(grave->packet, packet, size);
	quic->grave_count++;
	an_heap_set(&quic->graves, &grave->timer,
	            an_time_after(quic->now, closing_period(connection)));
	if (size > 0)
		an_list_append(&quic->farewells, &grave->link);
}

void an_quic_grave_disturb(struct an_quic *quic, struct an_quic_grave *grave)
{
	grave->received++;
	const bool power_of_two = (grave->received & (grave->received - 1)) == 0;
	if (grave->size > 0 && power_of_two && !an_list_linked(&grave->link))
		an_list_append(&quic->farewells, &grave->link);
}

void an_quic_graves_expire(struct an_quic *quic)
{
	struct an_heap_node *timer;
	while ((timer = an_heap_first(&quic->graves)) != NULL && timer->deadline <= quic->now)
		grave_free(quic, grave_of_timer(timer));
}

void an_quic_graves_clear(struct an_quic *quic)
{
	struct an_heap_node *timer;
	while ((timer = an_heap_first(&quic->graves)) != NULL)
		grave_free(quic, grave_of_timer(timer));
}
