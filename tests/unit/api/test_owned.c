/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Registers and vaults on a network, through the public functions and real nodes. */
#include <check.h>
#include <string.h>

#include "prop/cluster.h"

enum { LIMIT_MS = 60000, VALUE = AUTONOMI_GRAPH_CONTENT_SIZE };

static struct cluster cluster;
static autonomi_node *client;
static uint8_t secret[AUTONOMI_SECRET_KEY_SIZE], address[AUTONOMI_PUBLIC_KEY_SIZE];
static const uint8_t first[] = "first", second[] = "second";
static autonomi_op op;

static void setup(void)
{
	const uint8_t seed[AUTONOMI_SEED_SIZE] = {10};
	cluster_open(&cluster, CLUSTER_NODES, 1);
	client = cluster_client(&cluster, 1);
	cluster_await(&cluster, client, AUTONOMI_EVENT_JOINED, LIMIT_MS);
	ck_assert_int_eq(autonomi_bls_secret_generate(seed, secret), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_bls_public_key(secret, address), AUTONOMI_OK);
}

static void teardown(void)
{
	autonomi_node_free(client);
	cluster_close(&cluster);
}

/* `submitted` is what a call returned that set `op`. */
static autonomi_event *completion(autonomi_status submitted)
{
	ck_assert_int_eq(submitted, AUTONOMI_OK);
	autonomi_event *event = cluster_completion(&cluster, client, op, LIMIT_MS);
	ck_assert_ptr_nonnull(event);
	return event;
}

static autonomi_status status_of(autonomi_status submitted)
{
	autonomi_event *event = completion(submitted);
	const autonomi_status status = autonomi_event_status(event);
	autonomi_event_free(event);
	return status;
}

START_TEST(a_register_lives_on_the_network)
{
	size_t size = 0;
	uint8_t wanted[2 * VALUE] = {0};
	ck_assert_int_eq(status_of(autonomi_register_update(client, secret, first, sizeof(first), 0,
	                                                    &op)),
	                 AUTONOMI_E_NOT_FOUND);
	autonomi_event *event = completion(
		autonomi_register_create(client, secret, first, sizeof(first), 0, &op));
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_OK);
	ck_assert_mem_eq(autonomi_event_data(event, &size), address, sizeof(address));
	ck_assert_uint_eq(size, sizeof(address));
	ck_assert_uint_ge(autonomi_event_count(event), 3);
	autonomi_event_free(event);
	ck_assert_int_eq(status_of(autonomi_register_create(client, secret, first, sizeof(first), 0,
	                                                    &op)),
	                 AUTONOMI_E_EXISTS);
	ck_assert_int_eq(status_of(autonomi_register_update(client, secret, second, sizeof(second),
	                                                    0, &op)),
	                 AUTONOMI_OK);
	memcpy(wanted, first, sizeof(first));
	memcpy(wanted + VALUE, second, sizeof(second));
	event = completion(autonomi_register_get(client, address, 0, &op));
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_OK);
	ck_assert_mem_eq(autonomi_event_data(event, &size), wanted + VALUE, VALUE);
	ck_assert_uint_eq(size, VALUE);
	ck_assert_uint_eq(autonomi_event_counter(event), 1);
	autonomi_event_free(event);
	event = completion(autonomi_register_history(client, address, 0, &op));
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_OK);
	ck_assert_mem_eq(autonomi_event_data(event, &size), wanted, sizeof(wanted));
	ck_assert_uint_eq(size, sizeof(wanted));
	ck_assert_uint_eq(autonomi_event_count(event), 2);
	autonomi_event_free(event);
}
END_TEST

START_TEST(a_vault_lives_on_the_network)
{
	size_t size = 0;
	uint64_t type = 0;
	ck_assert_int_eq(autonomi_vault_content_type("test", &type), AUTONOMI_OK);
	ck_assert_int_eq(status_of(autonomi_vault_get(client, secret, 1000, 0, &op)),
	                 AUTONOMI_E_NOT_FOUND);
	autonomi_event *event = completion(
		autonomi_vault_put(client, secret, type, first, sizeof(first), 0, &op));
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_OK);
	ck_assert_mem_eq(autonomi_event_data(event, &size), address, sizeof(address));
	ck_assert_uint_ge(autonomi_event_count(event), 3);
	autonomi_event_free(event);
	ck_assert_int_eq(status_of(autonomi_vault_put(client, secret, type, second, sizeof(second),
	                                              0, &op)),
	                 AUTONOMI_OK);
	event = completion(autonomi_vault_get(client, secret, sizeof(second), 0, &op));
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_OK);
	ck_assert_mem_eq(autonomi_event_data(event, &size), second, sizeof(second));
	ck_assert_uint_eq(size, sizeof(second));
	ck_assert_uint_eq(autonomi_event_content_type(event), type);
	autonomi_event_view view;
	ck_assert_int_eq(autonomi_event_get_view(event, &view, sizeof(view)), AUTONOMI_OK);
	ck_assert_uint_eq(view.content_type, type);
	autonomi_event_free(event);
	ck_assert_int_eq(status_of(autonomi_vault_get(client, secret, sizeof(second) - 1, 0, &op)),
	                 AUTONOMI_E_TOO_LARGE);
}
END_TEST

