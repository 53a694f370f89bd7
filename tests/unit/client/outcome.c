/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A client, what an operation of it said in the end, and running until it has. */
#include <check.h>

#include "virtual_network.h"

struct an_client *network_client(struct virtual_network *network)
{
	const struct an_client_config config = {.sys = an_sys_machine(),
	                                        .parallel_puts = 4,
	                                        .parallel_gets = 4,
	                                        .memory_max = 64 << 20,
	                                        .random = &network->random,
	                                        .private_addresses = true};
	struct an_client *client = NULL;
	ck_assert_int_eq(an_client_new(&config, &network->table, &client), AUTONOMI_OK);
	return client;
}

void outcome_done(void *context, const struct an_client_result *result)
{
	struct outcome *outcome = context;
	outcome->calls++;
	outcome->result = *result;
	for (size_t i = 0; i < result->holder_count && i < PEERS_MAX; i++)
		outcome->contacts[i] = result->holders[i];
	if (result->content != NULL)
		outcome->content = an_blob_ref(result->content);
	ck_assert(result->status >= 0 || result->message[0] != '\0');
	ck_assert(result->status < 0 || result->message[0] == '\0');
}

void outcome_progress(void *context, uint64_t done, uint64_t total)
{
	struct outcome *outcome = context;
	ck_assert_uint_ge(done, outcome->progress_done);
	ck_assert_uint_le(done, total);
	outcome->progress_done = done;
	outcome->progress_total = total;
	outcome->progress_calls++;
}

void outcome_release(struct outcome *outcome)
{
	an_blob_unref(outcome->content);
	*outcome = (struct outcome){0};
}

void network_run(struct virtual_network *network, struct an_client *client,
                 const struct outcome *outcome)
{
	while (outcome->calls == 0)
		ck_assert_msg(network_step(network, client), "nothing more happens");
}

an_status network_finish(struct virtual_network *network, struct an_client *client,
                         const struct outcome *outcome)
{
	network_run(network, client, outcome);
	while (network_step(network, client))
		continue;
	ck_assert_uint_eq(outcome->calls, 1);
	return outcome->result.status;
}
