/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lib/quic tells: found back to our connections and requests. A connection or stream without a
 * user is one that we have given up. */
#include "link/state.h"

static an_status on_verify(void *context, struct an_quic_connection *quic,
                           struct an_span certificate)
{
	(void)context;
	struct an_link_connection *connection = an_quic_connection_user(quic);
	return connection != NULL ? an_link_connection_verify(connection, certificate)
	                          : AUTONOMI_E_CLOSED;
}

static void on_accepted(void *context, struct an_quic_connection *quic)
{
	struct an_link *link = context;
	struct an_link_connection *connection = link->closing ? NULL : an_link_connection_new(link);
	an_quic_connection_set_user(quic, connection);
	if (connection != NULL) {
		connection->quic = quic;
		return;
	}
	link->counters.refused_connections++;
	an_quic_connection_close(quic, link->closing ? AN_LINK_CODE_SHUTDOWN : AN_LINK_CODE_BUSY);
}

static void on_connected(void *context, struct an_quic_connection *quic)
{
	(void)context;
	struct an_link_connection *connection = an_quic_connection_user(quic);
	if (connection != NULL)
		an_link_connection_proven(connection);
}

static void on_closed(void *context, struct an_quic_connection *quic,
                      const struct an_quic_close *close)
{
	(void)context;
	struct an_link_connection *connection = an_quic_connection_user(quic);
	if (connection != NULL)
		an_link_connection_closed(connection, close);
}

static void on_stream_opened(void *context, struct an_quic_stream *quic)
{
	(void)context;
	struct an_link_connection *connection = an_quic_connection_user(
		an_quic_stream_connection(quic));
	an_quic_stream_set_user(quic, NULL);
	if (connection == NULL) {
		an_quic_stream_reset(quic, AN_LINK_CODE_BUSY);
		return;
	}
	an_link_connection_touch(connection);
	an_link_inbound_opened(connection, quic);
}

static struct an_link_outbound *outbound_of(struct an_link_stream *stream)
{
	return an_container_of(stream, struct an_link_outbound, stream);
}

static struct an_link_inbound *inbound_of(struct an_link_stream *stream)
{
	return an_container_of(stream, struct an_link_inbound, stream);
}

static void touch(const struct an_quic_stream *quic)
{
	struct an_link_connection *connection = an_quic_connection_user(
		an_quic_stream_connection(quic));
	if (connection != NULL)
		an_link_connection_touch(connection);
}

static void on_stream_data(void *context, struct an_quic_stream *quic, struct an_span bytes,
                           bool end)
{
	(void)context;
	struct an_link_stream *stream = an_quic_stream_user(quic);
	touch(quic);
	if (stream == NULL)
		an_quic_stream_consumed(quic, bytes.size);
	else if (!stream->inbound)
		an_link_outbound_data(outbound_of(stream), bytes, end);
	else if (inbound_of(stream)->state == AN_LINK_INBOUND_RECEIVING)
		an_link_inbound_data(inbound_of(stream), bytes, end);
}

static void on_stream_reset(void *context, struct an_quic_stream *quic, uint64_t code)
{
	(void)context;
	struct an_link_stream *stream = an_quic_stream_user(quic);
	touch(quic);
	if (stream == NULL)
		return;
	if (stream->inbound)
		an_link_inbound_end(inbound_of(stream), AN_LINK_CODE_NONE);
	else
		an_link_outbound_reset(outbound_of(stream), code);
}

static void on_stream_progressed(void *context, struct an_quic_stream *quic, uint64_t size)
{
	(void)context;
	struct an_link_stream *stream = an_quic_stream_user(quic);
	touch(quic);
	if (stream == NULL)
		return;
	if (stream->inbound)
		an_link_inbound_progressed(inbound_of(stream), size);
	else
		an_link_outbound_progressed(outbound_of(stream), size);
}

static void on_stream_delivered(void *context, struct an_quic_stream *quic)
{
	(void)context;
	struct an_link_stream *stream = an_quic_stream_user(quic);
	touch(quic);
	if (stream != NULL && !stream->inbound)
		outbound_of(stream)->delivered = true;
}

/* A request whose stream ends without a reply is told so when the connection's end is known, which
 * is what ended the stream. */
static void on_stream_closed(void *context, struct an_quic_stream *quic)
{
	(void)context;
	struct an_link_stream *stream = an_quic_stream_user(quic);
	if (stream == NULL)
		return;
	stream->quic = NULL;
	if (stream->inbound)
		an_link_inbound_end(inbound_of(stream), AN_LINK_CODE_NONE);
}

const struct an_quic_events an_link_quic_events = {
	.verify = on_verify,
	.accepted = on_accepted,
	.connected = on_connected,
	.closed = on_closed,
	.stream_opened = on_stream_opened,
	.stream_data = on_stream_data,
	.stream_reset = on_stream_reset,
	.stream_progressed = on_stream_progressed,
	.stream_delivered = on_stream_delivered,
	.stream_closed = on_stream_closed,
};
