/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A node put together: the one place that knows link, kad, store and client at once, and carries
 * what each wants done to the one that does it. Behind <autonomi/node.h>, whose contract it keeps;
 * lib/api checks arguments, guards the entries and calls here.
 *
 * Every operation function follows one pattern: it reserves the completion, begins, and returns the
 * id. AUTONOMI_E_BUSY: no room for the completion or over a limit; AUTONOMI_E_CLOSED: closing.
 *
 * Threading: single-threaded; an_node_wake from any thread and signal handler.
 */
#ifndef AN_NODE_NODE_H
#define AN_NODE_NODE_H

#include <stdbool.h>

#include <autonomi/event.h>

#include "client/records.h"
#include "client/registers.h"
#include "client/vaults.h"
#include "base/profile.h"
#include "data/message.h"
#include "ident/peer_id.h"
#include "node/config.h"
#include "store/store.h"
#include "sys/sys.h"

struct an_node;

/* The network's profile with what the options change of it. Borrows from `config`. */
struct an_profile an_node_profile(const struct an_node_config *config);

/* Opens a node on the machine `sys`. Copies `config`. Blocks for the disk. */
an_status an_node_open(const struct an_node_config *config, const struct an_sys *sys,
                       struct an_node **ret_node, char *reterr, size_t reterr_size);

/* Frees everything; waits for the job that is running. NULL is allowed. Returns NULL. */
struct an_node *an_node_free(struct an_node *node);

/* In a forked child: frees memory and the child's copies of the descriptors, and leaves files, workers
 * and the database alone. */
struct an_node *an_node_free_in_child(struct an_node *node);

/* The process that opened the node. */
int an_node_process(const struct an_node *node);
/* Whether the log hook is being called right now. */
bool an_node_in_hook(const struct an_node *node);

int an_node_fd(struct an_node *node);
int64_t an_node_timeout_us(struct an_node *node);
an_status an_node_pump(struct an_node *node);
an_status an_node_wait(struct an_node *node, int timeout_ms);
void an_node_wake(struct an_node *node);
struct autonomi_event *an_node_next_event(struct an_node *node);
size_t an_node_pending(const struct an_node *node);
void an_node_close(struct an_node *node, an_time_us grace);
void an_node_cancel(struct an_node *node, autonomi_op op);
const char *an_node_id(const struct an_node *node);
const char *an_node_root_directory(const struct an_node *node);
const char *an_node_rewards_address(const struct an_node *node);
uint16_t an_node_port(const struct an_node *node);
size_t an_node_peer_count(const struct an_node *node);
uint64_t an_node_network_size(const struct an_node *node);
/* False where too few peers are known. */
bool an_node_responsible_range(const struct an_node *node, struct an_dht_key *ret_range);
void an_node_set_log_level(struct an_node *node, int level);

/* Whether this node found a peer to be bad, and does not speak with it (semantics 6.10). */
bool an_node_is_blocked(struct an_node *node, const struct an_peer_id *id);

/* A counter by name: E_NOT_FOUND where there is none; and the names, NULL behind the last. */
an_status an_node_counter(struct an_node *node, const char *name, uint64_t *ret_value);
const char *an_node_counter_name(size_t index);

/* The store of a node, NULL for a client. Borrowed. */
struct an_store *an_node_store(struct an_node *node);

an_status an_node_chunk_put(struct an_node *node, struct an_span content, uint64_t tag,
                            autonomi_op *ret_op);
an_status an_node_chunk_get(struct an_node *node, const uint8_t address[AN_RECORD_KEY_SIZE],
                            uint64_t tag, autonomi_op *ret_op);
an_status an_node_upload(struct an_node *node, const char *path, bool is_public, uint64_t tag,
                         autonomi_op *ret_op);
an_status an_node_download(struct an_node *node, struct an_span source, const char *path,
                           bool replace, uint64_t tag, autonomi_op *ret_op);
an_status an_node_data_put(struct an_node *node, struct an_span data, bool is_public, uint64_t tag,
                           autonomi_op *ret_op);
an_status an_node_data_get(struct an_node *node, struct an_span source, size_t size_max,
                           uint64_t tag, autonomi_op *ret_op);
