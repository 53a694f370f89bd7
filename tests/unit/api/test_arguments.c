/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NULL and nonsense for every function; what every function leaves as it found it; views. */
#include <check.h>
#include <errno.h>
#include <fenv.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>

#include "prop/cluster.h"

static struct cluster cluster;
static autonomi_node *node;
static autonomi_network *network;
static autonomi_dht *dht;
static const uint8_t bytes[32] = {1, 2, 3};

static void setup(void)
{
	cluster_open(&cluster, 1, 1);
	node = cluster_client(&cluster, 1);
	network = autonomi_node_network(node);
	dht = autonomi_node_dht(node);
}

static void teardown(void)
{
	autonomi_node_free(node);
	cluster_close(&cluster);
}

START_TEST(null_for_a_handle_is_an_answer_and_never_a_crash)
{
	autonomi_event *event = NULL;
	uint64_t value = 0;
	size_t count = 0;
	const autonomi_status answers[] = {
		autonomi_node_close(NULL, 0),
		autonomi_node_fd(NULL),
		autonomi_node_pollfds(NULL, NULL, 8, 0, &count, NULL),
		autonomi_node_pump(NULL),
		autonomi_node_wait(NULL, 0),
		autonomi_node_wake(NULL),
		autonomi_node_next_event(NULL, &event),
		autonomi_op_cancel(NULL, 1),
		autonomi_node_set_log_level(NULL, 1),
		autonomi_node_counter(NULL, "bytes_sent", &value),
		autonomi_chunk_put(NULL, bytes, 1, 0, NULL),
		autonomi_chunk_get(NULL, bytes, 0, NULL),
		autonomi_file_upload(NULL, "x", 0, 0, NULL),
		autonomi_file_download(NULL, bytes, 32, "x", 0, 0, NULL),
		autonomi_network_peers(NULL, 0, NULL),
		autonomi_network_addresses(NULL, 0, NULL),
		autonomi_network_connect(NULL, "x", 0, NULL),
		autonomi_network_ask_info(NULL, "x", 0, NULL),
		autonomi_network_ask_peers(NULL, "x", 0, NULL),
		autonomi_dht_table(NULL, 0, NULL),
		autonomi_dht_find_closest(NULL, bytes, 32, 1, 0, NULL),
		autonomi_dht_find_agreed(NULL, bytes, 32, 1, 0, NULL),
		autonomi_config_set(NULL, "network.port", "1"),
		autonomi_config_set_number(NULL, "network.port", 1),
		autonomi_config_set_flag(NULL, "network.local", 1),
		autonomi_config_set_log(NULL, NULL, NULL),
		autonomi_config_get(NULL, "network.port", (char[8]){0}, 8),
		autonomi_event_status(NULL),
		autonomi_event_peer(NULL, 0, &(autonomi_peer_view){0}, sizeof(autonomi_peer_view)),
		autonomi_event_get_view(NULL, &(autonomi_event_view){0}, 8),
	};
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		ck_assert_msg(answers[i] == AUTONOMI_E_INVALID, "call %zu: %s", i,
		              autonomi_status_name(answers[i]));
	ck_assert_ptr_null(autonomi_node_free(NULL));
	ck_assert_ptr_null(autonomi_node_id(NULL));
	ck_assert_ptr_null(autonomi_node_network(NULL));
	ck_assert_ptr_null(autonomi_node_storage(NULL));
	ck_assert_ptr_null(autonomi_node_dht(NULL));
	ck_assert_ptr_null(autonomi_config_free(NULL));
	ck_assert_ptr_null(autonomi_event_free(NULL));
	ck_assert_ptr_null(autonomi_event_data(NULL, &count));
	ck_assert_uint_eq(count, 0);
	ck_assert_str_eq(autonomi_event_text(NULL), "");
	ck_assert_str_eq(autonomi_event_message(NULL), "");
	ck_assert_str_ne(autonomi_config_error(NULL), "");
	ck_assert_int_eq(autonomi_node_timeout_us(NULL), -1);
	ck_assert_int_eq(autonomi_node_timeout_ms(NULL), -1);
	ck_assert_uint_eq(autonomi_node_pending(NULL), 0);
	ck_assert_uint_eq(autonomi_event_type(NULL) + autonomi_event_op(NULL) +
	                          autonomi_event_tag(NULL) + autonomi_event_count(NULL) +
	                          autonomi_event_peer_count(NULL) +
	                          autonomi_event_chunks_with_copies(NULL, 0),
	                  0);
}
END_TEST

