/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/summary.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>

#include "kad/lookup.h"

enum { HOPS_MAX = 10 };

static uint64_t lookups_by_hops[HOPS_MAX + 1];

void __real_an_kad_lookup_result(const struct an_kad_lookup *lookup, an_time_us now,
                                 struct an_contact *contacts, struct an_kad_result *ret_result);
void __wrap_an_kad_lookup_result(const struct an_kad_lookup *lookup, an_time_us now,
                                 struct an_contact *contacts, struct an_kad_result *ret_result);

/* Looks on: what a lookup found is the library's own. */
void __wrap_an_kad_lookup_result(const struct an_kad_lookup *lookup, an_time_us now,
                                 struct an_contact *contacts, struct an_kad_result *ret_result)
{
	__real_an_kad_lookup_result(lookup, now, contacts, ret_result);
	const size_t hops = ret_result->hops;
	lookups_by_hops[hops < HOPS_MAX ? hops : HOPS_MAX]++;
}

static void print_lookups(struct an_sim_fleet *fleet)
{
	char text[HOPS_MAX * 32];
	size_t used = 0;
	text[0] = '\0';
	for (size_t i = 0; i <= HOPS_MAX; i++)
		if (lookups_by_hops[i] > 0)
			used += (size_t)snprintf(text + used, sizeof(text) - used,
			                         "%s%zu%s: %" PRIu64, used > 0 ? ", " : "", i,
			                         i == HOPS_MAX ? " or more" : "",
			                         lookups_by_hops[i]);
	an_sim_say(fleet, "lookups by hops: %s", text);
}

static void print_records(struct an_sim_fleet *fleet)
{
	size_t stored = 0;
	for (size_t i = 0; i < fleet->record_count; i++)
		stored += fleet->records[i].is_stored;
	an_sim_say(fleet,
	           "records: %zu stored, %zu lost, %" PRIu64 " copies repaired; %zu puts "
	           "acknowledged by hostile peers alone",
	           stored, fleet->lost,
	           fleet->repaired + an_sim_fleet_counter(fleet, "replication_fetched"),
	           fleet->deceived);
	an_sim_say(fleet, "dropped: %" PRIu64 " records to make room, %" PRIu64 " in cleanups",
	           fleet->pruned, fleet->cleaned);
	if (fleet->asked > 0)
		an_sim_say(fleet,
		           "puts and gets: %" PRIu64 " asked, %" PRIu64
		           " answered (%.2f %%), %" PRIu64 " not taken by a busy client",
		           fleet->asked, fleet->answered,
		           100.0 * (double)fleet->answered / (double)fleet->asked,
		           fleet->not_taken);
}

static void print_traffic(struct an_sim_fleet *fleet)
{
	const struct an_sim_counters *counters = an_sim_world_counters(fleet->world);
	const double hours = an_sim_fleet_node_hours(fleet);
	an_sim_say(fleet,
	           "datagrams: %" PRIu64 " sent, %" PRIu64 " delivered, %" PRIu64 " lost, %" PRIu64
	           " cut off, %" PRIu64 " to nobody; %" PRIu64 " bytes",
	           counters->sent, counters->delivered, counters->lost, counters->cut_off,
	           counters->unreachable, counters->bytes_sent);
	if (hours > 0)
		an_sim_say(fleet, "in each of %.1f node-hours: %.0f datagrams, %.0f bytes", hours,
		           (double)counters->sent / hours, (double)counters->bytes_sent / hours);
}

/* They are a part of the memory that a run takes. */
static void print_disks(struct an_sim_fleet *fleet)
{
	uint64_t bytes = 0;
	for (size_t i = 0; i < fleet->count; i++)
		bytes += an_sim_disk_used(an_sim_host_disk(fleet->nodes[i]->host));
	an_sim_say(fleet, "disks: %" PRIu64 " KiB of %zu machines", bytes / 1024, fleet->count);
}

void an_sim_summary_print(struct an_sim_fleet *fleet)
{
	print_records(fleet);
	print_lookups(fleet);
	print_traffic(fleet);
	print_disks(fleet);
	an_sim_say(fleet, "%zu nodes up, %zu records, trace %016" PRIx64, an_sim_fleet_up(fleet),
	           fleet->record_count, an_sim_world_trace(fleet->world));
}

void an_sim_summary_print_timing(double virtual_seconds, size_t nodes)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	const double seconds = (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
	                       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
	printf("timing: %.2f s of CPU, %.1f virtual seconds for each; %ld KiB at most, %ld KiB "
	       "for each of %zu nodes\n",
	       seconds, virtual_seconds / seconds, usage.ru_maxrss,
	       usage.ru_maxrss / (long)(nodes > 0 ? nodes : 1), nodes);
}
