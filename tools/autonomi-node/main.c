/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * autonomi-node: a node as a process of its own. A host of the public API alone; what it adds are the
 * command line, a configuration file, signals, the log and the user's folders.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log_file.h"
#include "common/settings.h"
#include "common/streams.h"

enum {
	LOG_FILES_MAX = 1000,
	GRACE_MS = 10000,
	ERROR_TEXT_MAX = 512,
	PATH_TEXT_MAX = 4096,
	ADDRESS_TAG = 1
};

enum flag {
	FLAG_ROOT_DIR = 256,
	FLAG_PORT,
	FLAG_IP,
	FLAG_PEER,
	FLAG_FIRST,
	FLAG_LOCAL,
	FLAG_ALPHA,
	FLAG_NETWORK_ID,
	FLAG_REWARDS_ADDRESS,
	FLAG_PAYMENTS,
	FLAG_IGNORE_CACHE,
	FLAG_BOOTSTRAP_CACHE_DIR,
	FLAG_LOG_OUTPUT_DEST,
	FLAG_LOG_FORMAT,
	FLAG_LOG_LEVEL,
	FLAG_MAX_LOG_FILES,
	FLAG_CONFIG,
	FLAG_SET,
	FLAG_OPTIONS,
	FLAG_VERSION,
	FLAG_HELP,
};

static const struct option flags[] = {
	{"root-dir", required_argument, NULL, FLAG_ROOT_DIR},
	{"port", required_argument, NULL, FLAG_PORT},
	{"ip", required_argument, NULL, FLAG_IP},
	{"peer", required_argument, NULL, FLAG_PEER},
	{"first", no_argument, NULL, FLAG_FIRST},
	{"local", no_argument, NULL, FLAG_LOCAL},
	{"alpha", no_argument, NULL, FLAG_ALPHA},
	{"network-id", required_argument, NULL, FLAG_NETWORK_ID},
	{"rewards-address", required_argument, NULL, FLAG_REWARDS_ADDRESS},
	{"payments", required_argument, NULL, FLAG_PAYMENTS},
	{"ignore-cache", no_argument, NULL, FLAG_IGNORE_CACHE},
	{"bootstrap-cache-dir", required_argument, NULL, FLAG_BOOTSTRAP_CACHE_DIR},
	{"log-output-dest", required_argument, NULL, FLAG_LOG_OUTPUT_DEST},
	{"log-format", required_argument, NULL, FLAG_LOG_FORMAT},
	{"log-level", required_argument, NULL, FLAG_LOG_LEVEL},
	{"max-log-files", required_argument, NULL, FLAG_MAX_LOG_FILES},
	{"config", required_argument, NULL, FLAG_CONFIG},
	{"set", required_argument, NULL, FLAG_SET},
	{"options", no_argument, NULL, FLAG_OPTIONS},
	{"version", no_argument, NULL, FLAG_VERSION},
	{"help", no_argument, NULL, FLAG_HELP},
	{NULL, 0, NULL, 0},
};

static const char help[] =
	"Usage: autonomi-node [OPTION]...\n"
	"Runs a node of the Autonomi network until it is interrupted.\n"
	"\n"
	"  --root-dir DIR             key, records, cache and logs (default: in the user's data)\n"
	"  --port N                   UDP port (default: any)\n"
	"  --ip ADDRESS               IP address to bind (default: ::, IPv6 and IPv4)\n"
	"  --peer ADDR[,ADDR...]      peers to join through; may be repeated (also ANT_PEERS)\n"
	"  --first                    the first node of a new network\n"
	"  --local                    a local network: loopback and private addresses, no "
	"payments\n"
	"  --alpha                    network id 2\n"
	"  --network-id N             network id, 0 to 255 (default: 1; of a local network 0)\n"
	"  --rewards-address HEX      EVM address that is paid for records\n"
	"  --payments auto|on|off     whether records must be paid for (default: auto)\n"
	"  --ignore-cache             neither read nor write the bootstrap cache\n"
	"  --bootstrap-cache-dir DIR  folder of the bootstrap cache (default: the root directory)\n"
	"  --log-output-dest DEST     stdout, data-dir or a folder (default: data-dir, which is\n"
	"                             logs in the root directory)\n"
	"  --log-format default|json  form of log lines\n"
	"  --log-level LEVEL          none, error, warning, info, debug or trace (default: info)\n"
	"  --max-log-files N          log files of 20 MiB that are kept (default: 10)\n"
	"  --config FILE              lines \"name = value\" with options of the library\n"
	"  --set NAME=VALUE           one option of the library; may be repeated\n"
	"  --options                  list the options of the library and exit\n"
	"  --version                  print versions and exit\n"
	"  --help                     print this and exit\n"
	"\n"
	"Exit codes and files: docs/operations.md.\n";

