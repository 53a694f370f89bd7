/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Registers and vaults on a network, through the public functions and real nodes. */
#include <check.h>
#include <string.h>

#include "scene.h"

enum { VALUE = AUTONOMI_GRAPH_CONTENT_SIZE };

static uint8_t secret[AUTONOMI_SECRET_KEY_SIZE], address[AUTONOMI_PUBLIC_KEY_SIZE];
static const uint8_t first[] = "first", second[] = "second";

static void setup(void)
{
	const uint8_t seed[AUTONOMI_SEED_SIZE] = {10};
	scene_open(CLUSTER_NODES);
	ck_assert_int_eq(autonomi_bls_secret_generate(seed, secret), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_bls_public_key(secret, address), AUTONOMI_OK);
}

START_TEST(a_register_lives_on_the_network)
{
	size_t size = 0;
	uint8_t wanted[2 * VALUE] = {0};
	ck_assert_int_eq(scene_status(autonomi_register_update(scene_client, secret, first,
	                                                       sizeof(first), 0, &scene_op)),
	                 AUTONOMI_E_NOT_FOUND);
	autonomi_event *event = scene_completion(
		autonomi_register_create(scene_client, secret, first, sizeof(first), 0, &scene_op));
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_OK);
	ck_assert_mem_eq(autonomi_event_data(event, &size), address, sizeof(address));
	ck_assert_uint_eq(size, sizeof(address));
	ck_assert_uint_ge(autonomi_event_count(event), 3);
	autonomi_event_free(event);
	ck_assert_int_eq(scene_status(autonomi_register_create(scene_client, secret, first,
	                                                       sizeof(first), 0, &scene_op)),
	                 AUTONOMI_E_EXISTS);
	ck_assert_int_eq(scene_status(autonomi_register_update(scene_client, secret, second,
	                                                       sizeof(second), 0, &scene_op)),
	                 AUTONOMI_OK);
	memcpy(wanted, first, sizeof(first));
	memcpy(wanted + VALUE, second, sizeof(second));
	event = scene_completion(autonomi_register_get(scene_client, address, 0, &scene_op));
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_OK);
	ck_assert_mem_eq(autonomi_event_data(event, &size), wanted + VALUE, VALUE);
	ck_assert_uint_eq(size, VALUE);
	ck_assert_uint_eq(autonomi_event_counter(event), 1);
	autonomi_event_free(event);
	event = scene_completion(autonomi_register_history(scene_client, address, 0, &scene_op));
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
	ck_assert_int_eq(scene_status(autonomi_vault_get(scene_client, secret, 1000, 0, &scene_op)),
	                 AUTONOMI_E_NOT_FOUND);
	autonomi_event *event = scene_completion(
		autonomi_vault_put(scene_client, secret, type, first, sizeof(first), 0, &scene_op));
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_OK);
	ck_assert_mem_eq(autonomi_event_data(event, &size), address, sizeof(address));
	ck_assert_uint_ge(autonomi_event_count(event), 3);
	autonomi_event_free(event);
	ck_assert_int_eq(scene_status(autonomi_vault_put(scene_client, secret, type, second,
	                                                 sizeof(second), 0, &scene_op)),
	                 AUTONOMI_OK);
	event = scene_completion(
		autonomi_vault_get(scene_client, secret, sizeof(second), 0, &scene_op));
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_OK);
	ck_assert_mem_eq(autonomi_event_data(event, &size), second, sizeof(second));
	ck_assert_uint_eq(size, sizeof(second));
	ck_assert_uint_eq(autonomi_event_content_type(event), type);
	autonomi_event_view view;
	ck_assert_int_eq(autonomi_event_get_view(event, &view, sizeof(view)), AUTONOMI_OK);
	ck_assert_uint_eq(view.content_type, type);
	autonomi_event_free(event);
	ck_assert_int_eq(scene_status(autonomi_vault_get(scene_client, secret, sizeof(second) - 1,
	                                                 0, &scene_op)),
	                 AUTONOMI_E_TOO_LARGE);
}
END_TEST

