/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include <autonomi/version.h>

#include "base/memory.h"
#include "crypt/library.h"
#include "ident/endpoint_text.h"
#include "node/internal.h"
#include "node/replicate.h"
#include "quic/quic.h"

enum { THREADS_MAX = 1024 };

/* In the proportion of two intervals. The products of whole days would not fit. */
static an_time_us scaled(an_time_us time, an_time_us interval, an_time_us usual)
{
	return time / usual * interval + time % usual * interval / usual;
}

/* What belongs to an interval keeps its proportion to it (base/profile.c). */
static void set_replication(struct an_profile *profile, an_time_us interval)
{
	an_time_us *const times[] = {
		&profile->replication_spacing,   &profile->replication_spread,
		&profile->replication_refresh,   &profile->challenge_interval,
		&profile->health_retry,          &profile->network_wide_cycle,
		&profile->network_load_lifetime, &profile->issue_lifetime,
		&profile->surplus_pause,
	};
	const an_time_us usual = profile->replication_interval;
	profile->replication_interval = interval;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		*times[i] = scaled(*times[i], interval, usual);
}

struct an_profile an_node_profile(const struct an_node_config *config)
{
	struct an_profile profile = an_profile_autonomi;
	if (config->network_id != UINT64_MAX)
		profile.network_id = (uint8_t)config->network_id;
	else if (config->network_local)
		profile.network_id = 0;
	profile.payments = config->network_payments == AN_NODE_PAYMENTS_ON ||
	                   (config->network_payments == AN_NODE_PAYMENTS_AUTO &&
	                    !config->network_local);
	profile.request_timeout = AN_MS(config->network_request_timeout_ms);
	profile.lookup_timeout = AN_MS(config->network_lookup_timeout_ms);
	profile.handshake_timeout = AN_MS(config->network_handshake_timeout_ms);
	profile.idle_timeout = AN_MS(config->network_idle_timeout_ms);
	if (config->network_minimum_version[0] != '\0')
		profile.minimum_version = config->network_minimum_version;
	set_replication(&profile, AN_MS(config->replication_interval_ms));
	return profile;
}

static an_status refuse(char *reterr, size_t reterr_size, an_status status, const char *sentence)
{
	snprintf(reterr, reterr_size, "%s", sentence);
	return status;
}

static bool is_evm_address(const char *text)
{
	return strlen(text) == 42 && memcmp(text, "0x", 2) == 0 &&
	       strspn(text + 2, "0123456789abcdefABCDEF") == 40;
}

/* A node that its equals would refuse must not open. */
static an_status check_version(const struct an_node *node, char *reterr, size_t reterr_size)
{
	const char *minimum = node->profile.minimum_version;
	struct an_agent_version least, own;
	if (!an_agent_version_read(&least, an_span_text(minimum)))
		return refuse(reterr, reterr_size, AUTONOMI_E_INVALID,
		              "network.minimum_version must be three numbers between dots, for "
		              "example 0.1.0");
	if (node->config.role != AN_NODE_ROLE_NODE)
		return AUTONOMI_OK;
	const char *version = node->config.node_version;
	if (an_agent_version_read(&own, an_span_text(version)) &&
	    an_agent_version_compare(&own, &least) >= 0)
		return AUTONOMI_OK;
	snprintf(reterr, reterr_size,
	         "node.version is %s, and nodes of the network refuse what is older than %s",
	         version, minimum);
	return AUTONOMI_E_VERSION;
}

static an_status check_config(const struct an_node *node, char *reterr, size_t reterr_size)
{
	const struct an_node_config *config = &node->config;
	const bool is_node = config->role == AN_NODE_ROLE_NODE;
	if (config->compute_threads != UINT64_MAX && config->compute_threads > THREADS_MAX)
		return refuse(reterr, reterr_size, AUTONOMI_E_INVALID,
		              "compute.threads must be between 0 and 1024");
	if (config->rewards_address[0] != '\0' && !is_evm_address(config->rewards_address))
		return refuse(reterr, reterr_size, AUTONOMI_E_ADDRESS,
		              "rewards.address must be 0x and 40 hexadecimal digits");
	if (config->network_id != UINT64_MAX && config->network_id > UINT8_MAX)
		return refuse(reterr, reterr_size, AUTONOMI_E_INVALID,
		              "network.id must be between 0 and 255");
	if (is_node && config->root_dir[0] == '\0')
		return refuse(reterr, reterr_size, AUTONOMI_E_INVALID,
		              "a node needs a root directory: set node.root_dir");
	if (config->network_first && config->network_peers[0] != '\0')
		return refuse(
			reterr, reterr_size, AUTONOMI_E_CONFLICT,
			"the first node of a network has no peers to join through: set either "
			"network.first or network.peers");
	if (is_node && node->profile.payments)
		return refuse(
			reterr, reterr_size, AUTONOMI_E_UNSUPPORTED,
			"a node of a network with payments must verify them, and this version "
			"cannot: set network.payments to off for a private network");
	return check_version(node, reterr, reterr_size);
}

