/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The options of a node. One table gives the members of the struct, and the names, defaults, bounds
 * and sentences by which a host knows them.
 *
 * Texts are owned by the struct. Flags and choices are numbers: 0 or 1, the index of the word.
 */
#ifndef AN_NODE_CONFIG_H
#define AN_NODE_CONFIG_H

#include <stdint.h>

#include "base/status.h"

#define AN_KIB(n) ((uint64_t)(n) << 10)
#define AN_MIB(n) ((uint64_t)(n) << 20)
#define AN_GIB(n) ((uint64_t)(n) << 30)

enum { AN_NODE_ROLE_NODE, AN_NODE_ROLE_CLIENT };
enum { AN_NODE_PAYMENTS_AUTO, AN_NODE_PAYMENTS_ON, AN_NODE_PAYMENTS_OFF };
enum { AN_NODE_LOG_NONE, AN_NODE_LOG_ERROR, AN_NODE_LOG_WARNING, AN_NODE_LOG_INFO };

/* TEXT(member, name, default, description)
 * NUMBER(member, name, default, minimum, maximum, unit, description)
 * FLAG(member, name, default, description)
 * CHOICE(member, name, default, default word, words, description)
 * in the order of the names. */
#define AN_NODE_OPTION_TABLE(TEXT, NUMBER, FLAG, CHOICE)                                           \
	TEXT(bootstrap_cache_dir, "bootstrap.cache_dir", "",                                       \
	     "Folder of the bootstrap cache; empty: the root directory")                           \
	FLAG(bootstrap_ignore_cache, "bootstrap.ignore_cache", 0,                                  \
	     "Neither read nor write the bootstrap cache")                                         \
	TEXT(client_data_dir, "client.data_dir", "",                                               \
	     "Folder of upload journals; empty: uploads do not resume")                            \
	NUMBER(client_memory_max, "client.memory_max", AN_MIB(48), AN_MIB(16), AN_GIB(16),         \
	       "bytes", "Chunks that file operations hold in memory at once")                      \
	NUMBER(client_parallel_gets, "client.parallel_gets", 8, 1, 256, "",                        \
	       "Chunks of files fetched at once")                                                  \
	NUMBER(client_parallel_puts, "client.parallel_puts", 4, 1, 256, "",                        \
	       "Chunks of files stored at once")                                                   \
	NUMBER(compute_threads, "compute.threads", UINT64_MAX, 0, UINT64_MAX, "",                  \
	       "Threads for hashing, compression and encryption; 0: none, work blocks pump; the "  \
	       "largest number: one less than the processors, at least 1")                         \
	NUMBER(events_max_bytes, "events.max_bytes", AN_MIB(128), AN_MIB(8), AN_GIB(64), "bytes",  \
	       "Payload that events may hold, reserved when an operation is submitted")            \
	NUMBER(events_max_count, "events.max_count", 4096, 16, 1000000, "",                        \
	       "Operations and events that may wait at once")                                      \
	NUMBER(link_connection_bytes, "link.connection_bytes", AN_MIB(256), AN_MIB(64),            \
	       AN_GIB(64), "bytes", "Memory that QUIC needs for all connections together")         \
	NUMBER(link_connections, "link.connections", 1000, 8, 100000, "", "Connections in all")    \
	NUMBER(link_connections_per_address, "link.connections_per_address", 256, 1, 100000, "",   \
	       "Accepted connections from one IP address (of IPv6: one /64)")                      \
	NUMBER(link_connections_per_peer, "link.connections_per_peer", 4, 2, 100000, "",           \
	       "Connections with one peer; of more, the oldest ends")                              \
	NUMBER(link_handshake_rate, "link.handshake_rate", 50, 1, 1000000, "",                     \
	       "Connections that one IP address may begin in a second, after a first burst of as " \
	       "many as it may have")                                                              \
	NUMBER(link_handshakes, "link.handshakes", 200, 1, 100000, "",                             \
	       "Accepted connections whose peer is not proven yet")                                \
	NUMBER(link_inbound_bytes, "link.inbound_bytes", AN_MIB(256), AN_MIB(16), AN_GIB(64),      \
	       "bytes", "Unfinished requests of all peers together")                               \
	NUMBER(link_inbound_bytes_per_peer, "link.inbound_bytes_per_peer", AN_MIB(64), AN_MIB(11), \
	       AN_GIB(64), "bytes", "Unfinished requests of one peer together")                    \
	NUMBER(link_outbound_requests, "link.outbound_requests", 4096, 16, 1000000, "",            \
	       "Requests to peers that wait or are under way")                                     \
	NUMBER(link_request_rate, "link.request_rate", 2000, 1, 1000000, "",                       \
	       "Requests that a peer may send over one connection in a second, in the long run")   \
	NUMBER(link_requests, "link.requests", 4096, 16, 1000000, "",                              \
	       "Requests of all peers that are being received or answered")                        \
	NUMBER(link_requests_per_peer, "link.requests_per_peer", 128, 1, 100000, "",               \
	       "Requests of one peer that are being received or answered")                         \
	CHOICE(log_level, "log.level", AN_NODE_LOG_INFO, "info",                                   \
	       "none|error|warning|info|debug|trace", "Log lines that reach the log hook")         \
	FLAG(network_first, "network.first", 0, "This node is the first of its network")           \
	NUMBER(network_handshake_timeout_ms, "network.handshake_timeout_ms", 10000, 100, 120000,   \
	       "ms", "From dialling a peer to its proven identity")                                \
	NUMBER(network_id, "network.id", UINT64_MAX, 0, UINT64_MAX, "",                            \
	       "Network id, 0 to 255; the largest number: 0 for a local network, else 1")          \
	NUMBER(network_idle_timeout_ms, "network.idle_timeout_ms", 10000, 1000, 600000, "ms",      \
	       "A connection without traffic is closed after this time")                           \
	TEXT(network_ip, "network.ip", "::", "IP address to bind; :: takes IPv6 and IPv4 alike")   \
	FLAG(network_local, "network.local", 0,                                                    \
	     "A local network: loopback and private addresses may be dialled")                     \
	NUMBER(network_lookup_timeout_ms, "network.lookup_timeout_ms", 120000, 100, 600000, "ms",  \
	       "Longest time of one lookup")                                                       \
	TEXT(network_minimum_version, "network.minimum_version", "",                               \
	     "Nodes of an older version are refused, three numbers between dots; empty: the "      \
	     "network's")                                                                          \
	CHOICE(network_payments, "network.payments", AN_NODE_PAYMENTS_AUTO, "auto", "auto|on|off", \
	       "Whether records must be paid for; auto: on, but off in a local network")           \
	TEXT(network_peers, "network.peers", "",                                                   \
	     "Addresses of peers to join through, separated by commas")                            \
	NUMBER(network_port, "network.port", 0, 0, 65535, "", "UDP port to bind; 0: any")          \
	NUMBER(network_receive_buffer, "network.receive_buffer", AN_MIB(2), 0, AN_GIB(1), "bytes", \
	       "Receive buffer of the UDP socket; 0: the system's default")                        \
	NUMBER(network_request_timeout_ms, "network.request_timeout_ms", 120000, 100, 600000,      \
	       "ms", "From a request to its whole reply")                                          \
	NUMBER(network_send_buffer, "network.send_buffer", AN_MIB(2), 0, AN_GIB(1), "bytes",       \
	       "Send buffer of the UDP socket; 0: the system's default")                           \
	CHOICE(role, "node.role", AN_NODE_ROLE_NODE, "node", "node|client",                        \
	       "A node stores records and is found by others; a client does neither")              \
	TEXT(root_dir, "node.root_dir", "",                                                        \
	     "Folder of the key, the records and the bootstrap cache; needed by a node")           \
	TEXT(node_version, "node.version", "",                                                     \
	     "Version of the host program in the agent string; empty: the library's")              \
	NUMBER(pump_budget_us, "pump.budget_us", 2000, 100, 1000000, "us",                         \
	       "A pump that works longer returns and asks to be called again")                     \
	NUMBER(replication_interval_ms, "replication.interval_ms", 180000, 1000, 86400000, "ms",   \
	       "Longest time between two looks at which peers lack records")                       \
	TEXT(rewards_address, "rewards.address", "",                                               \
	     "EVM address that is paid for records, 0x and 40 hexadecimal digits")                 \
	NUMBER(storage_bytes_max, "storage.bytes_max", 0, 0, UINT64_MAX, "bytes",                  \
	       "Bytes of records that this node stores; 0: as the disk allows")                    \
	NUMBER(storage_inline_max, "storage.inline_max", 0, 0, AN_MIB(4), "bytes",                 \
	       "Largest record kept inside the database; 0: the default")                          \
	NUMBER(storage_pending_bytes_max, "storage.pending_bytes_max", 0, 0, AN_GIB(16), "bytes",  \
	       "Records that wait to be written; 0: the default")                                  \
	NUMBER(storage_records_max, "storage.records_max", 0, 0, 100000000, "",                    \
	       "Records that this node stores; 0: the network's number")

struct an_node_config {
#define OPTION_TEXT(member, name, value, description)                           char *member;
#define OPTION_NUMBER(member, name, value, minimum, maximum, unit, description) uint64_t member;
#define OPTION_FLAG(member, name, value, description)                           uint64_t member;
#define OPTION_CHOICE(member, name, value, word, words, description)            uint64_t member;
	AN_NODE_OPTION_TABLE(OPTION_TEXT, OPTION_NUMBER, OPTION_FLAG, OPTION_CHOICE)
#undef OPTION_TEXT
#undef OPTION_NUMBER
#undef OPTION_FLAG
#undef OPTION_CHOICE
	/* Set by lib/api, not by name. */
	void (*log_hook)(void *context, int32_t level, const char *module, const char *text);
	void *log_context;
};

/* Every option at its default. E_NO_MEMORY leaves `config` empty. */
an_status an_node_config_init(struct an_node_config *config);
void an_node_config_done(struct an_node_config *config);

/* A copy; E_NO_MEMORY leaves `copy` empty. */
an_status an_node_config_copy(struct an_node_config *copy, const struct an_node_config *config);

#endif