struct program {
	autonomi_config *config;
	autonomi_node *node;
	struct log_file log;
	const char *log_destination;
	unsigned max_log_files; /* 0: the default */
	int exit_code;
};

/* What a signal handler may touch. */
static autonomi_node *volatile signalled_node;
static volatile sig_atomic_t signals;

static void on_signal(int number)
{
	(void)number;
	const int saved_errno = errno;
	signals++;
	autonomi_node_wake(signalled_node);
	errno = saved_errno;
}

static bool apply_log_format(struct program *program, const char *format)
{
	program->log.json = strcmp(format, "json") == 0;
	if (program->log.json || strcmp(format, "default") == 0)
		return true;
	complain("--log-format is default or json, not \"%s\"", format);
	return false;
}

static bool apply_max_log_files(struct program *program, const char *text)
{
	char *end = NULL;
	const unsigned long count = strtoul(text, &end, 10);
	if (end == text || *end != '\0' || count == 0 || count > LOG_FILES_MAX) {
		complain("--max-log-files must be between 1 and %d, not \"%s\"", LOG_FILES_MAX,
		         text);
		return false;
	}
	program->max_log_files = (unsigned)count;
	return true;
}

/* An EVM address as people write it: 0x and 40 hexadecimal digits. */
static bool apply_rewards_address(struct program *program, const char *address)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	if (strncmp(address, "0x", 2) != 0 || strlen(address) != 42 ||
	    strspn(address + 2, digits) != 40) {
		complain("--rewards-address needs 0x and 40 hexadecimal digits, not \"%s\"",
		         address);
		return false;
	}
	return set_option(program->config, "rewards.address", address);
}

static bool apply(struct program *program, int flag, const char *value)
{
	autonomi_config *config = program->config;
	switch (flag) {
	case FLAG_ROOT_DIR:
		return set_option(config, "node.root_dir", value);
	case FLAG_PORT:
		return set_option(config, "network.port", value);
	case FLAG_IP:
		return set_option(config, "network.ip", value);
	case FLAG_PEER:
		return add_peers(config, value);
	case FLAG_FIRST:
		return set_option(config, "network.first", "on");
	case FLAG_LOCAL:
		return set_option(config, "network.local", "on");
	case FLAG_ALPHA:
		return set_option(config, "network.id", "2");
	case FLAG_NETWORK_ID:
		return set_option(config, "network.id", value);
	case FLAG_REWARDS_ADDRESS:
		return apply_rewards_address(program, value);
	case FLAG_PAYMENTS:
		return set_option(config, "network.payments", value);
	case FLAG_IGNORE_CACHE:
		return set_option(config, "bootstrap.ignore_cache", "on");
	case FLAG_BOOTSTRAP_CACHE_DIR:
		return set_option(config, "bootstrap.cache_dir", value);
	case FLAG_LOG_OUTPUT_DEST:
		program->log_destination = value;
		return true;
	case FLAG_LOG_FORMAT:
		return apply_log_format(program, value);
	case FLAG_LOG_LEVEL:
		return set_option(config, "log.level", value);
	case FLAG_MAX_LOG_FILES:
		return apply_max_log_files(program, value);
	case FLAG_CONFIG:
		return set_from_file(config, value);
	default:
		return set_assignment(config, value);
	}
}

static bool print_and_exit(int flag)
{
	if (flag == FLAG_HELP)
		fputs(help, stdout);
	else if (flag == FLAG_VERSION)
		print_version("autonomi-node");
	else if (flag == FLAG_OPTIONS)
		print_options();
	else
		return false;
	return true;
}

/* False where the program shall end with `exit_code`. */
static bool read_arguments(struct program *program, int argc, char **argv)
{
	int flag = 0;
	const char *minimum = getenv("ANT_MIN_NODE_VERSION");
	program->exit_code = EXIT_USAGE;
	if (minimum != NULL && minimum[0] != '\0' &&
	    !set_option(program->config, "network.minimum_version", minimum))
		return false;
	program->exit_code = EXIT_DONE;
	opterr = 0;
	while ((flag = getopt_long(argc, argv, ":h", flags, NULL)) != -1) {
		if (flag == 'h')
			flag = FLAG_HELP;
		if (print_and_exit(flag))
			return false;
		program->exit_code = EXIT_USAGE;
		if (flag == '?' || flag == ':') {
			complain_of_flag(flag, argv);
			return false;
		}
		if (!apply(program, flag, optarg))
			return false;
	}
	if (optind < argc) {
		complain("there is no command \"%s\"; try --help", argv[optind]);
		program->exit_code = EXIT_USAGE;
		return false;
	}
	program->exit_code = EXIT_USAGE;
	const char *peers = getenv("ANT_PEERS");
	if (peers != NULL && peers[0] != '\0' && !add_peers(program->config, peers))
		return false;
	program->exit_code = EXIT_DONE;
	return true;
}