an_status an_node_directory_upload(struct an_node *node, const struct an_client_directory_put *put,
                                   uint64_t tag, autonomi_op *ret_op);
an_status an_node_directory_download(struct an_node *node, struct an_span source, const char *path,
                                     bool replace, uint64_t tag, autonomi_op *ret_op);
an_status an_node_archive_get(struct an_node *node, enum an_archive_kind kind,
                              struct an_span source, size_t size_max, uint64_t tag,
                              autonomi_op *ret_op);
an_status an_node_record_write(struct an_node *node, const struct an_client_write *write,
                               uint64_t tag, autonomi_op *ret_op);
an_status an_node_record_get(struct an_node *node, enum an_record_type type,
                             const uint8_t name[AN_RECORD_NAME_SIZE], uint64_t tag,
                             autonomi_op *ret_op);
/* Of whatever type it is. */
an_status an_node_any_record_get(struct an_node *node, const uint8_t name[AN_RECORD_NAME_SIZE],
                                 uint64_t tag, autonomi_op *ret_op);
/* The whole record value of a chunk, header included. */
an_status an_node_chunk_record_get(struct an_node *node, const uint8_t name[AN_RECORD_NAME_SIZE],
                                   uint64_t tag, autonomi_op *ret_op);
an_status an_node_record_exists(struct an_node *node, const uint8_t name[AN_RECORD_NAME_SIZE],
                                uint64_t tag, autonomi_op *ret_op);
an_status an_node_register_create(struct an_node *node, const struct an_register_write *write,
                                  uint64_t tag, autonomi_op *ret_op);
an_status an_node_register_update(struct an_node *node, const struct an_register_write *write,
                                  uint64_t tag, autonomi_op *ret_op);
an_status an_node_register_get(struct an_node *node, const uint8_t owner[AN_OWNER_KEY_SIZE],
                               uint64_t tag, autonomi_op *ret_op);
an_status an_node_register_history(struct an_node *node, const uint8_t owner[AN_OWNER_KEY_SIZE],
                                   uint64_t tag, autonomi_op *ret_op);
an_status an_node_vault_put(struct an_node *node, const struct an_vault_put *put, uint64_t tag,
                            autonomi_op *ret_op);
an_status an_node_vault_get(struct an_node *node, const uint8_t secret[AN_BLS_SECRET_SIZE],
                            size_t size_max, uint64_t tag, autonomi_op *ret_op);
an_status an_node_find_closest(struct an_node *node, struct an_span name, size_t count,
                               uint64_t tag, autonomi_op *ret_op);
an_status an_node_find_agreed(struct an_node *node, struct an_span name, size_t count, uint64_t tag,
                              autonomi_op *ret_op);
an_status an_node_table(struct an_node *node, uint64_t tag, autonomi_op *ret_op);
an_status an_node_peers(struct an_node *node, uint64_t tag, autonomi_op *ret_op);
an_status an_node_addresses(struct an_node *node, uint64_t tag, autonomi_op *ret_op);
an_status an_node_connect(struct an_node *node, const char *address, uint64_t tag,
                          autonomi_op *ret_op);
an_status an_node_ask_info(struct an_node *node, const char *address, uint64_t tag,
                           autonomi_op *ret_op);
an_status an_node_ask_peers(struct an_node *node, const char *address, uint64_t tag,
                            autonomi_op *ret_op);
an_status an_node_ask_closest(struct an_node *node, const char *address, struct an_span name,
                              uint64_t tag, autonomi_op *ret_op);
an_status an_node_add_peer(struct an_node *node, const char *address, uint64_t tag,
                           autonomi_op *ret_op);
/* This node's own store. */
an_status an_node_stored_read(struct an_node *node, const uint8_t key[AN_RECORD_KEY_SIZE],
                              uint64_t tag, autonomi_op *ret_op);
an_status an_node_stored_write(struct an_node *node, const uint8_t key[AN_RECORD_KEY_SIZE],
                               struct an_span value, uint64_t tag, autonomi_op *ret_op);
an_status an_node_trigger_replication(struct an_node *node, uint64_t tag, autonomi_op *ret_op);
an_status an_node_send_request(struct an_node *node, const char *peer,
                               const struct an_request *request, uint64_t tag, autonomi_op *ret_op);

#endif
