/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A run of UDP datagrams between two endpoints: `size` bytes that are cut into pieces of `segment`
 * bytes, the last of which may be shorter. One datagram has segment == size. Runs let the operating
 * system send and receive many datagrams in one call, with or without its own segmentation offload.
 */
#ifndef AN_BASE_DATAGRAM_H
#define AN_BASE_DATAGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "base/endpoint.h"

enum {
	AN_DATAGRAM_MAX = 1452,      /* payload of one datagram that we send: 1500 - IPv6 - UDP */
	AN_DATAGRAM_RUN_MAX = 65500, /* bytes of one run */
	AN_DATAGRAM_BATCH = 32,      /* runs that one call of lib/sys moves */
};

struct an_datagram {
	struct an_endpoint local; /* the address that it came to or goes from; port 0: any */
	struct an_endpoint remote;
	uint8_t *data; /* borrowed: who receives it must be done before the next call */
	size_t size;
	size_t segment;
	uint8_t ecn; /* RFC 3168: the two low bits of the traffic class */
};

#endif
