/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/handle.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sys/sys.h"

void an_guard_begin(struct an_guard *guard)
{
	guard->saved_errno = errno;
	fegetenv(&guard->saved_floating_point);
	fesetenv(FE_DFL_ENV);
}

an_status an_guard_enter(struct an_guard *guard, const struct autonomi_node *node)
{
	an_guard_begin(guard);
	if (node == NULL)
		return AUTONOMI_E_INVALID;
	if (an_node_process(node->inner) != an_sys_process_id())
		return AUTONOMI_E_FORKED;
	if (an_node_in_hook(node->inner))
		return AUTONOMI_E_REENTRANT;
	return AUTONOMI_OK;
}

an_status an_guard_leave(const struct an_guard *guard, an_status status)
{
	fesetenv(&guard->saved_floating_point);
	errno = guard->saved_errno;
	return status;
}

void an_api_explain(an_status status, char *reterr, size_t reterr_size)
{
	if (status != AUTONOMI_OK && reterr != NULL && reterr_size > 0 && reterr[0] == '\0')
		snprintf(reterr, reterr_size, "%s", an_status_message(status));
}

void an_api_fill_view(void *target, size_t target_size, const void *source, size_t source_size)
{
	const size_t common = target_size < source_size ? target_size : source_size;
	memcpy(target, source, common);
	if (target_size > common)
		memset((char *)target + common, 0, target_size - common);
}
