/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * UDP sockets. The rule that this file keeps: whatever the kernel says about one datagram (the peer
 * is unreachable, refused, filtered, the datagram too large) is that datagram's loss and never the
 * socket's end; QUIC sends again or gives up the path.
 */
#include "sys/machine.h"

#include <errno.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/memory.h"
#include "sys/udp_message.h"

enum {
	RECEIVE_RUNS = 8,     /* of RECEIVE_SIZE each; memory that was never filled costs nothing */
	RECEIVE_SIZE = 65536, /* the largest run that the kernel joins */
	SEGMENTS_MAX = 64,    /* that every kernel with UDP_SEGMENT takes in one call */
	SEGMENTED_MAX = 65000, /* bytes likewise: 65,535 less the headers */
	RECEIVE_ERRORS_MAX = 8,
};

struct an_udp {
	int fd;
	int family;
	uint16_t port;
	bool segments; /* the kernel cuts runs for us (UDP_SEGMENT) */
	uint64_t lost;
	uint8_t *memory; /* RECEIVE_RUNS of RECEIVE_SIZE */
};

/* Where sending stands: the run, and how many bytes of it are behind us. */
struct cursor {
	size_t run;
	size_t offset;
};

/* The messages of one system call. */
struct batch {
	size_t size;
	struct mmsghdr header[AN_DATAGRAM_BATCH];
	struct iovec bytes[AN_DATAGRAM_BATCH];
	struct sockaddr_storage address[AN_DATAGRAM_BATCH];
	struct an_udp_control control[AN_DATAGRAM_BATCH];
	struct cursor after[AN_DATAGRAM_BATCH]; /* where sending stands when the message is gone */
	bool cut[AN_DATAGRAM_BATCH];            /* the kernel is to cut it into datagrams */
};

static void set_option(int fd, int level, int name, int value)
{
	/* None of them is needed; each kernel has those that it has. */
	(void)setsockopt(fd, level, name, &value, sizeof(value));
}

static void set_options(const struct an_udp *udp, const struct an_udp_options *options)
{
	/* An IPv6 socket carries IPv4 too, and each family has its own options. */
	set_option(udp->fd, IPPROTO_IP, IP_RECVTOS, 1);
	set_option(udp->fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE);
	if (udp->family == AF_INET6) {
		set_option(udp->fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
		set_option(udp->fd, IPPROTO_IPV6, IPV6_RECVTCLASS, 1);
		set_option(udp->fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE);
	} else {
		set_option(udp->fd, IPPROTO_IP, IP_PKTINFO, 1);
	}
	if (options->receive_buffer > 0)
		set_option(udp->fd, SOL_SOCKET, SO_RCVBUF, (int)options->receive_buffer);
	if (options->send_buffer > 0)
		set_option(udp->fd, SOL_SOCKET, SO_SNDBUF, (int)options->send_buffer);
	set_option(udp->fd, IPPROTO_UDP, UDP_GRO, 1);
}

static bool kernel_segments(int fd)
{
	int size = 0;
	socklen_t length = sizeof(size);
	return getsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &size, &length) == 0;
}

