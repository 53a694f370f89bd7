/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Agent strings and versions through the public functions, against the real crates. */
#include <string.h>

#include "harness.h"
#include "unit/api/data_support.h"

static const char *const roles[] = {"Node", "Client", "ReachabilityCheckClient", "Unknown"};
static const char *const verdicts[] = {"Accepted", "Rejected", "Legacy", "ParseError"};

static void check_version(const char *agent, const json_t *vector)
{
	uint16_t inside[3], alone[3];
	if (!vector_has(vector, "version")) {
		ck_assert_int_eq(autonomi_agent_version(agent, inside), AUTONOMI_E_CORRUPT);
		return;
	}
	ck_assert_int_eq(autonomi_agent_version(agent, inside), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_version_read(vector_text(vector, "version"), alone), AUTONOMI_OK);
	ck_assert_mem_eq(inside, alone, sizeof(alone));
}

static void check_gate(const json_t *vector)
{
	const char *agent = vector_text(vector, "agent");
	uint16_t minimum[3];
	uint32_t verdict;
	check_version(agent, vector);
	ck_assert_uint_lt(autonomi_agent_role(agent), 4);
	ck_assert_str_eq(roles[autonomi_agent_role(agent)], vector_text(vector, "peer_type"));
	ck_assert_int_eq(autonomi_version_read(vector_text(vector, "minimum"), minimum),
	                 AUTONOMI_OK);
	ck_assert_int_eq(autonomi_version_judge(agent, minimum, &verdict), AUTONOMI_OK);
	ck_assert_str_eq(verdicts[verdict], vector_text(vector, "result"));
	ck_assert_int_eq(autonomi_version_judge(agent, NULL, &verdict), AUTONOMI_OK);
	ck_assert_str_eq(verdicts[verdict], vector_text(vector, "result_without_minimum"));
}

START_TEST(the_version_gate_judges_as_the_real_crate_does)
{
	ck_assert_uint_gt(vector_each("challenge", "version_gate", check_gate), 0);
}
END_TEST

/* Semantics 1.3. */
START_TEST(agents_and_protocols_are_named_as_the_real_crate_names_them)
{
	static const char *const names[] = {"/ant/1.0/1", "ant/1.0/1", "1_1.0", "1.0"};
	char text[AUTONOMI_AGENT_TEXT_SIZE];
	for (uint32_t i = 0; i < 4; i++) {
		ck_assert_int_eq(autonomi_protocol_text(i, AUTONOMI_NETWORK_MAINNET, text,
		                                        sizeof(text)),
		                 AUTONOMI_OK);
		ck_assert_str_eq(text, names[i]);
	}
	ck_assert_int_eq(autonomi_agent_text(AUTONOMI_AGENT_NODE, "0.4.17",
	                                     AUTONOMI_NETWORK_MAINNET, text, sizeof(text)),
	                 AUTONOMI_OK);
	ck_assert_str_eq(text, "ant/node/1.0/0.4.17/1");
	ck_assert_int_eq(autonomi_agent_text(AUTONOMI_AGENT_CLIENT, "0.10.2",
	                                     AUTONOMI_NETWORK_ALPHANET, text, sizeof(text)),
	                 AUTONOMI_OK);
	ck_assert_str_eq(text, "ant/client/1.0/0.10.2/2");
}
END_TEST

START_TEST(versions_are_compared_by_their_parts)
{
	const uint16_t minimum[3] = {0, 4, 15}, older[3] = {0, 3, 99}, newer[3] = {1, 0, 0};
	ck_assert_int_eq(autonomi_version_meets(minimum, minimum), 1);
	ck_assert_int_eq(autonomi_version_meets(older, minimum), 0);
	ck_assert_int_eq(autonomi_version_meets(newer, minimum), 1);
}
END_TEST

START_TEST(arguments_of_agents_are_checked)
{
	const char *const long_version = "0.0.1-a-version-that-is-far-too-long-for-an-agent";
	char text[AUTONOMI_AGENT_TEXT_SIZE];
	uint16_t version[3] = {0};
	uint32_t verdict;
	ck_assert_int_eq(autonomi_agent_text(AUTONOMI_AGENT_UNKNOWN, "0.1.0", 1, text, 96),
	                 AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_agent_text(0, NULL, 1, text, 96), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_agent_text(0, "0.1.0", 256, text, 96), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_agent_text(0, long_version, 1, text, 96), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_agent_text(0, "0/1", 1, text, 96), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_agent_text(0, "0.1.0", 1, NULL, 96), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_agent_text(0, "0.1.0", 1, text, 20), AUTONOMI_E_TOO_SMALL);
	ck_assert_int_eq(autonomi_agent_text(0, "0.1.0", 1, text, 21), AUTONOMI_OK);
	ck_assert_int_eq(autonomi_protocol_text(4, 1, text, 96), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_protocol_text(0, 256, text, 96), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_protocol_text(0, 1, text, 10), AUTONOMI_E_TOO_SMALL);
	ck_assert_int_eq(autonomi_protocol_text(0, 1, NULL, 10), AUTONOMI_E_INVALID);
	ck_assert_uint_eq(autonomi_agent_role(NULL), AUTONOMI_AGENT_UNKNOWN);
	ck_assert_int_eq(autonomi_agent_version(NULL, version), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_agent_version("", NULL), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_version_read("0.4", version), AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(autonomi_version_meets(NULL, version), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_version_meets(version, NULL), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_version_judge(NULL, version, &verdict), AUTONOMI_E_INVALID);
	ck_assert_int_eq(autonomi_version_judge("", version, NULL), AUTONOMI_E_INVALID);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("api/data_agent");
	TCase *tests = tcase_create("agents");
	tcase_add_test(tests, the_version_gate_judges_as_the_real_crate_does);
	tcase_add_test(tests, agents_and_protocols_are_named_as_the_real_crate_names_them);
	tcase_add_test(tests, versions_are_compared_by_their_parts);
	tcase_add_test(tests, arguments_of_agents_are_checked);
	suite_add_tcase(s, tests);
	return s;
}