START_TEST(nonsense_is_refused_at_once)
{
	const uint8_t none[AUTONOMI_PUBLIC_KEY_SIZE] = {0xff, 0xff};
	const uint8_t large[VALUE + 1] = {0};
	const autonomi_status answers[] = {
		autonomi_register_create(NULL, secret, first, 1, 0, NULL),
		autonomi_register_create(client, NULL, first, 1, 0, NULL),
		autonomi_register_create(client, none, first, 1, 0, NULL),
		autonomi_register_update(client, secret, NULL, 1, 0, NULL),
		autonomi_register_get(NULL, address, 0, NULL),
		autonomi_register_get(client, NULL, 0, NULL),
		autonomi_register_history(client, none, 0, NULL),
		autonomi_vault_put(NULL, secret, 0, first, 1, 0, NULL),
		autonomi_vault_put(client, NULL, 0, first, 1, 0, NULL),
		autonomi_vault_put(client, none, 0, first, 1, 0, NULL),
		autonomi_vault_put(client, secret, 0, first, 0, 0, NULL),
		autonomi_vault_put(client, secret, 0, NULL, 1, 0, NULL),
		autonomi_vault_get(NULL, secret, 1, 0, NULL),
		autonomi_vault_get(client, none, 1, 0, NULL),
		autonomi_vault_get(client, secret, 0, 0, NULL),
		autonomi_vault_get(client, secret, ((size_t)1 << 30) + 1, 0, NULL),
	};
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		ck_assert_msg(answers[i] == AUTONOMI_E_INVALID, "call %zu: %s", i,
		              autonomi_status_name(answers[i]));
	ck_assert_int_eq(autonomi_register_create(client, secret, large, sizeof(large), 0, NULL),
	                 AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(autonomi_vault_put(client, secret, 0, large, ((size_t)1 << 30) + 1, 0,
	                                    NULL),
	                 AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(autonomi_vault_get(client, secret, 1 << 30, 0, NULL), AUTONOMI_E_BUSY);
	ck_assert_uint_eq(autonomi_event_content_type(NULL), 0);
}
END_TEST

START_TEST(operations_that_run_when_the_node_closes_complete)
{
	ck_assert_int_eq(autonomi_register_create(client, secret, first, 1, 3, &op), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_node_close(client, 0), AUTONOMI_OK);
	autonomi_event *event = cluster_completion(&cluster, client, op, LIMIT_MS);
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_E_CANCELLED);
	ck_assert_uint_eq(autonomi_event_tag(event), 3);
	autonomi_event_free(event);
	ck_assert_int_eq(autonomi_register_update(client, secret, first, 1, 0, NULL),
	                 AUTONOMI_E_CLOSED);
	ck_assert_int_eq(autonomi_register_get(client, address, 0, NULL), AUTONOMI_E_CLOSED);
	ck_assert_int_eq(autonomi_vault_put(client, secret, 0, first, 1, 0, NULL),
	                 AUTONOMI_E_CLOSED);
	ck_assert_int_eq(autonomi_vault_get(client, secret, 1, 0, NULL), AUTONOMI_E_CLOSED);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("api/owned");
	TCase *registers = tcase_create("registers and vaults");
	tcase_add_checked_fixture(registers, setup, teardown);
	tcase_set_timeout(registers, 120);
	tcase_add_test(registers, a_register_lives_on_the_network);
	tcase_add_test(registers, a_vault_lives_on_the_network);
	tcase_add_test(registers, nonsense_is_refused_at_once);
	tcase_add_test(registers, operations_that_run_when_the_node_closes_complete);
	suite_add_tcase(s, registers);
	return s;
}
