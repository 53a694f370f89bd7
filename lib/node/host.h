/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the operations of the host share: from the client's result to the completion. */
#ifndef AN_NODE_HOST_H
#define AN_NODE_HOST_H

#include "client/client.h"
#include "node/operation.h"

enum {
	AN_HOST_SMALL_COMPLETION = 4096, /* bytes that a completion without content may hold */
	AN_HOST_DATA_MAX = 1 << 30,      /* bytes that a host may give at once */
};

/* Begins an operation on which the client works, with room for `bytes` in its completion. */
an_status an_host_begin(struct an_node *node, uint64_t tag, size_t bytes,
                        struct an_operation **ret_operation);

/* The sentence of a result that failed. */
void an_host_set_message(struct autonomi_event *event, const struct an_client_result *result);

/* Gives `bytes` as data and in hexadecimal as text. E_NO_MEMORY. */
an_status an_host_give(struct autonomi_event *event, struct an_blob *blob, struct an_span bytes);

/* What an upload's completion says besides where it is. */
void an_host_tell_upload(struct autonomi_event *event, const struct an_client_result *result);

/* The completions of uploads, with the address or the data map; of downloads to the disk; of what is
 * given to the host as it is. And progress. */
void an_host_upload_done(void *context, const struct an_client_result *result);
void an_host_download_done(void *context, const struct an_client_result *result);
void an_host_get_done(void *context, const struct an_client_result *result);
void an_host_progressed(void *context, uint64_t done, uint64_t total);

/* The end of every submit: the operation lives where `status` says that the client took it. */
an_status an_host_submitted(struct an_operation *operation, an_status status, autonomi_op *ret_op);

#endif
