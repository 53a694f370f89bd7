/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A client that has joined a cluster of real nodes, and its operations, one after the other. */
#ifndef AN_TESTS_UNIT_API_SCENE_H
#define AN_TESTS_UNIT_API_SCENE_H

#include "prop/cluster.h"

enum { SCENE_LIMIT_MS = 60000 };

extern struct cluster scene_cluster;
extern autonomi_node *scene_client;
extern autonomi_op scene_op; /* what operations are begun with */

void scene_open(size_t nodes);
void scene_close(void);

/* The completion of scene_op, or its status; `submitted` is what the call returned that set it. */
autonomi_event *scene_completion(autonomi_status submitted);
autonomi_status scene_status(autonomi_status submitted);

#endif
