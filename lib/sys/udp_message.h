/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's form of a datagram: socket addresses and control messages (ECN, local address,
 * segment size) on the one side, struct an_datagram on the other. Pure but for the byte order.
 */
#ifndef AN_SYS_UDP_MESSAGE_H
#define AN_SYS_UDP_MESSAGE_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/datagram.h"

/* Not in every libc's headers; the numbers are the kernel's (linux/udp.h). */
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

/* Room for the control messages of one run: local address, traffic class, segment size. */
struct an_udp_control {
	_Alignas(struct cmsghdr)
		uint8_t bytes[CMSG_SPACE(sizeof(struct in6_pktinfo)) +
	                      CMSG_SPACE(sizeof(struct in_pktinfo)) + 3 * CMSG_SPACE(sizeof(int))];
};

/* `family` is the socket's. Returns the size of what was written. */
socklen_t an_udp_address_from(const struct an_endpoint *endpoint, int family,
                              struct sockaddr_storage *out);
struct an_endpoint an_udp_endpoint_of(const struct sockaddr_storage *address);

/* Writes the control messages of `run`; `segment` is 0 for a single datagram. `control` must
 * outlive `message`. */
void an_udp_control_write(struct msghdr *message, struct an_udp_control *control,
                          const struct an_datagram *run, size_t segment, int family);

/* Reads local address, ECN and segment size into `run`, whose `size` is known. */
void an_udp_control_read(struct msghdr *message, struct an_datagram *run);

#endif