static an_status bind_socket(struct an_udp *udp, const struct an_endpoint *bind_to)
{
	struct sockaddr_storage address;
	const socklen_t size = an_udp_address_from(bind_to, udp->family, &address);
	if (udp->family == AF_INET6)
		set_option(udp->fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	if (bind(udp->fd, (struct sockaddr *)&address, size) != 0)
		return an_sys_status_of(errno);
	return AUTONOMI_OK;
}

static an_status open_socket(struct an_udp *udp, const struct an_endpoint *bind_to)
{
	udp->family = an_endpoint_is_ip4(bind_to) ? AF_INET : AF_INET6;
	udp->fd = socket(udp->family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (udp->fd < 0)
		return an_sys_status_of(errno);
	const an_status status = bind_socket(udp, bind_to);
	if (status != AUTONOMI_OK) {
		close(udp->fd);
		udp->fd = -1;
	}
	return status;
}

static bool is_any6(const struct an_endpoint *endpoint)
{
	static const uint8_t any[16];
	return memcmp(endpoint->address, any, sizeof(any)) == 0;
}

/* Where IPv6 is compiled out or turned off, "every address" means every IPv4 address. */
static an_status open_dual(struct an_udp *udp, const struct an_endpoint *bind_to)
{
	const an_status status = open_socket(udp, bind_to);
	if (status != AUTONOMI_E_ADDRESS || !is_any6(bind_to))
		return status;
	const struct an_endpoint any4 = an_endpoint_ip4(0, 0, 0, 0, bind_to->port);
	return open_socket(udp, &any4);
}

static an_status open_udp(struct an_udp *udp, struct an_endpoint *bind_to,
                          const struct an_udp_options *options)
{
	udp->memory = an_malloc((size_t)RECEIVE_RUNS * RECEIVE_SIZE);
	if (udp->memory == NULL)
		return AUTONOMI_E_NO_MEMORY;
	const an_status status = open_dual(udp, bind_to);
	if (status != AUTONOMI_OK)
		return status;
	set_options(udp, options);
	udp->segments = kernel_segments(udp->fd);

	struct sockaddr_storage bound = {0};
	socklen_t size = sizeof(bound);
	if (getsockname(udp->fd, (struct sockaddr *)&bound, &size) != 0)
		return an_sys_status_of(errno);
	*bind_to = an_udp_endpoint_of(&bound);
	udp->port = bind_to->port;
	return AUTONOMI_OK;
}

an_status an_sys_udp_open(void *context, struct an_endpoint *bind_to,
                          const struct an_udp_options *options, struct an_udp **ret_udp)
{
	struct an_udp *udp = an_calloc(1, sizeof(*udp));
	if (udp == NULL)
		return AUTONOMI_E_NO_MEMORY;
	udp->fd = -1;
	const an_status status = open_udp(udp, bind_to, options);
	if (status != AUTONOMI_OK) {
		an_sys_udp_close(context, udp);
		return status;
	}
	*ret_udp = udp;
	return AUTONOMI_OK;
}

void an_sys_udp_close(void *context, struct an_udp *udp)
{
	(void)context;
	if (udp == NULL)
		return;
	if (udp->fd >= 0)
		close(udp->fd);
	an_free(udp->memory);
	an_free(udp);
}

int an_sys_udp_descriptor(const struct an_udp *udp)
{
	return udp->fd;
}

uint64_t an_sys_udp_lost(void *context, const struct an_udp *udp)
{
	(void)context;
	return udp->lost;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The bytes of `run` from `offset` on that go in one message: a datagram, or as many as the kernel
 * cuts apart. */
static size_t piece_size(const struct an_udp *udp, const struct an_datagram *run, size_t offset)
{
	const size_t left = run->size - offset;
	if (run->segment == 0)
		return left;
	if (!udp->segments)
		return smaller(left, run->segment);
	size_t segments = smaller(SEGMENTS_MAX, SEGMENTED_MAX / run->segment);
	if (segments == 0)
		segments = 1;
	return smaller(left, segments * run->segment);
}

static void add_piece(struct batch *batch, const struct an_udp *udp, const struct an_datagram *run,
                      size_t offset, size_t size)
{
	const size_t i = batch->size++;
	batch->bytes[i] = (struct iovec){.iov_base = run->data + offset, .iov_len = size};
	struct msghdr *message = &batch->header[i].msg_hdr;
	*message = (struct msghdr){
		.msg_name = &batch->address[i],
		.msg_namelen = an_udp_address_from(&run->remote, udp->family, &batch->address[i]),
		.msg_iov = &batch->bytes[i],
		.msg_iovlen = 1,
	};
	batch->cut[i] = udp->segments && run->segment > 0 && size > run->segment;
	an_udp_control_write(message, &batch->control[i], run, batch->cut[i] ? run->segment : 0,
	                     udp->family);
}

static void fill_batch(struct batch *batch, const struct an_udp *udp,
                       const struct an_datagram *runs, size_t count, struct cursor from)
{
	batch->size = 0;
	while (from.run < count && batch->size < AN_DATAGRAM_BATCH) {
		const struct an_datagram *run = &runs[from.run];
		const size_t size = piece_size(udp, run, from.offset);
		add_piece(batch, udp, run, from.offset, size);
		from.offset += size;
		if (from.offset >= run->size)
			from = (struct cursor){.run = from.run + 1};
		batch->after[batch->size - 1] = from;
	}
}

/* The first message of the batch was refused with `error`. Returns false where the socket is full;
 * else the message is given up, or goes again as separate datagrams where cutting may be at fault. */
static bool survive(struct an_udp *udp, const struct batch *batch, int error, struct cursor *at)
{
	if (error == EINTR)
		return true;
	if (error == EAGAIN || error == EWOULDBLOCK)
		return false;
	if (batch->cut[0] && (error == EIO || error == EINVAL)) {
		udp->segments = false;
		return true;
	}
	udp->lost++;
	*at = batch->after[0];
	return true;
}

void an_sys_udp_send(void *context, struct an_udp *udp, const struct an_datagram *runs,
                     size_t count, size_t *ret_sent)
{
	(void)context;
	const bool segments = udp->segments;
	const uint64_t lost = udp->lost;
	struct batch batch;
	struct cursor at = {0};
	bool room = true;
	while (room && at.run < count) {
		fill_batch(&batch, udp, runs, count, at);
		const int sent = sendmmsg(udp->fd, batch.header, (unsigned)batch.size,
		                          MSG_DONTWAIT);
		if (sent > 0)
			at = batch.after[sent - 1];
		else
			room = survive(udp, &batch, errno, &at);
	}
	/* Separate datagrams failed as well: the path was at fault, an address that a peer gave us
	 * perhaps. Cutting is off for good only where it alone was refused. */
	if (udp->lost > lost)
		udp->segments = segments;
	*ret_sent = at.run;
}

static void prepare_receive(struct batch *batch, const struct an_udp *udp, size_t capacity)
{
	batch->size = smaller(capacity, RECEIVE_RUNS);
	for (size_t i = 0; i < batch->size; i++) {
		batch->bytes[i] = (struct iovec){
			.iov_base = udp->memory + i * RECEIVE_SIZE,
			.iov_len = RECEIVE_SIZE,
		};
		batch->header[i].msg_hdr = (struct msghdr){
			.msg_name = &batch->address[i],
			.msg_namelen = sizeof(batch->address[i]),
			.msg_iov = &batch->bytes[i],
			.msg_iovlen = 1,
			.msg_control = batch->control[i].bytes,
			.msg_controllen = sizeof(batch->control[i].bytes),
		};
	}
}

/* Fetches one batch; 0 where nothing is there. */
static size_t fetch(struct an_udp *udp, struct batch *batch, size_t capacity)
{
	/* An error that an earlier datagram left on the socket is reported once and is gone; only so
	 * many are skipped in one call, and the descriptor stays readable for the next. */
	for (size_t errors = 0; errors < RECEIVE_ERRORS_MAX; errors++) {
		prepare_receive(batch, udp, capacity);
		const int got = recvmmsg(udp->fd, batch->header, (unsigned)batch->size,
		                         MSG_DONTWAIT, NULL);
		if (got >= 0)
			return (size_t)got;
		if (errno == EAGAIN || errno == EWOULDBLOCK)
			return 0;
	}
	return 0;
}

/* False for what cannot be a QUIC packet: empty, or cut off. */
static bool read_message(const struct an_udp *udp, struct batch *batch, size_t i,
                         struct an_datagram *run)
{
	struct mmsghdr *header = &batch->header[i];
	if (header->msg_len == 0 || (header->msg_hdr.msg_flags & MSG_TRUNC) != 0)
		return false;
	*run = (struct an_datagram){
		.local = {.port = udp->port},
		.remote = an_udp_endpoint_of(&batch->address[i]),
		.data = batch->bytes[i].iov_base,
		.size = header->msg_len,
	};
	an_udp_control_read(&header->msg_hdr, run);
	return true;
}

void an_sys_udp_receive(void *context, struct an_udp *udp, struct an_datagram *runs,
                        size_t capacity, size_t *ret_count)
{
	(void)context;
	struct batch batch;
	size_t count = 0;
	size_t fetched = 1;
	for (size_t rounds = 0; count == 0 && fetched > 0 && rounds < AN_DATAGRAM_BATCH; rounds++) {
		fetched = fetch(udp, &batch, capacity);
		for (size_t i = 0; i < fetched; i++)
			count += read_message(udp, &batch, i, &runs[count]);
	}
	*ret_count = count;
}