static an_status start_random(struct an_node *node)
{
	uint8_t seed[AN_RANDOM_SEED_SIZE];
	const an_status status = node->sys->entropy(node->sys->context, seed, sizeof(seed));
	if (status == AUTONOMI_OK)
		an_random_init(&node->random, seed);
	an_wipe(seed, sizeof(seed));
	return status;
}

static an_status make_root(struct an_node *node, char *reterr, size_t reterr_size)
{
	if (node->config.role == AN_NODE_ROLE_CLIENT)
		return AUTONOMI_OK;
	const an_status status = node->sys->path_make_directory(node->sys->context,
	                                                        node->config.root_dir);
	if (status != AUTONOMI_OK)
		snprintf(reterr, reterr_size, "the root directory %s cannot be made: %s",
		         node->config.root_dir, an_status_message(status));
	return status;
}

static an_status open_socket(struct an_node *node, char *reterr, size_t reterr_size)
{
	const struct an_sys *sys = node->sys;
	const struct an_node_config *config = &node->config;
	uint8_t ip4[4];
	if (an_ip4_read(ip4, an_span_text(config->network_ip))) {
		node->bound = an_endpoint_ip4(ip4[0], ip4[1], ip4[2], ip4[3], 0);
	} else if (!an_ip6_read(node->bound.address, an_span_text(config->network_ip))) {
		snprintf(reterr, reterr_size, "network.ip is no IP address: %s",
		         config->network_ip);
		return AUTONOMI_E_ADDRESS;
	}
	node->bound.port = (uint16_t)config->network_port;
	const struct an_udp_options options = {
		.receive_buffer = config->network_receive_buffer,
		.send_buffer = config->network_send_buffer,
	};
	const an_status status = sys->udp_open(sys->context, &node->bound, &options, &node->udp);
	if (status != AUTONOMI_OK)
		snprintf(reterr, reterr_size, "UDP port %u at %s cannot be opened: %s",
		         (unsigned)config->network_port, config->network_ip,
		         status == AUTONOMI_E_ADDRESS
		                 ? "this machine has no such address; take one that it has, or ::"
		                 : an_status_message(status));
	return status;
}

/* One processor is left to the pump. */
static size_t default_threads(void)
{
	const size_t processors = an_sys_processors();
	return processors > 1 ? processors - 1 : 1;
}

/* TLS takes entropy and time from one source for the whole process: that of the machine. A simulator
 * has set its own before. Once only: nodes of other threads may be using it. */
static an_status start_tls_once(const struct an_sys *sys)
{
	static bool set;
	an_status status = an_quic_library_start();
	if (status == AUTONOMI_OK && sys == an_sys_machine() && !set) {
		status = an_crypt_library_set(sys->entropy, sys->unix_time_us, sys->context);
		set = status == AUTONOMI_OK;
	}
	return status;
}

static an_status start_tls(const struct an_sys *sys)
{
	an_sys_process_lock();
	const an_status status = start_tls_once(sys);
	an_sys_process_unlock();
	return status;
}

static an_status open_reactor(struct an_node *node)
{
	const struct an_sys *sys = node->sys;
	an_status status = sys->reactor_new(sys->context, &node->reactor);
	if (status == AUTONOMI_OK)
		status = sys->reactor_watch(sys->context, node->reactor, node->udp, false);
	node->compute_threads = node->config.compute_threads == UINT64_MAX
	                                ? default_threads()
	                                : (size_t)node->config.compute_threads;
	if (status == AUTONOMI_OK)
		status = sys->workers_new(sys->context, node->reactor, node->compute_threads,
		                          &node->workers);
	return status;
}

