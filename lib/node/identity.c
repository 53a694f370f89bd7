/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who this node is: the file `secret-key` of its root directory (semantics 6.1). */
#include <stdio.h>

#include "base/memory.h"
#include "node/internal.h"

#define KEY_FILE "secret-key"

char *an_node_path(const char *directory, const char *name)
{
	const size_t size = strlen(directory) + strlen(name) + 2;
	char *path = an_malloc(size);
	if (path != NULL)
		snprintf(path, size, "%s/%s", directory, name);
	return path;
}

static an_status read_secret(struct an_node *node, const char *path, uint8_t *secret)
{
	const struct an_sys *sys = node->sys;
	struct an_file *file = NULL;
	an_status status = sys->file_open(sys->context, path, AN_FILE_READ, &file);
	if (status != AUTONOMI_OK)
		return status;
	uint8_t bytes[AN_KEY_SECRET_SIZE + 1];
	size_t size = 0;
	status = sys->file_read(sys->context, file, 0, bytes, sizeof(bytes), &size);
	sys->file_close(sys->context, file);
	if (status == AUTONOMI_OK && size != AN_KEY_SECRET_SIZE)
		status = AUTONOMI_E_CORRUPT;
	if (status == AUTONOMI_OK)
		memcpy(secret, bytes, AN_KEY_SECRET_SIZE);
	an_wipe(bytes, sizeof(bytes));
	return status;
}

/* Durable before the first peer sees it: a node that came back with another key would be another. */
static an_status write_secret(struct an_node *node, const char *path, const uint8_t *secret)
{
	const struct an_sys *sys = node->sys;
	struct an_file *file = NULL;
	an_status status = sys->file_open(sys->context, path, AN_FILE_CREATE_NEW, &file);
	if (status != AUTONOMI_OK)
		return status;
	status = sys->file_write(sys->context, file, 0, an_span(secret, AN_KEY_SECRET_SIZE));
	if (status == AUTONOMI_OK)
		status = sys->file_sync(sys->context, file);
	sys->file_close(sys->context, file);
	if (status == AUTONOMI_OK)
		status = sys->path_sync(sys->context, node->config.root_dir);
	if (status != AUTONOMI_OK)
		sys->path_remove(sys->context, path);
	return status;
}

static an_status load_or_make(struct an_node *node, uint8_t *secret)
{
	char *path = an_node_path(node->config.root_dir, KEY_FILE);
	if (path == NULL)
		return AUTONOMI_E_NO_MEMORY;
	an_status status = read_secret(node, path, secret);
	node->key_was_there = status == AUTONOMI_OK;
	if (status == AUTONOMI_E_NO_FILE) {
		an_random_fill(&node->random, secret, AN_KEY_SECRET_SIZE);
		status = write_secret(node, path, secret);
	}
	an_free(path);
	return status;
}

an_status an_node_load_identity(struct an_node *node, char *reterr, size_t reterr_size)
{
	uint8_t secret[AN_KEY_SECRET_SIZE];
	an_status status = AUTONOMI_OK;
	if (node->config.role == AN_NODE_ROLE_CLIENT)
		an_random_fill(&node->random, secret, sizeof(secret));
	else
		status = load_or_make(node, secret);
	if (status == AUTONOMI_OK)
		status = an_key_pair_from_secret(&node->key_pair, secret);
	an_wipe(secret, sizeof(secret));
	if (status != AUTONOMI_OK) {
		snprintf(reterr, reterr_size,
		         "the key %s/" KEY_FILE
		         " cannot be used (%s); it must be a file of 32 bytes "
		         "that this process may read and write",
		         node->config.root_dir, an_status_message(status));
		return status;
	}
	an_peer_id_to_text(&node->key_pair.identity.id, node->id_text);
	return AUTONOMI_OK;
}
