/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How many streams a peer may open in a second. One that asks for little and hears "busy" at once spends
 * less than we do, so a limit of what is under way does not bound its cost. The place of a stream that
 * ended is given back at a rate, and until then the peer waits: it needs not be refused. What it did not
 * use is saved, up to as many streams as may be open at once.
 */
#include "quic/internal.h"

static an_time_us interval(const struct an_quic *quic)
{
	const an_time_us between = AN_SECONDS(1) / quic->limits.stream_rate;
	return between > 0 ? between : 1;
}

/* Whoever was slow for a while may be quick for a while. */
static an_time_us earliest(const struct an_quic *quic)
{
	const an_time_us saved = quic->limits.streams * interval(quic);
	return quic->now > saved ? quic->now - saved : 0;
}

void an_quic_credit_owe(struct an_quic_connection *connection)
{
	const struct an_quic *quic = connection->quic;
	if (quic->limits.stream_rate == 0) {
		ngtcp2_conn_extend_max_streams_bidi(connection->conn, 1);
		return;
	}
	connection->credits++;
	if (connection->credit_at < earliest(quic))
		connection->credit_at = earliest(quic);
	an_quic_credit_grant(connection);
}

void an_quic_credit_grant(struct an_quic_connection *connection)
{
	const struct an_quic *quic = connection->quic;
	while (connection->credits > 0 && connection->credit_at <= quic->now) {
		ngtcp2_conn_extend_max_streams_bidi(connection->conn, 1);
		connection->credit_at += interval(quic);
		connection->credits--;
	}
}