static an_status open_link(struct an_node *node)
{
	const struct an_node_config *config = &node->config;
	struct an_link_config link = {
		.profile = &node->profile,
		.key_pair = &node->key_pair,
		.version = config->node_version,
		.client = config->role == AN_NODE_ROLE_CLIENT,
		.limits =
			{
				.connections = config->link_connections,
				.handshakes = config->link_handshakes,
				.connections_per_address = config->link_connections_per_address,
				.connections_per_peer = config->link_connections_per_peer,
				.connection_bytes = config->link_connection_bytes,
				.handshake_rate = config->link_handshake_rate,
				.request_rate = config->link_request_rate,
				.requests_per_peer = config->link_requests_per_peer,
				.requests = config->link_requests,
				.inbound_bytes = config->link_inbound_bytes,
				.inbound_bytes_per_peer = config->link_inbound_bytes_per_peer,
				.outbound_requests = config->link_outbound_requests,
			},
		.random = &node->random,
		.logger = node->logger,
	};
	struct an_agent_version minimum;
	const bool is_node = config->role == AN_NODE_ROLE_NODE;
	if (is_node && an_agent_version_read(&minimum, an_span_text(node->profile.minimum_version)))
		link.minimum_version = &minimum;
	const struct an_link_events events = an_node_link_events(node);
	return an_link_new(&link, &events, &node->link);
}

static void table_changed(void *context, const struct an_contact *contact, bool added)
{
	struct an_node *node = context;
	an_node_cache_changed(node, contact, added);
	an_node_replication_changed(node, contact, added);
}

static an_status open_kad(struct an_node *node)
{
	const struct an_kad_config kad = {
		.profile = &node->profile,
		.self = node->key_pair.identity.id,
		.client = node->config.role == AN_NODE_ROLE_CLIENT,
		.private_addresses = node->config.network_local,
		.random = &node->random,
		.logger = node->logger,
		.changed = table_changed,
		.changed_context = node,
	};
	return an_kad_new(&kad, node->now, &node->kad);
}

static an_status open_client(struct an_node *node)
{
	const struct an_node_config *config = &node->config;
	const struct an_client_config client = {
		.sys = node->sys,
		.data_directory = config->client_data_dir[0] != '\0' ? config->client_data_dir
	                                                             : NULL,
		.parallel_puts = config->client_parallel_puts,
		.parallel_gets = config->client_parallel_gets,
		.memory_max = config->client_memory_max,
		.random = &node->random,
		.logger = node->logger,
		.self = node->key_pair.identity.id,
		.is_node = config->role == AN_NODE_ROLE_NODE,
		.private_addresses = config->network_local,
	};
	const struct an_client_network network = an_node_client_network(node);
	return an_client_new(&client, &network, &node->client);
}

static an_status open_store(struct an_node *node, char *reterr, size_t reterr_size)
{
	const struct an_node_config *config = &node->config;
	if (config->role == AN_NODE_ROLE_CLIENT)
		return AUTONOMI_OK;
	const struct an_store_config store = {
		.profile = &node->profile,
		.sys = node->sys,
		.directory = config->root_dir,
		.self = node->key_pair.identity.dht_key,
		.unix_time = node->sys->unix_time_us(node->sys->context) / 1000000,
		.records_max = config->storage_records_max,
		.bytes_max = config->storage_bytes_max,
		.inline_max = config->storage_inline_max,
		.pending_bytes_max = config->storage_pending_bytes_max,
		.random = &node->random,
		.logger = node->logger,
		.droppable = an_node_is_droppable,
		.droppable_context = node,
	};
	return an_store_open(&store, &node->store, reterr, reterr_size);
}

static void submit(void *context, struct an_job *job)
{
	struct an_node *node = context;
	an_node_submit(node, job);
	an_node_touch(node);
}

static an_status open_admissions(struct an_node *node)
{
	if (node->store == NULL)
		return AUTONOMI_OK;
	const struct an_admissions_config admissions = {
		.profile = &node->profile,
		.store = node->store,
		.turns = &node->turns,
		.submit = submit,
		.submit_context = node,
		.brought = an_node_replication_brought,
		.brought_context = node,
	};
	return an_admissions_new(&admissions, &node->admissions);
}