START_TEST(nonsense_is_refused_at_once)
{
	const uint8_t none[AUTONOMI_PUBLIC_KEY_SIZE] = {0xff, 0xff};
	const uint8_t large[VALUE + 1] = {0};
	const autonomi_status answers[] = {
		autonomi_register_create(NULL, secret, first, 1, 0, NULL),
		autonomi_register_create(scene_client, NULL, first, 1, 0, NULL),
		autonomi_register_create(scene_client, none, first, 1, 0, NULL),
		autonomi_register_update(scene_client, secret, NULL, 1, 0, NULL),
		autonomi_register_get(NULL, address, 0, NULL),
		autonomi_register_get(scene_client, NULL, 0, NULL),
		autonomi_register_history(scene_client, none, 0, NULL),
		autonomi_vault_put(NULL, secret, 0, first, 1, 0, NULL),
		autonomi_vault_put(scene_client, NULL, 0, first, 1, 0, NULL),
		autonomi_vault_put(scene_client, none, 0, first, 1, 0, NULL),
		autonomi_vault_put(scene_client, secret, 0, first, 0, 0, NULL),
		autonomi_vault_put(scene_client, secret, 0, NULL, 1, 0, NULL),
		autonomi_vault_get(NULL, secret, 1, 0, NULL),
		autonomi_vault_get(scene_client, none, 1, 0, NULL),
		autonomi_vault_get(scene_client, secret, 0, 0, NULL),
		autonomi_vault_get(scene_client, secret, ((size_t)1 << 30) + 1, 0, NULL),
	};
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		ck_assert_msg(answers[i] == AUTONOMI_E_INVALID, "call %zu: %s", i,
		              autonomi_status_name(answers[i]));
	ck_assert_int_eq(autonomi_register_create(scene_client, secret, large, sizeof(large), 0,
	                                          NULL),
	                 AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(autonomi_vault_put(scene_client, secret, 0, large, ((size_t)1 << 30) + 1,
	                                    0, NULL),
	                 AUTONOMI_E_TOO_LARGE);
	ck_assert_int_eq(autonomi_vault_get(scene_client, secret, 1 << 30, 0, NULL),
	                 AUTONOMI_E_BUSY);
	ck_assert_uint_eq(autonomi_event_content_type(NULL), 0);
}
END_TEST

START_TEST(operations_that_run_when_the_node_closes_complete)
{
	ck_assert_int_eq(autonomi_register_create(scene_client, secret, first, 1, 3, &scene_op),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_node_close(scene_client, 0), AUTONOMI_OK);
	autonomi_event *event = scene_completion(AUTONOMI_OK);
	ck_assert_int_eq(autonomi_event_status(event), AUTONOMI_E_CANCELLED);
	ck_assert_uint_eq(autonomi_event_tag(event), 3);
	autonomi_event_free(event);
	ck_assert_int_eq(autonomi_register_update(scene_client, secret, first, 1, 0, NULL),
	                 AUTONOMI_E_CLOSED);
	ck_assert_int_eq(autonomi_register_get(scene_client, address, 0, NULL), AUTONOMI_E_CLOSED);
	ck_assert_int_eq(autonomi_vault_put(scene_client, secret, 0, first, 1, 0, NULL),
	                 AUTONOMI_E_CLOSED);
	ck_assert_int_eq(autonomi_vault_get(scene_client, secret, 1, 0, NULL), AUTONOMI_E_CLOSED);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("api/owned");
	TCase *registers = tcase_create("registers and vaults");
	tcase_add_checked_fixture(registers, setup, scene_close);
	tcase_set_timeout(registers, 120);
	tcase_add_test(registers, a_register_lives_on_the_network);
	tcase_add_test(registers, a_vault_lives_on_the_network);
	tcase_add_test(registers, nonsense_is_refused_at_once);
	tcase_add_test(registers, operations_that_run_when_the_node_closes_complete);
	suite_add_tcase(s, registers);
	return s;
}
