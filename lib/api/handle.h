/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the opaque handles of the public API are, and the guard that every entry passes: it checks
 * the handle, the process and the log hook, and leaves errno as it found it (contract, clauses 8, 16).
 */
#ifndef AN_API_HANDLE_H
#define AN_API_HANDLE_H

#include <fenv.h>
#include <stdbool.h>

#include <autonomi/node.h>

#include "node/node.h"

struct autonomi_network {
	struct autonomi_node *node;
};

struct autonomi_dht {
	struct autonomi_node *node;
};

struct autonomi_storage {
	struct autonomi_node *node; /* NULL where it was opened alone */
	struct an_store *store;     /* borrowed from the node where it has one */
	int process;                /* that opened it alone */
};

struct autonomi_node {
	struct an_node *inner;
	struct autonomi_network network;
	struct autonomi_storage storage;
	struct autonomi_dht dht;
};

struct autonomi_config {
	struct an_node_config values;
	char error[256];
};

/* Opens a node on another machine than the real one: for the simulator. */
an_status an_api_node_open(const struct autonomi_config *config, const struct an_sys *sys,
                           struct autonomi_node **ret_node, char *reterr, size_t reterr_size);

struct an_guard {
	int saved_errno;
	fenv_t saved_floating_point;
};

/* Remembers errno and the floating-point state, and takes the default one meanwhile: a host may have
 * other rounding, or traps. */
void an_guard_begin(struct an_guard *guard);

/* The same, and AUTONOMI_OK where the call may go on; E_INVALID, E_FORKED or E_REENTRANT. */
an_status an_guard_enter(struct an_guard *guard, const struct autonomi_node *node);

/* Restores what the guard remembers and returns `status`. */
an_status an_guard_leave(const struct an_guard *guard, an_status status);

/* Says in `reterr`, which may be NULL, what `status` means where nobody has said more. */
void an_api_explain(an_status status, char *reterr, size_t reterr_size);

/* Copies at most `target_size` bytes of `source`, and zeroes what is beyond it: how views of another
 * header's size are filled. */
void an_api_fill_view(void *target, size_t target_size, const void *source, size_t source_size);

#endif
