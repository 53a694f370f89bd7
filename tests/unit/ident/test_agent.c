/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ident/agent.h"

#include "harness.h"
#include "support/vectors.h"

static struct an_agent agent;
static char text[AN_AGENT_MAX];

static an_status read_agent(const char *from)
{
	return an_agent_read(&agent, an_span_text(from));
}

START_TEST(an_agent_reads_and_writes_back)
{
	static const struct {
		const char *text;
		enum an_agent_role role;
	} rows[] = {
		{"ant/node/1.0/0.4.17/1", AN_AGENT_NODE},
		{"ant/client/1.0/0.10.2/1", AN_AGENT_CLIENT},
		{"ant/node/1.0/0.4.16-alpha.1/0", AN_AGENT_NODE},
		{"ant/reachability-check-peer/1.0/0.1.0/255", AN_AGENT_REACHABILITY_CHECK},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_int_eq(read_agent(rows[i].text), AUTONOMI_OK);
		ck_assert_int_eq(agent.role, rows[i].role);
		ck_assert_str_eq(agent.protocol, "1.0");
		ck_assert_int_eq(an_agent_write(&agent, text), AUTONOMI_OK);
		ck_assert_str_eq(text, rows[i].text);
	}
	ck_assert_str_eq(agent.version, "0.1.0");
	ck_assert_uint_eq(agent.network_id, 255);
}
END_TEST

START_TEST(an_unknown_role_is_read_and_not_written)
{
	ck_assert_int_eq(read_agent("ant/relay/1.0/0.4.17/1"), AUTONOMI_OK);
	ck_assert_int_eq(agent.role, AN_AGENT_UNKNOWN);
	ck_assert_int_eq(an_agent_write(&agent, text), AUTONOMI_E_INVALID);
}
END_TEST

START_TEST(another_form_is_refused)
{
	static const char *const texts[] = {
		"",
		"/",
		"////",
		"ant",
		"ant/node/1.0/0.4.17",
		"ant/node/1.0/0.4.17/",
		"ant/node/1.0/0.4.17/1/",
		"ant/node/1.0/0.4.17/1/extra",
		"ant/node/1.0/0.4.17/256",
		"ant/node/1.0/0.4.17/01",
		"ant/node/1.0/0.4.17/-1",
		"ant/node/1.0/0.4.17/1 ",
		"ant/node/1.0//1",
		"ant//1.0/0.4.17/1",
		"ANT/node/1.0/0.4.17/1",
		"ant/node/1.0/0.4 17/1",
		"ant/node/1.0/0.4\x7f/1",
		"ant/node/1.0/01234567890123456789012345678901/1",
		("ant/nodenodenodenodenodenodenodenodenodenodenodenodenodenodenodenodenodenode/1.0/"
	         "0.4.17-something/1"),
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ck_assert_msg(read_agent(texts[i]) == AUTONOMI_E_PROTOCOL, "%s", texts[i]);
}
END_TEST

START_TEST(a_zero_byte_inside_is_refused)
{
	ck_assert_int_eq(an_agent_read(&agent, an_span("ant/node/1.0/0.4\0.17/1", 22)),
	                 AUTONOMI_E_PROTOCOL);
}
END_TEST

START_TEST(a_version_with_a_slash_is_not_written)
{
	struct an_agent odd = {.role = AN_AGENT_NODE, .protocol = "1.0", .version = "1/2"};
	ck_assert_int_eq(an_agent_write(&odd, text), AUTONOMI_E_INVALID);
	odd.version[0] = '\0';
	ck_assert_int_eq(an_agent_write(&odd, text), AUTONOMI_E_INVALID);
}
END_TEST

START_TEST(the_longest_versions_are_written)
{
	struct an_agent longest = {.role = AN_AGENT_REACHABILITY_CHECK, .network_id = 100};
	memset(longest.protocol, 'p', AN_AGENT_VERSION_MAX - 1);
	memset(longest.version, 'v', AN_AGENT_VERSION_MAX - 1);
	ck_assert_int_eq(an_agent_write(&longest, text), AUTONOMI_OK);
	ck_assert_int_eq(read_agent(text), AUTONOMI_OK);
	ck_assert_str_eq(agent.version, longest.version);
}
END_TEST

static enum an_agent_verdict verdict_named(const char *name)
{
	static const char *const names[] = {"Accepted", "Rejected", "Legacy", "ParseError"};
	for (int i = 0; i < 4; i++)
		if (strcmp(name, names[i]) == 0)
			return (enum an_agent_verdict)i;
	ck_abort_msg("no verdict %s", name);
}

static enum an_agent_role role_named(const char *name)
{
	static const char *const names[] = {"Node", "Client", "ReachabilityCheckClient", "Unknown"};
	for (int i = 0; i < 4; i++)
		if (strcmp(name, names[i]) == 0)
			return (enum an_agent_role)i;
	ck_abort_msg("no role %s", name);
}

START_TEST(the_gate_judges_as_autonomi_does)
{
	json_t *vectors = vectors_load("challenge");
	size_t index = 0, count = 0;
	const json_t *item;
	for (; (item = vectors_next(vectors, "version_gate", &index)) != NULL; count++) {
		const struct an_span from = an_span_text(vectors_text(item, "agent"));
		struct an_agent_version minimum;
		ck_assert(an_agent_version_read(&minimum,
		                                an_span_text(vectors_text(item, "minimum"))));
		ck_assert_int_eq(an_agent_judge(from, &minimum),
		                 verdict_named(vectors_text(item, "result")));
		ck_assert_int_eq(an_agent_judge(from, NULL),
		                 verdict_named(vectors_text(item, "result_without_minimum")));
		ck_assert_int_eq(an_agent_role_of(from),
		                 role_named(vectors_text(item, "peer_type")));
	}
	ck_assert_uint_eq(count, 27);
	json_decref(vectors);
}
END_TEST

START_TEST(versions_compare_by_their_first_difference)
{
	struct an_agent_version a, b;
	ck_assert(an_agent_version_read(&a, an_span_text("0.9.65535")));
	ck_assert(an_agent_version_read(&b, an_span_text("0.10.0")));
	ck_assert_int_lt(an_agent_version_compare(&a, &b), 0);
	ck_assert_int_gt(an_agent_version_compare(&b, &a), 0);
	ck_assert_int_eq(an_agent_version_compare(&a, &a), 0);
}
END_TEST

START_TEST(malformed_versions_are_refused)
{
	static const char *const texts[] = {"",      "1",      "1.2",     "1.2.",   "1..3",
	                                    ".1.2",  "1.2.-3", "1.2.++3", "1.2.3x", "1.2.65536",
	                                    "1.2.+", "-1.2.3", "1 .2.3"};
	struct an_agent_version version;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ck_assert_msg(!an_agent_version_read(&version, an_span_text(texts[i])), "%s",
		              texts[i]);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ident/agent");
	TCase *form = tcase_create("form");
	tcase_add_test(form, an_agent_reads_and_writes_back);
	tcase_add_test(form, an_unknown_role_is_read_and_not_written);
	tcase_add_test(form, another_form_is_refused);
	tcase_add_test(form, a_zero_byte_inside_is_refused);
	tcase_add_test(form, a_version_with_a_slash_is_not_written);
	tcase_add_test(form, the_longest_versions_are_written);
	suite_add_tcase(s, form);
	TCase *gate = tcase_create("version gate");
	tcase_add_test(gate, the_gate_judges_as_autonomi_does);
	tcase_add_test(gate, versions_compare_by_their_first_difference);
	tcase_add_test(gate, malformed_versions_are_refused);
	suite_add_tcase(s, gate);
	return s;
}
