/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Agent strings (semantics 1.3): what a peer says of itself, in our handshake as the subject of its
 * certificate. `ant/node/1.0/0.4.17/1`: role, protocol version, program version, network id.
 *
 * The version gate reads another peer's agent more loosely than the form is written, as Autonomi
 * does (semantics 6.12).
 */
#ifndef AN_IDENT_AGENT_H
#define AN_IDENT_AGENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "base/status.h"

enum {
	AN_AGENT_MAX = 96,         /* with the final zero */
	AN_AGENT_VERSION_MAX = 32, /* one of its versions, with the final zero */
};

enum an_agent_role {
	AN_AGENT_NODE,
	AN_AGENT_CLIENT,
	AN_AGENT_REACHABILITY_CHECK,
	AN_AGENT_UNKNOWN,
};

struct an_agent {
	enum an_agent_role role;
	char protocol[AN_AGENT_VERSION_MAX]; /* "1.0" */
	char version[AN_AGENT_VERSION_MAX];  /* of the program: "0.4.17" */
	uint8_t network_id;
};

/* Reads the exact form `ant/ROLE/PROTOCOL/VERSION/ID`, printable ASCII. E_PROTOCOL where `text` has
 * another. A role that we do not know is AN_AGENT_UNKNOWN. */
an_status an_agent_read(struct an_agent *ret_agent, struct an_span text);

/* Writes the text with a final zero. E_INVALID where the role is unknown, or a version is empty or
 * has a slash, a blank or a character that is not printable ASCII. */
an_status an_agent_write(const struct an_agent *agent, char text[AN_AGENT_MAX]);

/* A program version as the gate compares it: the first part counts most. */
struct an_agent_version {
	uint16_t part[3];
};

/* Negative where `a` is older than `b`, 0 where they are equal, positive where newer. */
int an_agent_version_compare(const struct an_agent_version *a, const struct an_agent_version *b);

/* Three numbers below 65536 between dots; what follows the first "-" and further parts do not
 * count. False where `text` is not of that form. */
bool an_agent_version_read(struct an_agent_version *ret_version, struct an_span text);

/* The same of the version in an agent text, which needs "ant" in front and at least five parts. */
bool an_agent_version_of(struct an_agent_version *ret_version, struct an_span text);

enum an_agent_verdict {
	AN_AGENT_ACCEPTED,
	AN_AGENT_REJECTED,    /* older than the minimum */
	AN_AGENT_LEGACY,      /* one of Autonomi's without a version that can be read */
	AN_AGENT_PARSE_ERROR, /* none of Autonomi's */
};

/* What the version gate says of an agent text. `minimum` NULL: every version is accepted, and what
 * has none is legacy. */
enum an_agent_verdict an_agent_judge(struct an_span text, const struct an_agent_version *minimum);

/* The role of an agent text as the gate sees it: by what the text contains. */
enum an_agent_role an_agent_role_of(struct an_span text);

#endif