static bool settle_root(struct program *program, char root[PATH_TEXT_MAX])
{
	if (autonomi_config_get(program->config, "node.root_dir", root, PATH_TEXT_MAX) !=
	    AUTONOMI_OK)
		return false;
	if (root[0] == '\0' && !data_directory("node", root, PATH_TEXT_MAX))
		return false;
	return make_directories(root) && set_option(program->config, "node.root_dir", root);
}

static bool open_log(struct program *program, const char *root)
{
	char directory[PATH_TEXT_MAX + sizeof("/logs")];
	snprintf(directory, sizeof(directory), "%s/logs", root);
	const char *destination = program->log_destination;
	if (destination == NULL || strcmp(destination, "data-dir") == 0)
		destination = directory;
	if (!log_file_open(&program->log, destination, "autonomi-node"))
		return false;
	if (program->max_log_files > 0)
		program->log.files_max = program->max_log_files;
	autonomi_config_set_log(program->config, log_file_write, &program->log);
	return true;
}

static bool start(struct program *program)
{
	char root[PATH_TEXT_MAX];
	char error[ERROR_TEXT_MAX];
	program->exit_code = EXIT_LOCAL;
	if (!settle_root(program, root) || !open_log(program, root))
		return false;
	const autonomi_status status = autonomi_node_open(program->config, &program->node, error,
	                                                  sizeof(error));
	if (status != AUTONOMI_OK) {
		complain("%s", status == AUTONOMI_E_NO_PEERS
		                       ? "no peer to join through is known: give --peer ADDR, set "
		                         "ANT_PEERS, or say with --first that the network begins "
		                         "with this node"
		                       : error);
		/* No peer has been asked yet: it is the root directory that is another network's. */
		program->exit_code = status == AUTONOMI_E_NETWORK_ID ? EXIT_LOCAL
		                                                     : exit_code_of(status);
		return false;
	}
	program->exit_code = EXIT_DONE;
	return true;
}

static void catch_signals(struct program *program)
{
	signalled_node = program->node;
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void print_addresses(const autonomi_event *event)
{
	const char *text = autonomi_event_text(event);
	if (*text == '\0')
		complain("this machine has no address that a public network may use, so nobody is "
		         "told of this node; in a private network give --local, here and to all");
	while (*text != '\0') {
		const size_t size = strcspn(text, "\n");
		printf("Listening on %.*s\n", (int)size, text);
		text += size + (text[size] == '\n');
	}
	fflush(stdout);
}

/* Takes all events; false after the last one of the node. */
static bool take_events(struct program *program)
{
	autonomi_event *event = NULL;
	bool open = true;
	while (autonomi_node_next_event(program->node, &event) == 1) {
		if (autonomi_event_type(event) == AUTONOMI_EVENT_COMPLETED &&
		    autonomi_event_tag(event) == ADDRESS_TAG)
			print_addresses(event);
		else if (autonomi_event_type(event) == AUTONOMI_EVENT_JOINED)
			puts("Connected to the network");
		else if (autonomi_event_type(event) == AUTONOMI_EVENT_STORAGE_ERROR)
			complain("the disk refused a record: %s",
			         autonomi_status_message(autonomi_event_status(event)));
		else if (autonomi_event_type(event) == AUTONOMI_EVENT_CLOSED)
			open = false;
		autonomi_event_free(event);
	}
	fflush(stdout);
	return open;
}

static void run(struct program *program)
{
	printf("Node started\nPeerId is %s\n", autonomi_node_id(program->node));
	autonomi_network_addresses(autonomi_node_network(program->node), ADDRESS_TAG, NULL);
	int seen = 0;
	struct pollfd readable = {.fd = autonomi_node_fd(program->node), .events = POLLIN};
	while (take_events(program)) {
		if (signals > seen) {
			/* The first signal ends the node in order, the next one at once. */
			autonomi_node_close(program->node, seen == 0 ? GRACE_MS : 0);
			seen = signals;
		}
		poll(&readable, 1, -1);
		autonomi_node_pump(program->node);
	}
	puts("Node stopped");
}

int main(int argc, char **argv)
{
	static char name[] = "autonomi-node";
	set_program_name(name);
	if (!hold_streams())
		return EXIT_LOCAL;
	struct program program = {.config = autonomi_config_new()};
	if (program.config == NULL) {
		complain("out of memory");
		return EXIT_GENERAL;
	}
	const bool runs = read_arguments(&program, argc, argv) && start(&program);
	if (runs) {
		catch_signals(&program);
		run(&program);
	}
	signalled_node = NULL;
	autonomi_node_free(program.node);
	log_file_close(&program.log);
	autonomi_config_free(program.config);
	/* A node that served as long as it should is no failure because nobody read what it printed. */
	return runs ? program.exit_code : end_output(program.exit_code);
}
