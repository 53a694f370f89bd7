/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening: what is refused, with a sentence; the key that stays; the cache that leads back. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "prop/cluster.h"

static struct cluster cluster;

static void setup(void)
{
	cluster_open(&cluster, 1, 0);
}

static void teardown(void)
{
	cluster_close(&cluster);
}

static void path_of(char path[160], const char *name)
{
	snprintf(path, 160, "%s/%s", cluster.directory, name);
}

/* Opens with one option changed, and expects this status and words of the sentence. */
static void refused(const char *name, const char *value, autonomi_status expected,
                    const char *words)
{
	char error[256] = "?";
	autonomi_node *node = NULL;
	autonomi_config *config = cluster_config(&cluster, 0, "refused");
	cluster_set(config, name, value);
	const autonomi_status status = autonomi_node_open(config, &node, error, sizeof(error));
	autonomi_config_free(config);
	ck_assert_msg(status == expected, "%s = %s: %s: %s", name, value,
	              autonomi_status_name(status), error);
	ck_assert_ptr_null(node);
	ck_assert_msg(strstr(error, words) != NULL, "%s", error);
}

START_TEST(options_that_cannot_be_are_refused_with_a_sentence)
{
	refused("network.ip", "nowhere", AUTONOMI_E_ADDRESS,
	        "network.ip is no IP address: nowhere");
	refused("network.ip", "", AUTONOMI_E_ADDRESS, "network.ip");
	refused("network.ip", "192.0.2.1", AUTONOMI_E_ADDRESS,
	        "UDP port 0 at 192.0.2.1 cannot be opened: this machine has no such address");
	refused("network.id", "256", AUTONOMI_E_INVALID, "network.id must be between 0 and 255");
	refused("network.peers", "somebody", AUTONOMI_E_ADDRESS, "\"somebody\" is no address");
	refused("network.peers", "/ip4/1.2.3.4/tcp/5", AUTONOMI_E_ADDRESS, "/ip4/1.2.3.4/tcp/5");
	refused("network.peers", "", AUTONOMI_E_NO_PEERS, "no peer to join through");
	refused("network.peers", ",,", AUTONOMI_E_NO_PEERS, "no peer to join through");
	refused("network.first", "on", AUTONOMI_E_CONFLICT, "network.first");
	refused("network.payments", "on", AUTONOMI_E_UNSUPPORTED, "payments");
	refused("network.local", "off", AUTONOMI_E_UNSUPPORTED, "payments");
	refused("network.minimum_version", "1.0", AUTONOMI_E_INVALID, "network.minimum_version");
	refused("network.minimum_version", "1000.0.0", AUTONOMI_E_VERSION, "1000.0.0");
	refused("node.version", "nightly", AUTONOMI_E_VERSION, "nightly");
	refused("node.root_dir", "", AUTONOMI_E_INVALID, "node.root_dir");
	refused("node.root_dir", "/proc/nowhere", AUTONOMI_E_NO_FILE, "/proc/nowhere");
	refused("rewards.address", "0x12", AUTONOMI_E_ADDRESS, "rewards.address");
	refused("compute.threads", "1000000000000", AUTONOMI_E_INVALID, "compute.threads");
}
END_TEST

START_TEST(a_port_in_use_is_refused_and_named)
{
	/* .../udp/PORT/quic-v1... */
	const char *port = strstr(cluster.address, "/udp/");
	char number[8] = "";
	ck_assert_ptr_nonnull(port);
	snprintf(number, sizeof(number), "%.*s", (int)strcspn(port + 5, "/"), port + 5);
	refused("network.port", number, AUTONOMI_E_IN_USE, number);
}
END_TEST

START_TEST(a_root_directory_of_a_running_node_is_refused)
{
	char path[160];
	path_of(path, "node0");
	refused("node.root_dir", path, AUTONOMI_E_IN_USE, "");
}
END_TEST

START_TEST(a_root_directory_of_another_network_is_refused)
{
	char path[160];
	path_of(path, "mine");
	autonomi_node_free(cluster_open_node(cluster_config(&cluster, 0, "mine"), NULL));
	autonomi_config *config = cluster_config(&cluster, 0, "mine");
	autonomi_node *node = NULL;
	char error[256] = "";
	cluster_set(config, "network.id", "5");
	ck_assert_int_eq(autonomi_node_open(config, &node, error, sizeof(error)),
	                 AUTONOMI_E_NETWORK_ID);
	ck_assert_str_ne(error, "");
	autonomi_config_free(config);
	autonomi_node_free(cluster_open_node(cluster_config(&cluster, 0, "mine"), NULL));
}
END_TEST

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

START_TEST(a_key_file_of_another_size_is_refused_and_kept)
{
	char path[160], key[200];
	struct stat info;
	path_of(path, "mine");
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(key, sizeof(key), "%s/secret-key", path);
	write_file(key, "too short");
	refused("node.root_dir", path, AUTONOMI_E_CORRUPT, "secret-key");
	write_file(key, "one byte more than a key may have");
	refused("node.root_dir", path, AUTONOMI_E_CORRUPT, "secret-key");
	ck_assert_int_eq(stat(key, &info), 0);
	ck_assert_int_eq(info.st_size, 33);
}
END_TEST