START_TEST(null_for_a_node_is_an_answer_of_the_operations_on_data)
{
	const autonomi_status answers[] = {
		autonomi_data_put(NULL, bytes, 32, 0, 0, NULL),
		autonomi_data_get(NULL, bytes, 32, 1000, 0, NULL),
		autonomi_directory_upload(NULL, "x", 0, 0, NULL),
		autonomi_directory_download(NULL, bytes, 32, "x", 0, 0, NULL),
		autonomi_archive_put(NULL, NULL, 0, NULL),
		autonomi_archive_get(NULL, 0, bytes, 32, 1000, 0, NULL),
	};
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		ck_assert_msg(answers[i] == AUTONOMI_E_INVALID, "call %zu: %s", i,
		              autonomi_status_name(answers[i]));
	ck_assert_uint_eq(autonomi_event_files(NULL) + autonomi_event_skipped(NULL), 0);
}
END_TEST

START_TEST(null_and_nonsense_of_the_operations_on_data_are_refused_without_effect)
{
	const autonomi_status answers[] = {
		autonomi_data_put(node, NULL, 32, 0, 0, NULL),
		autonomi_data_put(node, bytes, 32, 2, 0, NULL),
		autonomi_data_get(node, NULL, 32, 1000, 0, NULL),
		autonomi_data_get(node, bytes, 0, 1000, 0, NULL),
		autonomi_directory_upload(node, NULL, 0, 0, NULL),
		autonomi_directory_upload(node, "", 0, 0, NULL),
		autonomi_directory_upload(node, "x", 8, 0, NULL),
		autonomi_directory_download(node, NULL, 32, "x", 0, 0, NULL),
		autonomi_directory_download(node, bytes, 0, "x", 0, 0, NULL),
		autonomi_directory_download(node, bytes, 32, NULL, 0, 0, NULL),
		autonomi_directory_download(node, bytes, 32, "", 0, 0, NULL),
		autonomi_directory_download(node, bytes, 32, "x", 2, 0, NULL),
		autonomi_archive_put(node, NULL, 0, NULL),
		autonomi_archive_get(node, 0, NULL, 32, 1000, 0, NULL),
		autonomi_archive_get(node, 0, bytes, 0, 1000, 0, NULL),
		autonomi_archive_get(node, 2, bytes, 32, 1000, 0, NULL),
	};
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		ck_assert_msg(answers[i] == AUTONOMI_E_INVALID, "call %zu: %s", i,
		              autonomi_status_name(answers[i]));
	ck_assert_uint_eq(autonomi_node_pending(node), 0);
}
END_TEST

START_TEST(null_and_nonsense_for_an_argument_are_refused_without_effect)
{
	uint64_t value = 0;
	uint8_t large[1] = {0};
	const autonomi_status answers[] = {
		autonomi_node_next_event(node, NULL),
		autonomi_node_counter(node, NULL, &value),
		autonomi_node_counter(node, "bytes_sent", NULL),
		autonomi_node_set_log_level(node, -1),
		autonomi_node_set_log_level(node, AUTONOMI_LOG_TRACE + 1),
		autonomi_node_pollfds(node, NULL, 8, 1, &(size_t){0}, NULL),
		autonomi_node_pollfds(node, NULL, 8, 0, NULL, NULL),
		autonomi_chunk_put(node, NULL, 1, 0, NULL),
		autonomi_chunk_get(node, NULL, 0, NULL),
		autonomi_file_upload(node, NULL, 0, 0, NULL),
		autonomi_file_upload(node, "x", 2, 0, NULL),
		autonomi_file_download(node, NULL, 32, "x", 0, 0, NULL),
		autonomi_file_download(node, bytes, 32, NULL, 0, 0, NULL),
		autonomi_file_download(node, bytes, 32, "x", 2, 0, NULL),
		autonomi_network_connect(network, NULL, 0, NULL),
		autonomi_network_ask_info(network, NULL, 0, NULL),
		autonomi_network_ask_peers(network, NULL, 0, NULL),
		autonomi_dht_find_closest(dht, NULL, 32, 1, 0, NULL),
		autonomi_dht_find_agreed(dht, NULL, 32, 1, 0, NULL),
		autonomi_dht_find_agreed(dht, bytes, 0, 1, 0, NULL),
		autonomi_dht_find_agreed(dht, bytes, 100, 1, 0, NULL),
		autonomi_dht_find_agreed(dht, bytes, 32, 0, 0, NULL),
		autonomi_dht_find_agreed(dht, bytes, 32, 21, 0, NULL),
		autonomi_dht_find_closest(dht, bytes, 0, 1, 0, NULL),
		autonomi_dht_find_closest(dht, bytes, 32, 0, 0, NULL),
		autonomi_dht_find_closest(dht, bytes, 32, 21, 0, NULL),
		autonomi_dht_find_closest(dht, bytes, 100000, 1, 0, NULL),
	};
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		ck_assert_msg(answers[i] == AUTONOMI_E_INVALID, "call %zu: %s", i,
		              autonomi_status_name(answers[i]));
	ck_assert_int_eq(autonomi_node_counter(node, "no_such", &value), AUTONOMI_E_NOT_FOUND);
	ck_assert_int_eq(autonomi_chunk_put(node, large, AUTONOMI_CHUNK_MAX + 1, 0, NULL),
	                 AUTONOMI_E_TOO_LARGE);
	ck_assert_uint_eq(autonomi_node_pending(node), 0);
}
END_TEST

