/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The simulator: a network of real nodes and clients in virtual time, a function of its arguments
 * alone. Exit status: 0 every invariant held, 1 one was broken, 2 the arguments are wrong.
 *
 * It is two programs of the same sources, one for each fidelity: `sim` has QUIC, `sim-messages` the
 * message wire. Whichever is called becomes the one that --fidelity wants. Datagrams are the default,
 * but `all` with --faults has a share of both.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "quic/quic.h"
#include "sim/memory.h"
#include "sim/scenario.h"
#include "sim/seal.h"
#include "sim/summary.h"

enum {
	EXIT_HELD = 0,
	EXIT_BROKEN = 1,
	EXIT_USAGE = 2,
	FULL_FIDELITY_ONE_IN = 10,
	FULL_FIDELITY_NODES_ONE_IN = 5,
	FULL_FIDELITY_NODES_MIN = 10,
};

struct options {
	const char *scenario;
	struct an_sim_arguments arguments;
	const char *log_level;
	bool list, timing, disks_lie, messages, fidelity_given;
	double virtual_seconds;
};

static int usage(void)
{
	fputs("usage: sim --scenario NAME [--nodes N] [--seed S] [--hours H] [--faults N]\n"
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
	options->fidelity_given = true;
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
	if (strcmp(argv[0], "--faults") == 0)
		return read_number(argv[1], &options->arguments.faults) ? 2 : 0;
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

static bool run(struct options *options, const struct an_sim_scenario *scenario)
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
	an_sim_summary_print(&fleet);
	options->virtual_seconds = an_sim_fleet_seconds(&fleet);
	const bool held = !fleet.failed;
	an_sim_fleet_done(&fleet);
	return held;
}

/* Becomes the program beside this one that has the wanted wire. */
static int become(char **argv, bool messages)
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

/* With these arguments behind those that were given. */
static int become_with(char **argv, int argc, const struct an_sim_arguments *arguments,
                       bool messages)
{
	char names[3][16] = {"--faults", "--nodes", "--fidelity"};
	char faults[24], nodes[24], fidelity[16];
	char *more[] = {names[0], faults, names[1], nodes, names[2], fidelity, NULL};
	char **all = an_sim_alloc(((size_t)argc + 1) * sizeof(char *) + sizeof(more));
	snprintf(faults, sizeof(faults), "%" PRIu64, arguments->faults);
	snprintf(nodes, sizeof(nodes), "%zu", arguments->nodes);
	snprintf(fidelity, sizeof(fidelity), "%s", messages ? "messages" : "datagrams");
	memcpy(all, argv, (size_t)argc * sizeof(char *));
	memcpy(all + argc, more, sizeof(more));
	const int status = become(all, messages);
	free(all);
	return status;
}

/* `all` without a fidelity is two runs: a tenth of the faults meets QUIC, in a fifth of the network,
 * then the others meet the message wire. So 20,000 faults take minutes instead of hours. */
static int run_both(char **argv, int argc, const struct an_sim_arguments *arguments)
{
	struct an_sim_arguments share = *arguments;
	share.faults = arguments->faults / FULL_FIDELITY_ONE_IN;
	share.nodes = arguments->nodes / FULL_FIDELITY_NODES_ONE_IN;
	share.nodes = share.nodes > FULL_FIDELITY_NODES_MIN ? share.nodes : FULL_FIDELITY_NODES_MIN;
	int status = EXIT_HELD;
	const pid_t child = share.faults > 0 ? fork() : 0;
	if (child == 0 && share.faults > 0)
		_exit(become_with(argv, argc, &share, false));
	if (child < 0 || (child > 0 && waitpid(child, &status, 0) != child))
		return EXIT_USAGE;
	if (status != 0)
		return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_BROKEN;
	share.faults = arguments->faults - share.faults;
	share.nodes = arguments->nodes;
	return become_with(argv, argc, &share, true);
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

	if (!options.fidelity_given && scenario->run == an_sim_all && options.arguments.faults > 0)
		return run_both(argv, argc, &options.arguments);
	if (options.messages != has_message_wire())
		return become(argv, options.messages);

	/* Whatever ends the process, what it did is to be seen. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("scenario %s, %zu nodes, seed %" PRIu64 ", %s\n", scenario->name,
	       options.arguments.nodes, options.arguments.seed,
	       options.messages ? "messages" : "datagrams");
	const bool held = run(&options, scenario);
	printf("%s %s, seed %" PRIu64 "\n", held ? "HELD" : "FAILED", scenario->name,
	       options.arguments.seed);
	if (options.timing)
		an_sim_summary_print_timing(options.virtual_seconds, options.arguments.nodes);
	return held ? EXIT_HELD : EXIT_BROKEN;
}
