/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A node, or a client-only node (option node.role), and the pump that drives it.
 *
 * The host polls one descriptor for input, calls autonomi_node_pump when it is readable, and takes
 * events until there are none:
 *
 *     poll(&(struct pollfd){.fd = autonomi_node_fd(node), .events = POLLIN}, 1, -1);
 *     autonomi_node_pump(node);
 *     for (autonomi_event *event; autonomi_node_next_event(node, &event) == 1;) {
 *             ...
 *             autonomi_event_free(event);
 *     }
 *
 * THE CONTRACT. Each clause has a number, and a test that names it.
 *
 *  1. While pump would make progress or an event waits, the descriptor is readable. When it is
 *     readable and there is nothing to do, one pump makes it unreadable.
 *  2. The descriptor never changes for the life of the node. The host never reads, writes or closes
 *     it. It is level-triggered; edge-triggered use is right where the host pumps until 0 and takes
 *     events until 0.
 *  3. It is polled for input only. The library watches for room to write by itself.
 *  4. There is no timer duty: timers make the descriptor readable. Only a host that polls the list of
 *     autonomi_node_pollfds must also honour autonomi_node_timeout_ms.
 *  5. All deadlines of one pump use one reading of the monotonic clock, taken when it begins.
 *  6. Pump never blocks, neither on the network nor on the disk. With compute.threads = 0 there are
 *     no workers, and it blocks for the disk within its budget plus one job.
 *  7. Where the budget (option pump.budget_us) ends a pump early, it returns 1 and the descriptor
 *     stays readable.
 *  8. No function calls code of the host but the log hook; a call from inside of it returns
 *     AUTONOMI_E_REENTRANT and has no effect.
 *  9. Every operation that was submitted with success has exactly one completion event, with its op
 *     and tag, whatever happens: success, failure, timeout or cancellation. After autonomi_node_close
 *     all completions come before AUTONOMI_EVENT_CLOSED. After a bare autonomi_node_free no event
 *     comes any more.
 * 10. A submit never completes inside the call: its completion comes from a later
 *     autonomi_node_next_event.
 * 11. A submit copies its inputs before it returns.
 * 12. Cancelling is idempotent, accepts finished and unknown ids, and the operation still completes,
 *     with AUTONOMI_E_CANCELLED unless it had ended already.
 * 13. The event queue is bounded in events and bytes. A submit reserves room for its completion, and
 *     without room returns AUTONOMI_E_BUSY and has no effect; so no completion is ever dropped. All
 *     other events coalesce.
 * 14. A node belongs to one thread at a time; handing it to another needs the usual synchronisation.
 *     autonomi_node_wake alone may be called from any thread and from a signal handler.
 * 15. Wakes are latched and coalesced. A wake before autonomi_node_wait makes that return at once;
 *     pump and wait clear the latch before they work.
 * 16. After fork() every call with the node in the child returns AUTONOMI_E_FORKED and touches
 *     neither workers nor sockets; autonomi_node_free in the child releases memory and the child's
 *     copies of the descriptors, so that port and root directory are free when the parent frees the
 *     node; what database and workers hold stays until the child ends. Counts are 0 there, and
 *     timeouts -1.
 * 17. autonomi_node_free returns promptly: it waits for the one disk job that is running, never for
 *     queued ones and never for the network. It emits nothing, and events outlive the node.
 *
 * Every function leaves errno, the signal mask and the floating-point state as it found them. None
 * aborts, prints or keeps thread-local state.
 */
#ifndef AUTONOMI_NODE_H
#define AUTONOMI_NODE_H

#include <stddef.h>
#include <stdint.h>

#include <autonomi/config.h>
#include <autonomi/event.h>
#include <autonomi/export.h>
#include <autonomi/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct autonomi_node autonomi_node;

/* Parts of a node, borrowed from it. */
typedef struct autonomi_network autonomi_network;
typedef struct autonomi_storage autonomi_storage;
typedef struct autonomi_dht autonomi_dht;

/* One descriptor of autonomi_node_pollfds. New members are only added at the end. */
typedef struct autonomi_pollfd {
	int32_t fd;
	uint32_t events; /* AUTONOMI_POLL_... */
} autonomi_pollfd;

enum { AUTONOMI_POLL_INPUT = 1, AUTONOMI_POLL_OUTPUT = 2 };

/* Opens a node with `config`, which is copied and may be NULL for defaults. Reads or makes the key,
 * opens the store, binds the port; blocks for the disk meanwhile, never for the network. `reterr`,
 * where not NULL, gets one sentence for people on failure, at most `reterr_size` bytes with the final
 * zero. Returns AUTONOMI_OK, and the node goes to `ret_node`, owned by the caller; AUTONOMI_E_INVALID;
 * AUTONOMI_E_CONFLICT where options contradict each other; AUTONOMI_E_NO_PEERS where no peer to join
 * through is known; AUTONOMI_E_ADDRESS; AUTONOMI_E_IN_USE where the port or the root directory is
 * taken; AUTONOMI_E_VERSION and AUTONOMI_E_NETWORK_ID where the root directory is another's (nothing
 * is changed); AUTONOMI_E_UNSUPPORTED where payments must be verified and this build cannot;
 * AUTONOMI_E_PERMISSION; AUTONOMI_E_DISK_FULL; AUTONOMI_E_IO; AUTONOMI_E_CORRUPT; AUTONOMI_E_NO_FILE;
 * AUTONOMI_E_NO_MEMORY. */
AUTONOMI_API autonomi_status autonomi_node_open(const autonomi_config *config,
                                                autonomi_node **ret_node, char *reterr,
                                                size_t reterr_size);

