/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/udp_message.h"

#include <string.h>

enum { ECN_MASK = 3, MAPPED_PREFIX = 12 };

socklen_t an_udp_address_from(const struct an_endpoint *endpoint, int family,
                              struct sockaddr_storage *out)
{
	if (family == AF_INET) {
		struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(endpoint->port)};
		memcpy(&v4.sin_addr, endpoint->address + MAPPED_PREFIX, sizeof(v4.sin_addr));
		memcpy(out, &v4, sizeof(v4));
		return sizeof(v4);
	}
	struct sockaddr_in6 v6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(endpoint->port),
		.sin6_scope_id = endpoint->scope,
	};
	memcpy(&v6.sin6_addr, endpoint->address, sizeof(v6.sin6_addr));
	memcpy(out, &v6, sizeof(v6));
	return sizeof(v6);
}

struct an_endpoint an_udp_endpoint_of(const struct sockaddr_storage *address)
{
	if (address->ss_family == AF_INET) {
		struct sockaddr_in v4;
		memcpy(&v4, address, sizeof(v4));
		struct an_endpoint endpoint = an_endpoint_ip4(0, 0, 0, 0, ntohs(v4.sin_port));
		memcpy(endpoint.address + MAPPED_PREFIX, &v4.sin_addr, sizeof(v4.sin_addr));
		return endpoint;
	}
	struct sockaddr_in6 v6;
	memcpy(&v6, address, sizeof(v6));
	struct an_endpoint endpoint = {.port = ntohs(v6.sin6_port), .scope = v6.sin6_scope_id};
	memcpy(endpoint.address, &v6.sin6_addr, sizeof(v6.sin6_addr));
	return endpoint;
}

static bool is_unspecified(const struct an_endpoint *endpoint)
{
	static const struct an_endpoint none;
	const size_t from = an_endpoint_is_ip4(endpoint) ? MAPPED_PREFIX : 0;
	return memcmp(endpoint->address + from, none.address, sizeof(none.address) - from) == 0;
}

static void append(struct msghdr *message, int level, int type, const void *data, size_t size)
{
	struct cmsghdr *header = (struct cmsghdr *)(void *)((uint8_t *)message->msg_control +
	                                                    message->msg_controllen);
	header->cmsg_level = level;
	header->cmsg_type = type;
	header->cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(header), data, size);
	message->msg_controllen += CMSG_SPACE(size);
}

static void append_source(struct msghdr *message, const struct an_endpoint *local, int family)
{
	if (family == AF_INET) {
		struct in_pktinfo info = {0};
		memcpy(&info.ipi_spec_dst, local->address + MAPPED_PREFIX,
		       sizeof(info.ipi_spec_dst));
		append(message, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
		return;
	}
	struct in6_pktinfo info = {.ipi6_ifindex = local->scope};
	memcpy(&info.ipi6_addr, local->address, sizeof(info.ipi6_addr));
	append(message, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof(info));
}

void an_udp_control_write(struct msghdr *message, struct an_udp_control *control,
                          const struct an_datagram *run, size_t segment, int family)
{
	memset(control, 0, sizeof(*control));
	message->msg_control = control->bytes;
	message->msg_controllen = 0;
	if (!is_unspecified(&run->local))
		append_source(message, &run->local, family);
	const int ecn = run->ecn & ECN_MASK;
	/* A datagram to an IPv4-mapped address takes IPv4's option, also on an IPv6 socket. */
	if (ecn != 0 && an_endpoint_is_ip4(&run->remote))
		append(message, IPPROTO_IP, IP_TOS, &ecn, sizeof(ecn));
	else if (ecn != 0)
		append(message, IPPROTO_IPV6, IPV6_TCLASS, &ecn, sizeof(ecn));
	const uint16_t size = (uint16_t)segment;
	if (size != 0)
		append(message, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof(size));
	if (message->msg_controllen == 0)
		message->msg_control = NULL;
}

static void read_source4(const struct cmsghdr *header, struct an_datagram *run)
{
	struct in_pktinfo info;
	memcpy(&info, CMSG_DATA(header), sizeof(info));
	const uint16_t port = run->local.port;
	run->local = an_endpoint_ip4(0, 0, 0, 0, port);
	memcpy(run->local.address + MAPPED_PREFIX, &info.ipi_addr, sizeof(info.ipi_addr));
}

static void read_source6(const struct cmsghdr *header, struct an_datagram *run)
{
	struct in6_pktinfo info;
	memcpy(&info, CMSG_DATA(header), sizeof(info));
	memcpy(run->local.address, &info.ipi6_addr, sizeof(info.ipi6_addr));
	run->local.scope = IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr) ? info.ipi6_ifindex : 0;
}

static int read_int(const struct cmsghdr *header)
{
	int value;
	memcpy(&value, CMSG_DATA(header), sizeof(value));
	return value;
}

static bool is_message(const struct cmsghdr *header, int level, int type)
{
	return header->cmsg_level == level && header->cmsg_type == type;
}

void an_udp_control_read(struct msghdr *message, struct an_datagram *run)
{
	run->ecn = 0;
	run->segment = run->size;
	for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header != NULL;
	     header = CMSG_NXTHDR(message, header)) {
		if (is_message(header, IPPROTO_IP, IP_PKTINFO))
			read_source4(header, run);
		else if (is_message(header, IPPROTO_IPV6, IPV6_PKTINFO))
			read_source6(header, run);
		else if (is_message(header, IPPROTO_IP,
		                    IP_TOS)) /* one byte, as the kernel sends it */
			run->ecn = *CMSG_DATA(header) & ECN_MASK;
		else if (is_message(header, IPPROTO_IPV6, IPV6_TCLASS))
			run->ecn = (uint8_t)(read_int(header) & ECN_MASK);
		else if (is_message(header, IPPROTO_UDP, UDP_GRO) && read_int(header) > 0)
			run->segment = (size_t)read_int(header);
	}
	if (run->segment > run->size)
		run->segment = run->size;
}
