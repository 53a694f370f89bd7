/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The simulator: a network of real nodes and clients in virtual time, a function of its arguments
 * alone. Exit status: 0 every invariant held, 1 one was broken, 2 the arguments are wrong.
 *
 * It is two programs of the same sources, one for each fidelity: `sim` has QUIC, `sim-messages` the
 * message wire. Whichever is called becomes the one that --fidelity wants.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "quic/quic.h"
#include "sim/memory.h"
#include "sim/scenario.h"
#include "sim/seal.h"

enum { EXIT_HELD = 0, EXIT_BROKEN = 1, EXIT_USAGE = 2 };

struct options {
	const char *scenario;
	struct an_sim_arguments arguments;
	const char *log_level;
	bool list, timing, disks_lie, messages;
};

static int usage(void)
{
	fputs("usage: sim --scenario NAME [--nodes N] [--seed S] [--hours H]\n"
	      "           [--fidelity messages|datagrams] [--log LEVEL] [--timing] [--disks-lie]\n"
	      "       sim --list\n",
	      stderr);
	return EXIT_USAGE;
}

static bool read_number(const char *text, uint64_t *ret_number)
{
	char *end = NULL;
	if (text == NULL || *text < '0' || *text > '9')
		return false;
	*ret_number = strtoull(text, &end, 10);
	return *end == '\0';
}

static int read_fidelity(const char *text, struct options *options)
{
	if (text == NULL)
		return 0;
	options->messages = strcmp(text, "messages") == 0;
	return options->messages || strcmp(text, "datagrams") == 0 ? 2 : 0;
}

/* Takes the option at `argv`; returns how many words it had, 0 where it is wrong. */
static int read_option(char **argv, struct options *options)
{
	uint64_t nodes = 0;
	if (strcmp(argv[0], "--list") == 0) {
		options->list = true;
		return 1;
	}
	if (strcmp(argv[0], "--timing") == 0) {
		options->timing = true;
		return 1;
	}
	/* To see that the invariants notice what breaks them. */
	if (strcmp(argv[0], "--disks-lie") == 0) {
		options->disks_lie = true;
		return 1;
	}
	if (strcmp(argv[0], "--scenario") == 0) {
		options->scenario = argv[1];
		return argv[1] != NULL ? 2 : 0;
	}
	if (strcmp(argv[0], "--seed") == 0)
		return read_number(argv[1], &options->arguments.seed) ? 2 : 0;
	if (strcmp(argv[0], "--hours") == 0)
		return read_number(argv[1], &options->arguments.hours) ? 2 : 0;
	if (strcmp(argv[0], "--fidelity") == 0)
		return read_fidelity(argv[1], options);
	if (strcmp(argv[0], "--log") == 0) {
		options->log_level = argv[1];
		return argv[1] != NULL ? 2 : 0;
	}
	if (strcmp(argv[0], "--nodes") != 0 || !read_number(argv[1], &nodes))
		return 0;
	options->arguments.nodes = (size_t)nodes;
	return nodes > 0 && nodes <= AN_SIM_NODES_MAX / 2 ? 2 : 0;
}

static const struct an_sim_scenario *find(const char *name)
{
	for (size_t i = 0; i < an_sim_scenario_count; i++)
		if (name != NULL && strcmp(an_sim_scenarios[i].name, name) == 0)
			return &an_sim_scenarios[i];
	return NULL;
}

static int list(void)
{
	for (size_t i = 0; i < an_sim_scenario_count; i++)
		printf("%-16s %s\n", an_sim_scenarios[i].name, an_sim_scenarios[i].description);
	return EXIT_HELD;
}

static void print_summary(struct an_sim_fleet *fleet)
{
	const struct an_sim_counters *counters = an_sim_world_counters(fleet->world);
	an_sim_say(fleet,
	           "datagrams: %" PRIu64 " sent, %" PRIu64 " delivered, %" PRIu64 " lost, %" PRIu64
	           " cut off, %" PRIu64 " to nobody; %" PRIu64 " bytes",
	           counters->sent, counters->delivered, counters->lost, counters->cut_off,
	           counters->unreachable, counters->bytes_sent);
	an_sim_say(fleet, "%zu nodes up, %zu records, trace %016" PRIx64, an_sim_fleet_up(fleet),
	           fleet->record_count, an_sim_world_trace(fleet->world));
}

static void print_timing(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	const double seconds = (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
	                       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
	printf("timing: %.2f s of CPU, %ld KiB at most\n", seconds, usage.ru_maxrss);
}

static bool run(const struct options *options, const struct an_sim_scenario *scenario)
{
	static struct an_sim_fleet fleet;
	/* The libraries load what they need before the first node is opened. */
	an_sim_fleet_init(&fleet, options->arguments.seed, options->log_level);
	an_sim_seal();
	fleet.disks_lie = options->disks_lie;
	fleet.messages = options->messages;
	if (fleet.messages)
		an_sim_world_carry_any_size(fleet.world);
	scenario->run(&fleet, &options->arguments);
	an_sim_fleet_settle(&fleet, AN_MINUTES(10));
	const char *broken = an_sim_seal_broken();
	an_sim_expect(&fleet, broken == NULL, "the run called %s", broken);
	print_summary(&fleet);
	const bool held = !fleet.failed;
	an_sim_fleet_done(&fleet);
	return held;
}

/* Becomes the program beside this one that has the wanted wire. */
static int become_other(char **argv, bool messages)
{
	char path[4096];
	const ssize_t size = readlink("/proc/self/exe", path, sizeof(path) - sizeof("-messages"));
	if (size <= 0)
		return EXIT_USAGE;
	path[size] = '\0';
	char *name = strrchr(path, '/') + 1;
	memcpy(name, messages ? "sim-messages" : "sim", messages ? 13 : 4);
	execv(path, argv);
	perror(path);
	return EXIT_USAGE;
}

static bool has_message_wire(void)
{
	return strcmp(an_quic_library(), "message wire") == 0;
}

int main(int argc, char **argv)
{
	struct options options = {
		.arguments = {.nodes = 25, .seed = 1},
		.log_level = "none",
	};
	for (int i = 1; i < argc;) {
		const int words = read_option(argv + i, &options);
		if (words == 0)
			return usage();
		i += words;
	}
	if (options.list)
		return list();
	const struct an_sim_scenario *scenario = find(options.scenario);
	if (scenario == NULL)
		return usage();

	if (options.messages != has_message_wire())
		return become_other(argv, options.messages);

	/* Whatever ends the process, what it did is to be seen. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("scenario %s, %zu nodes, seed %" PRIu64 "\n", scenario->name,
	       options.arguments.nodes, options.arguments.seed);
	const bool held = run(&options, scenario);
	printf("%s %s, seed %" PRIu64 "\n", held ? "HELD" : "FAILED", scenario->name,
	       options.arguments.seed);
	if (options.timing)
		print_timing();
	return held ? EXIT_HELD : EXIT_BROKEN;
}
