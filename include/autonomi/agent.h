/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What peers say of themselves (semantics 1.3): agent strings, the names of a network's protocols, and
 * what the version gate makes of an agent string (semantics 1.4, 6.12).
 *
 * Threading: any thread.
 */
#ifndef AUTONOMI_AGENT_H
#define AUTONOMI_AGENT_H

#include <autonomi/export.h>
#include <autonomi/status.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Network ids. Any other number below 256 is a network of its own. */
enum { AUTONOMI_NETWORK_MAINNET = 1, AUTONOMI_NETWORK_ALPHANET = 2 };

/* Roles: AUTONOMI_AGENT_.... */
enum {
	AUTONOMI_AGENT_NODE = 0,
	AUTONOMI_AGENT_CLIENT = 1,
	AUTONOMI_AGENT_REACHABILITY_CHECK = 2,
	AUTONOMI_AGENT_UNKNOWN = 3
};

/* Texts: AUTONOMI_PROTOCOL_.... */
enum {
	AUTONOMI_PROTOCOL_REQUEST_RESPONSE = 0, /* "/ant/1.0/1" */
	AUTONOMI_PROTOCOL_IDENTIFY = 1,         /* "ant/1.0/1" */
	AUTONOMI_PROTOCOL_NETWORK_VERSION = 2,  /* "1_1.0": as in the names of files */
	AUTONOMI_PROTOCOL_VERSION = 3           /* "1.0": of the protocol alone */
};

/* What the version gate says: AUTONOMI_VERSION_.... */
enum {
	AUTONOMI_VERSION_ACCEPTED = 0,
	AUTONOMI_VERSION_REJECTED = 1, /* older than the minimum */
	AUTONOMI_VERSION_LEGACY = 2, /* an agent of Autonomi's without a version that can be read */
	AUTONOMI_VERSION_PARSE_ERROR = 3 /* none of Autonomi's */
};

/* Bytes that are enough for any text that these functions write, the final zero included. */
enum { AUTONOMI_AGENT_TEXT_SIZE = 96 };

/* Writes the agent string of a program of this version ("0.4.17") in a network, with a final zero, in
 * `text_size` bytes at `text`. Returns AUTONOMI_OK; AUTONOMI_E_TOO_SMALL; AUTONOMI_E_INVALID, also for
 * an unknown role, an id above 255, and a version that is empty, longer than 31 bytes, or has a
 * slash, a blank or a character that is not printable ASCII. */
AUTONOMI_API autonomi_status autonomi_agent_text(uint32_t role, const char *version,
                                                 uint32_t network_id, char *text, size_t text_size);

/* Writes the name of a protocol of a network likewise. Returns AUTONOMI_OK; AUTONOMI_E_TOO_SMALL;
 * AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_protocol_text(uint32_t protocol, uint32_t network_id,
                                                    char *text, size_t text_size);

/* The role that an agent string tells of, by what it contains (semantics 6.12): AUTONOMI_AGENT_...;
 * AUTONOMI_AGENT_UNKNOWN for NULL. */
AUTONOMI_API uint32_t autonomi_agent_role(const char *agent);

/* Reads the version in an agent string ("ant/node/1.0/0.4.17/1"), as the gate reads it: its three
 * numbers go to `ret_version`. Returns AUTONOMI_OK; AUTONOMI_E_CORRUPT where there is none;
 * AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_agent_version(const char *agent, uint16_t ret_version[3]);

/* Reads a version alone: three numbers below 65536 between dots; what follows the first "-" and
 * further parts do not count. Returns as autonomi_agent_version. */
AUTONOMI_API autonomi_status autonomi_version_read(const char *text, uint16_t ret_version[3]);

/* Whether a version is at least `minimum`: 1 or 0. AUTONOMI_E_INVALID for NULL. */
AUTONOMI_API autonomi_status autonomi_version_meets(const uint16_t version[3],
                                                    const uint16_t minimum[3]);

/* What the version gate says of an agent string: AUTONOMI_VERSION_... goes to `ret_verdict`. With NULL
 * for `minimum` every version is accepted. Nodes turn away nodes that are not accepted, and take any
 * client. Returns AUTONOMI_OK; AUTONOMI_E_INVALID. */
AUTONOMI_API autonomi_status autonomi_version_judge(const char *agent, const uint16_t minimum[3],
                                                    uint32_t *ret_verdict);

#ifdef __cplusplus
}
#endif

#endif
