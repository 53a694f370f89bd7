/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene.h"

#include <check.h>

struct cluster scene_cluster;
autonomi_node *scene_client;
autonomi_op scene_op;

void scene_open(size_t nodes)
{
	cluster_open(&scene_cluster, nodes, 1);
	scene_client = cluster_client(&scene_cluster, 1);
	cluster_await(&scene_cluster, scene_client, AUTONOMI_EVENT_JOINED, SCENE_LIMIT_MS);
}

void scene_close(void)
{
	scene_client = autonomi_node_free(scene_client);
	cluster_close(&scene_cluster);
}

autonomi_event *scene_completion(autonomi_status submitted)
{
	ck_assert_int_eq(submitted, AUTONOMI_OK);
	autonomi_event *event = cluster_completion(&scene_cluster, scene_client, scene_op,
	                                           SCENE_LIMIT_MS);
	ck_assert_ptr_nonnull(event);
	return event;
}

autonomi_status scene_status(autonomi_status submitted)
{
	autonomi_event *event = scene_completion(submitted);
	const autonomi_status status = autonomi_event_status(event);
	autonomi_event_free(event);
	return status;
}