static an_status make_last_events(struct an_node *node)
{
	node->joined_event = an_event_new(AUTONOMI_EVENT_JOINED);
	node->closed_event = an_event_new(AUTONOMI_EVENT_CLOSED);
	return node->joined_event != NULL && node->closed_event != NULL ? AUTONOMI_OK
	                                                                : AUTONOMI_E_NO_MEMORY;
}

static an_status open_parts(struct an_node *node, char *reterr, size_t reterr_size)
{
	an_status status = check_config(node, reterr, reterr_size);
	if (status == AUTONOMI_OK)
		status = make_last_events(node);
	if (status == AUTONOMI_OK)
		status = make_root(node, reterr, reterr_size);
	if (status == AUTONOMI_OK)
		status = an_node_load_identity(node, reterr, reterr_size);
	if (status == AUTONOMI_OK)
		status = open_store(node, reterr, reterr_size);
	if (status == AUTONOMI_OK)
		status = open_admissions(node);
	if (status == AUTONOMI_OK)
		status = open_socket(node, reterr, reterr_size);
	if (status == AUTONOMI_OK)
		status = open_reactor(node);
	if (status == AUTONOMI_OK)
		status = start_tls(node->sys);
	if (status == AUTONOMI_OK)
		status = open_link(node);
	if (status == AUTONOMI_OK)
		status = open_kad(node);
	if (status == AUTONOMI_OK)
		status = open_client(node);
	if (status == AUTONOMI_OK)
		status = an_node_replication_open(node);
	if (status == AUTONOMI_OK)
		status = an_node_bootstrap(node, reterr, reterr_size);
	return status;
}

static an_status begin(struct an_node *node, const struct an_node_config *config,
                       const struct an_sys *sys)
{
	node->sys = sys;
	node->process = an_sys_process_id();
	node->now = sys->now(sys->context);
	an_list_init(&node->finished);
	an_list_init(&node->jobs);
	an_list_init(&node->pending);
	an_list_init(&node->dialling);
	an_status status = start_random(node);
	uint64_t seed[2] = {0};
	if (status == AUTONOMI_OK)
		an_random_fill(&node->random, seed, sizeof(seed));
	an_event_queue_init(&node->events, config->events_max_count, config->events_max_bytes);
	an_operations_init(&node->operations, seed);
	an_turns_init(&node->turns, seed);
	if (status == AUTONOMI_OK)
		status = an_node_config_copy(&node->config, config);
	if (status == AUTONOMI_OK && node->config.node_version[0] == '\0') {
		an_free(node->config.node_version);
		node->config.node_version = an_strdup(AUTONOMI_VERSION_TEXT);
	}
	node->logger = an_logger_new((int)config->log_level);
	if (status == AUTONOMI_OK && (node->logger == NULL || node->config.node_version == NULL))
		status = AUTONOMI_E_NO_MEMORY;
	/* It borrows texts of the configuration: of our copy, where there is one. */
	node->profile = an_node_profile(status == AUTONOMI_OK ? &node->config : config);
	return status;
}

an_status an_node_open(const struct an_node_config *config, const struct an_sys *sys,
                       struct an_node **ret_node, char *reterr, size_t reterr_size)
{
	char ignored[1];
	if (reterr == NULL || reterr_size == 0) {
		reterr = ignored;
		reterr_size = sizeof(ignored);
	}
	reterr[0] = '\0';
	struct an_node *node = an_calloc(1, sizeof(*node));
	if (node == NULL)
		return AUTONOMI_E_NO_MEMORY;
	an_status status = begin(node, config, sys);
	if (status == AUTONOMI_OK)
		status = open_parts(node, reterr, reterr_size);
	if (node->logger != NULL)
		an_node_hand_over_log(node);
	if (status != AUTONOMI_OK) {
		if (reterr[0] == '\0')
			snprintf(reterr, reterr_size, "%s", an_status_message(status));
		an_node_free(node);
		return status;
	}
	an_node_touch(node);
	*ret_node = node;
	return AUTONOMI_OK;
}