START_TEST(the_key_stays_with_its_root_directory_and_is_private)
{
	char key[200], first[80];
	struct stat info;
	autonomi_node *node = cluster_open_node(cluster_config(&cluster, 0, "mine"), NULL);
	snprintf(first, sizeof(first), "%s", autonomi_node_id(node));
	ck_assert(strncmp(first, "12D3KooW", 8) == 0);
	autonomi_node_free(node);
	snprintf(key, sizeof(key), "%s/mine/secret-key", cluster.directory);
	ck_assert_int_eq(stat(key, &info), 0);
	ck_assert_int_eq(info.st_size, 32);
	ck_assert_int_eq(info.st_mode & 0777, 0600);
	node = cluster_open_node(cluster_config(&cluster, 0, "mine"), NULL);
	ck_assert_str_eq(autonomi_node_id(node), first);
	autonomi_node_free(node);
	node = cluster_open_node(cluster_config(&cluster, 0, "yours"), NULL);
	ck_assert_str_ne(autonomi_node_id(node), first);
	autonomi_node_free(node);
}
END_TEST

static void close_orderly(autonomi_node *node)
{
	ck_assert_int_eq(autonomi_node_close(node, 0), AUTONOMI_OK);
	cluster_await(&cluster, node, AUTONOMI_EVENT_CLOSED, 20000);
	autonomi_node_free(node);
}

START_TEST(a_node_finds_back_through_its_cache_alone)
{
	autonomi_node *node = cluster_open_node(cluster_config(&cluster, 0, "mine"), NULL);
	cluster_await(&cluster, node, AUTONOMI_EVENT_JOINED, 20000);
	close_orderly(node);

	autonomi_config *config = cluster_config(&cluster, 0, "mine");
	cluster_set(config, "network.peers", "");
	node = cluster_open_node(config, NULL);
	cluster_await(&cluster, node, AUTONOMI_EVENT_JOINED, 20000);
	uint64_t peers = 0;
	ck_assert_int_eq(autonomi_node_counter(node, "table_peers", &peers), AUTONOMI_OK);
	ck_assert_uint_eq(peers, 1);
	autonomi_node_free(node);

	config = cluster_config(&cluster, 0, "mine");
	cluster_set(config, "network.peers", "");
	cluster_set(config, "bootstrap.ignore_cache", "on");
	char error[256] = "";
	ck_assert_int_eq(autonomi_node_open(config, &node, error, sizeof(error)),
	                 AUTONOMI_E_NO_PEERS);
	autonomi_config_free(config);
}
END_TEST

START_TEST(a_client_keeps_a_cache_where_it_is_told_to)
{
	char path[160];
	path_of(path, "cache");
	autonomi_config *config = cluster_client_config(&cluster, 0);
	cluster_set(config, "bootstrap.cache_dir", path);
	autonomi_node *client = cluster_open_node(config, NULL);
	cluster_await(&cluster, client, AUTONOMI_EVENT_JOINED, 20000);
	close_orderly(client);

	config = cluster_client_config(&cluster, 0);
	cluster_set(config, "bootstrap.cache_dir", path);
	cluster_set(config, "network.peers", "");
	client = cluster_open_node(config, NULL);
	cluster_await(&cluster, client, AUTONOMI_EVENT_JOINED, 20000);
	autonomi_node_free(client);
}
END_TEST

START_TEST(a_damaged_cache_is_no_reason_to_stay_away)
{
	char path[200];
	snprintf(path, sizeof(path), "%s/mine", cluster.directory);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/mine/version_1", cluster.directory);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/mine/version_1/bootstrap_cache_local_0_1.0.json",
	         cluster.directory);
	write_file(path, "{\"version\": oops");
	autonomi_node *node = cluster_open_node(cluster_config(&cluster, 0, "mine"), NULL);
	cluster_await(&cluster, node, AUTONOMI_EVENT_JOINED, 20000);
	close_orderly(node);
	autonomi_config *config = cluster_config(&cluster, 0, "mine");
	cluster_set(config, "network.peers", "");
	autonomi_node_free(cluster_open_node(config, NULL));
}
END_TEST

START_TEST(a_sentence_fits_whatever_room_there_is)
{
	autonomi_node *node = NULL;
	char error[5] = "????";
	ck_assert_int_eq(autonomi_node_open(NULL, &node, error, 4), AUTONOMI_E_INVALID);
	ck_assert_uint_eq(strlen(error), 3);
	ck_assert_int_eq(autonomi_node_open(NULL, &node, error, 0), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_node_open(NULL, &node, NULL, 100), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_node_open(NULL, NULL, NULL, 0), AUTONOMI_E_INVALID);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("api/open");
	TCase *cases = tcase_create("open");
	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, options_that_cannot_be_are_refused_with_a_sentence);
	tcase_add_test(cases, a_port_in_use_is_refused_and_named);
	tcase_add_test(cases, a_root_directory_of_a_running_node_is_refused);
	tcase_add_test(cases, a_root_directory_of_another_network_is_refused);
	tcase_add_test(cases, a_key_file_of_another_size_is_refused_and_kept);
	tcase_add_test(cases, the_key_stays_with_its_root_directory_and_is_private);
	tcase_add_test(cases, a_node_finds_back_through_its_cache_alone);
	tcase_add_test(cases, a_client_keeps_a_cache_where_it_is_told_to);
	tcase_add_test(cases, a_damaged_cache_is_no_reason_to_stay_away);
	tcase_add_test(cases, a_sentence_fits_whatever_room_there_is);
	suite_add_tcase(s, cases);
	return s;
}
