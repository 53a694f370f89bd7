/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stddef.h>

#include "api/handle.h"
#include "base/memory.h"
#include "base/time.h"

static an_status open_inner(const struct autonomi_config *config, const struct an_sys *sys,
                            struct an_node **ret_inner, char *reterr, size_t reterr_size)
{
	if (config != NULL)
		return an_node_open(&config->values, sys, ret_inner, reterr, reterr_size);
	struct an_node_config defaults;
	an_status status = an_node_config_init(&defaults);
	if (status == AUTONOMI_OK)
		status = an_node_open(&defaults, sys, ret_inner, reterr, reterr_size);
	an_node_config_done(&defaults);
	return status;
}

an_status an_api_node_open(const struct autonomi_config *config, const struct an_sys *sys,
                           struct autonomi_node **ret_node, char *reterr, size_t reterr_size)
{
	if (reterr != NULL && reterr_size > 0)
		reterr[0] = '\0';
	struct autonomi_node *node = an_calloc(1, sizeof(*node));
	an_status status = AUTONOMI_E_NO_MEMORY;
	if (node != NULL)
		status = open_inner(config, sys, &node->inner, reterr, reterr_size);
	if (status != AUTONOMI_OK) {
		an_api_explain(status, reterr, reterr_size);
		an_free(node);
		return status;
	}
	node->network.node = node;
	node->dht.node = node;
	node->storage.node = node;
	node->storage.store = an_node_store(node->inner);
	*ret_node = node;
	return AUTONOMI_OK;
}

autonomi_status autonomi_node_open(const autonomi_config *config, autonomi_node **ret_node,
                                   char *reterr, size_t reterr_size)
{
	if (ret_node == NULL)
		return AUTONOMI_E_INVALID;
	struct an_guard guard;
	an_guard_begin(&guard);
	const an_status status = an_api_node_open(config, an_sys_machine(), ret_node, reterr,
	                                          reterr_size);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_node_close(autonomi_node *node, uint64_t grace_ms)
{
	struct an_guard guard;
	const an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK)
		an_node_close(node->inner,
		              grace_ms > AN_TIME_NEVER / 1000 ? AN_TIME_NEVER : AN_MS(grace_ms));
	return an_guard_leave(&guard, status);
}

autonomi_node *autonomi_node_free(autonomi_node *node)
{
	struct an_guard guard;
	const an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK)
		an_node_free(node->inner);
	else if (status == AUTONOMI_E_FORKED)
		an_node_free_in_child(node->inner);
	if (status == AUTONOMI_OK || status == AUTONOMI_E_FORKED)
		an_free(node);
	an_guard_leave(&guard, status);
	return NULL;
}

int32_t autonomi_node_fd(autonomi_node *node)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK)
		status = an_node_fd(node->inner);
	return an_guard_leave(&guard, status);
}

int64_t autonomi_node_timeout_us(autonomi_node *node)
{
	struct an_guard guard;
	const an_status status = an_guard_enter(&guard, node);
	const int64_t timeout = status == AUTONOMI_OK ? an_node_timeout_us(node->inner) : -1;
	an_guard_leave(&guard, status);
	return timeout;
}

int32_t autonomi_node_timeout_ms(autonomi_node *node)
{
	const int64_t timeout_us = autonomi_node_timeout_us(node);
	if (timeout_us < 0)
		return -1;
	const int64_t rounded_up = timeout_us / 1000 + (timeout_us % 1000 != 0);
	return rounded_up > INT32_MAX ? INT32_MAX : (int32_t)rounded_up;
}

autonomi_status autonomi_node_pollfds(autonomi_node *node, autonomi_pollfd *fds, size_t fd_size,
                                      size_t capacity, size_t *ret_count, uint64_t *ret_generation)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK &&
	    (ret_count == NULL || fd_size == 0 || (fds == NULL && capacity)))
		status = AUTONOMI_E_INVALID;
	if (status != AUTONOMI_OK)
		return an_guard_leave(&guard, status);
	/* The one descriptor stands for all of them: a loop that cannot nest it may still poll it. */
	const autonomi_pollfd only = {an_node_fd(node->inner), AUTONOMI_POLL_INPUT};
	if (capacity > 0)
		an_api_fill_view(fds, fd_size, &only, sizeof(only));
	*ret_count = 1;
	if (ret_generation != NULL)
		*ret_generation = 1;
	return an_guard_leave(&guard, AUTONOMI_OK);
}

autonomi_status autonomi_node_pump(autonomi_node *node)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK)
		status = an_node_pump(node->inner);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_node_wait(autonomi_node *node, int32_t timeout_ms)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK)
		status = an_node_wait(node->inner, timeout_ms);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_node_wake(autonomi_node *node)
{
	if (node == NULL)
		return AUTONOMI_E_INVALID;
	/* What the guard does besides would not all be safe in a signal handler, nor right while the
	 * log hook runs on another thread. */
	const int saved_errno = errno;
	const bool ours = an_node_process(node->inner) == an_sys_process_id();
	if (ours)
		an_node_wake(node->inner);
	errno = saved_errno;
	return ours ? AUTONOMI_OK : AUTONOMI_E_FORKED;
}

autonomi_status autonomi_node_next_event(autonomi_node *node, autonomi_event **ret_event)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK && ret_event == NULL)
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK) {
		*ret_event = an_node_next_event(node->inner);
		status = *ret_event != NULL ? 1 : 0;
	}
	return an_guard_leave(&guard, status);
}

size_t autonomi_node_pending(autonomi_node *node)
{
	struct an_guard guard;
	const an_status status = an_guard_enter(&guard, node);
	const size_t pending = status == AUTONOMI_OK ? an_node_pending(node->inner) : 0;
	an_guard_leave(&guard, status);
	return pending;
}

autonomi_status autonomi_op_cancel(autonomi_node *node, autonomi_op op)
{
	struct an_guard guard;
	const an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK)
		an_node_cancel(node->inner, op);
	return an_guard_leave(&guard, status);
}

const char *autonomi_node_id(autonomi_node *node)
{
	return node != NULL ? an_node_id(node->inner) : NULL;
}

const char *autonomi_node_root_dir(autonomi_node *node)
{
	return node != NULL ? an_node_root_directory(node->inner) : NULL;
}

const char *autonomi_node_rewards_address(autonomi_node *node)
{
	return node != NULL ? an_node_rewards_address(node->inner) : NULL;
}

autonomi_status autonomi_node_set_log_level(autonomi_node *node, int32_t level)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK && (level < AUTONOMI_LOG_NONE || level > AUTONOMI_LOG_TRACE))
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK)
		an_node_set_log_level(node->inner, level);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_node_counter(autonomi_node *node, const char *name, uint64_t *ret_value)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK && (name == NULL || ret_value == NULL))
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK)
		status = an_node_counter(node->inner, name, ret_value);
	return an_guard_leave(&guard, status);
}

const char *autonomi_node_counter_name(size_t index)
{
	return an_node_counter_name(index);
}

autonomi_network *autonomi_node_network(autonomi_node *node)
{
	return node != NULL ? &node->network : NULL;
}

autonomi_storage *autonomi_node_storage(autonomi_node *node)
{
	return node != NULL && node->storage.store != NULL ? &node->storage : NULL;
}

autonomi_dht *autonomi_node_dht(autonomi_node *node)
{
	return node != NULL ? &node->dht : NULL;
}