START_TEST(an_address_that_is_none_is_refused_at_once)
{
	static const char *const wrong[] = {"",
	                                    "x",
	                                    "/",
	                                    "/ip4/127.0.0.1",
	                                    "/ip4/127.0.0.1/udp/1",
	                                    "/ip4/127.0.0.1/tcp/1/quic-v1",
	                                    "/ip4/127.0.0.1/udp/70000/quic-v1",
	                                    "/ip4/127.0.0.1/udp/1/quic-v1/p2p/nobody"};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		ck_assert_int_eq(autonomi_network_connect(network, wrong[i], 0, NULL),
		                 AUTONOMI_E_ADDRESS);
		ck_assert_int_eq(autonomi_network_ask_info(network, wrong[i], 0, NULL),
		                 AUTONOMI_E_ADDRESS);
		ck_assert_int_eq(autonomi_network_ask_peers(network, wrong[i], 0, NULL),
		                 AUTONOMI_E_ADDRESS);
	}
	ck_assert_uint_eq(autonomi_node_pending(node), 0);
}
END_TEST

static void mask_of_now(sigset_t *mask)
{
	memset(mask, 0, sizeof(*mask)); /* the kernel fills in less than all of it */
	sigprocmask(SIG_SETMASK, NULL, mask);
}

/* Runs one call, and fails where it left a trace. */
#define LEAVES_NO_TRACE(call)                                                                      \
	do {                                                                                       \
		sigset_t before_mask, after_mask;                                                  \
		mask_of_now(&before_mask);                                                         \
		fesetround(FE_UPWARD);                                                             \
		feclearexcept(FE_ALL_EXCEPT);                                                      \
		feraiseexcept(FE_OVERFLOW);                                                        \
		const int raised = fetestexcept(FE_ALL_EXCEPT);                                    \
		errno = EXDEV;                                                                     \
		(void)(call);                                                                      \
		const int left = errno;                                                            \
		const int rounding = fegetround(), now_raised = fetestexcept(FE_ALL_EXCEPT);       \
		fesetround(FE_TONEAREST);                                                          \
		mask_of_now(&after_mask);                                                          \
		ck_assert_msg(left == EXDEV, #call " left errno %d", left);                        \
		ck_assert_msg(rounding == FE_UPWARD && now_raised == raised,                       \
		              #call " left another floating-point state");                         \
		ck_assert_msg(memcmp(&before_mask, &after_mask, sizeof(before_mask)) == 0,         \
		              #call " left another signal mask");                                  \
	} while (0)

START_TEST(no_function_leaves_a_trace_in_errno_signal_mask_or_floating_point_state)
{
	autonomi_event *event = NULL;
	autonomi_node *other = NULL;
	autonomi_storage *alone = NULL;
	char text[64];
	uint64_t value = 0;
	LEAVES_NO_TRACE(autonomi_chunk_put(node, bytes, sizeof(bytes), 0, NULL));
	LEAVES_NO_TRACE(autonomi_chunk_get(node, bytes, 0, NULL));
	LEAVES_NO_TRACE(autonomi_file_upload(node, "/nowhere/file", 0, 0, NULL));
	LEAVES_NO_TRACE(autonomi_file_download(node, bytes, 32, "/nowhere/file", 0, 0, NULL));
	LEAVES_NO_TRACE(autonomi_data_put(node, bytes, 32, 0, 0, NULL));
	LEAVES_NO_TRACE(autonomi_data_get(node, bytes, 32, 1000, 0, NULL));
	LEAVES_NO_TRACE(autonomi_directory_upload(node, "/nowhere/at", 0, 0, NULL));
	LEAVES_NO_TRACE(autonomi_directory_download(node, bytes, 32, "/nowhere/at", 0, 0, NULL));
	LEAVES_NO_TRACE(autonomi_archive_get(node, 0, bytes, 32, 1000, 0, NULL));
	LEAVES_NO_TRACE(autonomi_network_peers(network, 0, NULL));
	LEAVES_NO_TRACE(autonomi_network_addresses(network, 0, NULL));
	LEAVES_NO_TRACE(autonomi_network_connect(network, cluster.address, 0, NULL));
	LEAVES_NO_TRACE(autonomi_network_ask_info(network, cluster.address, 0, NULL));
	LEAVES_NO_TRACE(autonomi_network_ask_peers(network, cluster.address, 0, NULL));
	LEAVES_NO_TRACE(autonomi_dht_find_closest(dht, bytes, 32, 5, 0, NULL));
	LEAVES_NO_TRACE(autonomi_dht_find_agreed(dht, bytes, 32, 5, 0, NULL));
	LEAVES_NO_TRACE(autonomi_dht_table(dht, 0, NULL));
	for (int i = 0; i < 200; i++) {
		LEAVES_NO_TRACE(autonomi_node_pump(node));
		LEAVES_NO_TRACE(autonomi_node_pump(cluster.nodes[0]));
		LEAVES_NO_TRACE(autonomi_node_next_event(node, &event));
		LEAVES_NO_TRACE(autonomi_event_message(event));
		LEAVES_NO_TRACE(autonomi_event_free(event));
		LEAVES_NO_TRACE(autonomi_node_wait(node, 1));
	}
	LEAVES_NO_TRACE(autonomi_node_fd(node));
	LEAVES_NO_TRACE(autonomi_node_timeout_us(node));
	LEAVES_NO_TRACE(autonomi_node_wake(node));
	LEAVES_NO_TRACE(autonomi_node_pending(node));
	LEAVES_NO_TRACE(autonomi_op_cancel(node, 1));
	LEAVES_NO_TRACE(autonomi_node_id(node));
	LEAVES_NO_TRACE(autonomi_node_counter(node, "bytes_sent", &value));
	LEAVES_NO_TRACE(autonomi_node_set_log_level(node, AUTONOMI_LOG_ERROR));
	LEAVES_NO_TRACE(autonomi_storage_count(autonomi_node_storage(cluster.nodes[0])));
	LEAVES_NO_TRACE(autonomi_storage_has(autonomi_node_storage(cluster.nodes[0]), bytes));
	LEAVES_NO_TRACE(autonomi_storage_open(NULL, "/proc/nowhere", &alone, text, sizeof(text)));
	LEAVES_NO_TRACE(autonomi_node_open(NULL, &other, text, sizeof(text)));
	autonomi_config *config = NULL;
	LEAVES_NO_TRACE(config = cluster_config(&cluster, 1, "another"));
	LEAVES_NO_TRACE(autonomi_config_set(config, "network.port", "none"));
	LEAVES_NO_TRACE(autonomi_config_get(config, "network.ip", text, sizeof(text)));
	LEAVES_NO_TRACE(autonomi_node_open(config, &other, text, sizeof(text)));
	LEAVES_NO_TRACE(autonomi_config_free(config));
	LEAVES_NO_TRACE(autonomi_node_close(other, 0));
	LEAVES_NO_TRACE(autonomi_node_free(other));
	LEAVES_NO_TRACE(autonomi_version_text());
	LEAVES_NO_TRACE(autonomi_status_message(-1));
}
END_TEST

START_TEST(views_of_another_size_are_filled_as_far_as_both_know_them)
{
	autonomi_op op = 0;
	ck_assert_int_eq(autonomi_network_ask_info(network, cluster.address, 99, &op), AUTONOMI_OK);
	autonomi_event *event = cluster_completion(&cluster, node, op, 20000);
	ck_assert_ptr_nonnull(event);
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_OK);
	struct {
		autonomi_event_view known;
		uint64_t newer;
	} larger = {.newer = 5};
	ck_assert_int_eq(autonomi_event_get_view(event, &larger.known, sizeof(larger)),
	                 AUTONOMI_OK);
	ck_assert_uint_eq(larger.known.type, AUTONOMI_EVENT_COMPLETED);
	ck_assert_uint_eq(larger.known.op, op);
	ck_assert_uint_eq(larger.known.tag, 99);
	ck_assert_str_eq(larger.known.text, autonomi_event_text(event));
	ck_assert_uint_eq(larger.newer, 0);
	autonomi_event_view smaller;
	memset(&smaller, 0xaa, sizeof(smaller));
	ck_assert_int_eq(autonomi_event_get_view(event, &smaller,
	                                         offsetof(autonomi_event_view, tag)),
	                 AUTONOMI_OK);
	ck_assert_uint_eq(smaller.op, op);
	ck_assert_uint_eq(smaller.tag, 0xaaaaaaaaaaaaaaaa);

	struct {
		autonomi_peer_view known;
		uint64_t newer;
	} peer = {.newer = 5};
	ck_assert_int_eq(autonomi_event_peer(event, 0, &peer.known, sizeof(peer)), AUTONOMI_OK);
	ck_assert_str_eq(peer.known.address, cluster.address);
	ck_assert_uint_eq(peer.newer, 0);
	ck_assert_int_eq(autonomi_event_peer(event, 1, &peer.known, sizeof(peer)),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_event_peer(event, 0, NULL, 8), AUTONOMI_E_INVALID);
	ck_assert_uint_eq(autonomi_event_chunks_with_copies(event, 6), 0);
	autonomi_event_free(event);
}
END_TEST

START_TEST(counters_have_names_values_and_an_end)
{
	size_t count = 0;
	for (const char *name; (name = autonomi_node_counter_name(count)) != NULL; count++) {
		uint64_t value = UINT64_MAX;
		ck_assert_int_eq(autonomi_node_counter(cluster.nodes[0], name, &value),
		                 AUTONOMI_OK);
		ck_assert_msg(value < (uint64_t)1 << 40, "%s has nonsense in it", name);
		if (count > 0)
			ck_assert_str_lt(autonomi_node_counter_name(count - 1), name);
	}
	ck_assert_uint_gt(count, 20);
	ck_assert_ptr_null(autonomi_node_counter_name(SIZE_MAX));
}
END_TEST

START_TEST(the_list_of_descriptors_is_the_one_descriptor)
{
	autonomi_pollfd fds[2] = {{-1, 0}, {-1, 0}};
	size_t count = 0;
	uint64_t generation = 0;
	ck_assert_int_eq(autonomi_node_pollfds(node, fds, sizeof(fds[0]), 2, &count, &generation),
	                 AUTONOMI_OK);
	ck_assert_uint_eq(count, 1);
	ck_assert_int_eq(fds[0].fd, autonomi_node_fd(node));
	ck_assert_uint_eq(fds[0].events, AUTONOMI_POLL_INPUT);
	ck_assert_int_eq(fds[1].fd, -1);
	ck_assert_uint_ne(generation, 0);
	ck_assert_int_eq(autonomi_node_pollfds(node, NULL, sizeof(fds[0]), 0, &count, NULL),
	                 AUTONOMI_OK);
	ck_assert_uint_eq(count, 1);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("api/arguments");
	TCase *cases = tcase_create("arguments");
	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, null_for_a_handle_is_an_answer_and_never_a_crash);
	tcase_add_test(cases, null_for_a_node_is_an_answer_of_the_operations_on_data);
	tcase_add_test(cases,
	               null_and_nonsense_of_the_operations_on_data_are_refused_without_effect);
	tcase_add_test(cases, null_and_nonsense_for_an_argument_are_refused_without_effect);
	tcase_add_test(cases, an_address_that_is_none_is_refused_at_once);
	tcase_add_test(cases,
	               no_function_leaves_a_trace_in_errno_signal_mask_or_floating_point_state);
	tcase_add_test(cases, views_of_another_size_are_filled_as_far_as_both_know_them);
	tcase_add_test(cases, counters_have_names_values_and_an_end);
	tcase_add_test(cases, the_list_of_descriptors_is_the_one_descriptor);
	suite_add_tcase(s, cases);
	return s;
}
