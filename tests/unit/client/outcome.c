/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an operation said in the end, and running until it has. */
#include <check.h>

#include "virtual_network.h"

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
