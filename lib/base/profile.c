/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/profile.h"

const struct an_profile an_profile_autonomi = {
	.alpn = "autonomi/1",
	.protocol_version = "1.0",
	.network_id = 1,
	.minimum_version = "0.1.0",
	.payments = true,
	.record_form = AN_RECORD_FORM_BYTES,

	.k = 20,
	.alpha = 3,
	.close_group = 5,
	.replication = 7,
	.bucket_network_peers = 5,

	.record_value_max = 5242880 - 1,
	.chunk_max = 4194336,
	.chunk_content_max = 4194304,
	.request_max = 10485760,
	.response_max = 10485760,

	.request_timeout = AN_SECONDS(120),
	.least_rate = 1024,
	.lookup_timeout = AN_SECONDS(120),
	.handshake_timeout = AN_SECONDS(10),
	.idle_timeout = AN_SECONDS(10),
	.slow_peer = AN_SECONDS(1),
	.discovery_first = AN_SECONDS(10),
	.discovery_base = AN_SECONDS(60),
	.discovery_most = AN_SECONDS(1200),
	.discovery_quiet = AN_SECONDS(180),
	.dial_back = AN_SECONDS(
		20), /* after idle_timeout: the peer's own connection must be gone */
	.liveness_interval = AN_SECONDS(60),

	.records_max = 16384,
	.prune_batch = 1638,
	.cleanup_share = 10,
	.cleanup_ranges = 10,
	.cleanup_interval = AN_HOURS(2),
	.range_interval = AN_SECONDS(15),

	.strategies =
		{
			{.put_quorum = 2,
                         .put_tries = 6,
                         .exists_quorum = 2,
                         .get_quorum = 1,
                         .get_tries = 1},
			{.put_quorum = 3,
                         .put_tries = 6,
                         .exists_quorum = 2,
                         .get_quorum = 2,
                         .get_tries = 4},
			{.put_quorum = 3,
                         .put_tries = 6,
                         .exists_quorum = 2,
                         .get_quorum = 3,
                         .get_tries = 4},
			{.put_quorum = 3,
                         .put_tries = 6,
                         .exists_quorum = 2,
                         .get_quorum = 3,
                         .get_tries = 4},
		},
	.late_least = AN_MS(100),
	.late_most = AN_SECONDS(2),
	.late_first = AN_MS(500),

	.replication_interval = AN_SECONDS(180),
	.replication_spacing = AN_SECONDS(30),
	.replication_spread = AN_SECONDS(10),
	.replication_refresh = AN_HOURS(1),
	.restart_suppression = AN_SECONDS(90),
	.offer_lifetime = AN_SECONDS(900),
	.fetch_parallel = 5,
	.challenge_interval = AN_HOURS(2),
	.health_retry = AN_SECONDS(900),
	.health_tries = 6, /* over more than replication_refresh: everybody has told it by then */
	.network_wide_cycle = AN_HOURS(96),
	.surplus_pause = AN_SECONDS(5),
	.surplus_lifetime = AN_MINUTES(90), /* more than from one cleanup to the next */
	.network_load_lifetime = AN_HOURS(72),
	.network_load_reach = 10,
	.issue_lifetime = AN_HOURS(12), /* of six challenges at least */
	.issue_spacing = AN_SECONDS(10),
	.block_lifetime = AN_HOURS(24),

	.bootstrap_cache_peers = 1500,
	.bootstrap_cache_addresses = 3,
	.bootstrap_dials = 10,
	.bootstrap_enough = 5,
};
