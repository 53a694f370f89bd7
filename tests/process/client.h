/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What test programs that do one thing with a client share. */
#ifndef TESTS_PROCESS_CLIENT_H
#define TESTS_PROCESS_CLIENT_H

#include <stdbool.h>

#include <autonomi/net.h>

/* A client of a local network, owned by the caller; NULL where there is none. */
autonomi_node *open_client(const char *peers);

/* Whether the only operation, whose submit returned `submitted`, ended well. Waits for its end. */
bool await_end(autonomi_node *node, autonomi_status submitted);

#endif