/* Begins an orderly end: operations under way may finish for `grace_ms`, then all that are left
 * complete with AUTONOMI_E_CANCELLED, peers are told, and AUTONOMI_EVENT_CLOSED follows. Submits
 * return AUTONOMI_E_CLOSED from now on. A second call shortens the grace. Returns AUTONOMI_OK or a
 * status of clauses 8 and 16. */
AUTONOMI_API autonomi_status autonomi_node_close(autonomi_node *node, uint64_t grace_ms);

/* Frees the node at once (clause 17). NULL is allowed. Returns NULL. */
AUTONOMI_API autonomi_node *autonomi_node_free(autonomi_node *node);

/* The descriptor to poll for input (clauses 1 to 3). AUTONOMI_E_INVALID for NULL. */
AUTONOMI_API int32_t autonomi_node_fd(autonomi_node *node);

/* Microseconds until pump is due by time alone: 0 now, -1 never. */
AUTONOMI_API int64_t autonomi_node_timeout_us(autonomi_node *node);

/* The same in milliseconds for poll(), rounded up. */
AUTONOMI_API int32_t autonomi_node_timeout_ms(autonomi_node *node);

/* The descriptors to poll, for a loop that cannot poll a nested one: fills at most `capacity` entries
 * of `fd_size` bytes each, and their number in all goes to `ret_count`. `ret_generation`, which may
 * be NULL, changes whenever the list does. The host polls all of them and honours
 * autonomi_node_timeout_ms. Where descriptors nest, as on Linux, the list is autonomi_node_fd alone.
 * Returns AUTONOMI_OK; AUTONOMI_E_INVALID; a status of clauses 8 and 16. */
AUTONOMI_API autonomi_status autonomi_node_pollfds(autonomi_node *node, autonomi_pollfd *fds,
                                                   size_t fd_size, size_t capacity,
                                                   size_t *ret_count, uint64_t *ret_generation);

/* Does what is due: receives, answers, expires, sends. Returns 1 where more is due at once, 0 where
 * not; AUTONOMI_E_CLOSED after AUTONOMI_EVENT_CLOSED was emitted; a status of clauses 8 and 16. */
AUTONOMI_API autonomi_status autonomi_node_pump(autonomi_node *node);

/* Polls the descriptor for at most `timeout_ms` (-1: for ever) and pumps, until an event waits, a
 * wake came or the time is over. Returns 1 for an event or a wake, 0 for the time; otherwise as
 * autonomi_node_pump. */
AUTONOMI_API autonomi_status autonomi_node_wait(autonomi_node *node, int32_t timeout_ms);

/* Makes the descriptor readable once, and a waiting autonomi_node_wait return. Any thread, and any
 * signal handler, while the node lives. Returns AUTONOMI_OK; AUTONOMI_E_INVALID for NULL. */
AUTONOMI_API autonomi_status autonomi_node_wake(autonomi_node *node);

/* Takes the oldest event; the caller frees it. Returns 1 with an event, 0 and NULL without, or a
 * status of clauses 8 and 16. */
AUTONOMI_API autonomi_status autonomi_node_next_event(autonomi_node *node,
                                                      autonomi_event **ret_event);

/* Operations that were submitted and whose completion was not taken yet. */
AUTONOMI_API size_t autonomi_node_pending(autonomi_node *node);

/* Cancels an operation (clause 12). Returns AUTONOMI_OK; a status of clauses 8 and 16. */
AUTONOMI_API autonomi_status autonomi_op_cancel(autonomi_node *node, autonomi_op op);

/* The peer id of the node in base58. Borrowed from the node. NULL for NULL. */
AUTONOMI_API const char *autonomi_node_id(autonomi_node *node);

/* The root directory of the node (option node.root_dir), "" where it has none. Borrowed from the node.
 * NULL for NULL. */
AUTONOMI_API const char *autonomi_node_root_dir(autonomi_node *node);

/* The EVM address that is paid for records (option rewards.address), "" where nobody is. Borrowed from
 * the node. NULL for NULL. */
AUTONOMI_API const char *autonomi_node_rewards_address(autonomi_node *node);

/* Changes the level of log lines, AUTONOMI_LOG_NONE to AUTONOMI_LOG_TRACE. Returns AUTONOMI_OK;
 * AUTONOMI_E_INVALID; a status of clauses 8 and 16. */
AUTONOMI_API autonomi_status autonomi_node_set_log_level(autonomi_node *node, int32_t level);

/* A counter of the node by name, for example "bytes_sent"; autonomi_node_counter_name lists the
 * names. Returns AUTONOMI_OK; AUTONOMI_E_NOT_FOUND; AUTONOMI_E_INVALID; a status of clauses 8, 16. */
AUTONOMI_API autonomi_status autonomi_node_counter(autonomi_node *node, const char *name,
                                                   uint64_t *ret_value);

/* The name of the counter at `index`, or NULL behind the last one. Static. Any thread. */
AUTONOMI_API const char *autonomi_node_counter_name(size_t index);

/* The network of the node, borrowed: valid while the node lives. NULL for NULL. */
AUTONOMI_API autonomi_network *autonomi_node_network(autonomi_node *node);

/* The storage of the node, borrowed: valid while the node lives. NULL for NULL and for a client. */
AUTONOMI_API autonomi_storage *autonomi_node_storage(autonomi_node *node);

/* The distributed hash table of the node, borrowed: valid while the node lives. NULL for NULL. */
AUTONOMI_API autonomi_dht *autonomi_node_dht(autonomi_node *node);

#ifdef __cplusplus
}
#endif

#endif