/* Runs no job that had not begun, and ends each for its owner (base/job.h). */
static void stop_workers(struct an_node *node)
{
	const struct an_sys *sys = node->sys;
	struct an_list unrun;
	an_list_init(&unrun);
	if (node->workers != NULL)
		sys->workers_free(sys->context, node->workers, &node->finished, &unrun);
	node->workers = NULL;
	an_list_move_all(&unrun, &node->jobs);
	for (struct an_list *link = an_list_first(&unrun); link != NULL;
	     link = an_list_next(&unrun, link))
		an_container_of(link, struct an_job, link)->skipped = true;
	an_list_move_all(&node->finished, &unrun);
	for (struct an_list *link; (link = an_list_take(&node->finished)) != NULL;) {
		struct an_job *job = an_container_of(link, struct an_job, link);
		job->done(job);
	}
}

static void free_parts(struct an_node *node)
{
	an_node_replication_free(node);
	node->client = an_client_free(node->client);
	node->link = an_link_free(node->link);
	node->kad = an_kad_free(node->kad);
	an_node_cache_free(node);
	node->admissions = an_admissions_free(node->admissions);
	an_operations_done(node);
	an_event_queue_done(&node->events);
	an_event_free(node->joined_event);
	an_event_free(node->closed_event);
}

static void free_rest(struct an_node *node)
{
	an_node_pending_done(node);
	an_turns_done(&node->turns);
	an_key_pair_done(&node->key_pair);
	an_random_done(&node->random);
	an_logger_free(node->logger);
	an_node_config_done(&node->config);
	an_free(node);
}

static void free_descriptors(struct an_node *node)
{
	const struct an_sys *sys = node->sys;
	if (node->reactor != NULL)
		sys->reactor_free(sys->context, node->reactor);
	if (node->udp != NULL)
		sys->udp_close(sys->context, node->udp);
}

struct an_node *an_node_free(struct an_node *node)
{
	if (node == NULL)
		return NULL;
	const struct an_sys *sys = node->sys;
	node->freeing = true;
	stop_workers(node);
	free_parts(node);
	node->store = an_store_free(node->store);
	if (node->reactor != NULL && node->udp != NULL && node->state != AN_NODE_CLOSED)
		sys->reactor_unwatch(sys->context, node->reactor, node->udp);
	free_descriptors(node);
	if (node->logger != NULL)
		an_node_hand_over_log(node);
	free_rest(node);
	return NULL;
}

struct an_node *an_node_free_in_child(struct an_node *node)
{
	/* Workers, their locks and the database belong to the parent: what they hold stays allocated
	 * until the child ends. Descriptors are copies, and would keep the port and the root directory
	 * taken. */
	node->freeing = true;
	free_parts(node);
	an_store_leave(node->store);
	free_descriptors(node);
	free_rest(node);
	return NULL;
}

int an_node_process(const struct an_node *node)
{
	return node->process;
}

bool an_node_in_hook(const struct an_node *node)
{
	return node->in_hook;
}

int an_node_fd(struct an_node *node)
{
	return node->sys->reactor_fd(node->sys->context, node->reactor);
}

size_t an_node_pending(const struct an_node *node)
{
	return an_event_queue_completions(&node->events);
}

void an_node_cancel(struct an_node *node, autonomi_op op)
{
	struct an_operation *operation = an_operation_find(node, op);
	if (operation != NULL)
		an_operation_cancel(operation);
}

const char *an_node_id(const struct an_node *node)
{
	return node->id_text;
}

const char *an_node_root_directory(const struct an_node *node)
{
	return node->config.root_dir;
}

const char *an_node_rewards_address(const struct an_node *node)
{
	return node->config.rewards_address;
}

uint16_t an_node_port(const struct an_node *node)
{
	return node->bound.port;
}

size_t an_node_peer_count(const struct an_node *node)
{
	return node->peers;
}

uint64_t an_node_network_size(const struct an_node *node)
{
	return an_kad_network_size(node->kad);
}

bool an_node_responsible_range(const struct an_node *node, struct an_dht_key *ret_range)
{
	return an_kad_responsible_range(node->kad, ret_range);
}

void an_node_set_log_level(struct an_node *node, int level)
{
	an_logger_set_level(node->logger, level);
}

struct an_store *an_node_store(struct an_node *node)
{
	return node->store;
}
