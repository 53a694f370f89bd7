/* SPDX-License-Identifier: GPL-3.0-or-later */
/* autonomi: stores and fetches files and chunks, and asks nodes about themselves. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autonomi/command.h"
#include "common/streams.h"

enum {
	ERROR_TEXT_MAX = 512,
	PATH_TEXT_MAX = 4096,
	CLOSE_GRACE_MS = 2000,
	SECONDS_MAX = 1000000,
	PEERS_TEXT_MAX = 65536
};

enum flag {
	FLAG_PEER = 256,
	FLAG_LOCAL,
	FLAG_ALPHA,
	FLAG_NETWORK_ID,
	FLAG_IGNORE_CACHE,
	FLAG_BOOTSTRAP_CACHE_DIR,
	FLAG_TIMEOUT,
	FLAG_LOG_OUTPUT_DEST,
	FLAG_LOG_FORMAT,
	FLAG_LOG_LEVEL,
	FLAG_CONFIG,
	FLAG_SET,
	FLAG_JSON,
	FLAG_QUIET,
	FLAG_PUBLIC,
	FLAG_REPLACE,
	FLAG_SKIP,
	FLAG_NO_ARCHIVE,
	FLAG_OVERWRITE,
	FLAG_SECRET_KEY,
	FLAG_NAME,
	FLAG_FORCE,
	FLAG_HEX,
	FLAG_TARGET_TYPE,
	FLAG_RECURSIVE,
	FLAG_OPTIONS,
	FLAG_VERSION,
	FLAG_HELP,
};

static const struct option flags[] = {
	{"peer", required_argument, NULL, FLAG_PEER},
	{"local", no_argument, NULL, FLAG_LOCAL},
	{"alpha", no_argument, NULL, FLAG_ALPHA},
	{"network-id", required_argument, NULL, FLAG_NETWORK_ID},
	{"ignore-cache", no_argument, NULL, FLAG_IGNORE_CACHE},
	{"bootstrap-cache-dir", required_argument, NULL, FLAG_BOOTSTRAP_CACHE_DIR},
	{"timeout", required_argument, NULL, FLAG_TIMEOUT},
	{"log-output-dest", required_argument, NULL, FLAG_LOG_OUTPUT_DEST},
	{"log-format", required_argument, NULL, FLAG_LOG_FORMAT},
	{"log-level", required_argument, NULL, FLAG_LOG_LEVEL},
	{"config", required_argument, NULL, FLAG_CONFIG},
	{"set", required_argument, NULL, FLAG_SET},
	{"json", no_argument, NULL, FLAG_JSON},
	{"quiet", no_argument, NULL, FLAG_QUIET},
	{"public", no_argument, NULL, FLAG_PUBLIC},
	{"replace", no_argument, NULL, FLAG_REPLACE},
	{"skip", no_argument, NULL, FLAG_SKIP},
	{"no-archive", no_argument, NULL, FLAG_NO_ARCHIVE},
	{"overwrite", no_argument, NULL, FLAG_OVERWRITE},
	{"secret-key", no_argument, NULL, FLAG_SECRET_KEY},
	{"name", no_argument, NULL, FLAG_NAME},
	{"force", no_argument, NULL, FLAG_FORCE},
	{"hex", no_argument, NULL, FLAG_HEX},
	{"target-data-type", required_argument, NULL, FLAG_TARGET_TYPE},
	{"recursive", no_argument, NULL, FLAG_RECURSIVE},
	{"options", no_argument, NULL, FLAG_OPTIONS},
	{"version", no_argument, NULL, FLAG_VERSION},
	{"help", no_argument, NULL, FLAG_HELP},
	{NULL, 0, NULL, 0},
};

static const struct command commands[] = {
	{"file", "upload", "FILE", 1, 1, NEEDS_NETWORK,
         "store a file; prints its address or data map", run_file_upload},
	{"file", "download", "ADDRESS|DATAMAP DEST", 2, 2, NEEDS_NETWORK, "fetch a file",
         run_file_download},
	{"file", "list", "", 0, 0, NEEDS_NOTHING, "print what was uploaded from this machine",
         run_file_list},
	{"dir", "upload", "DIR", 1, 1, NEEDS_NETWORK, "store the files of a directory, and a list",
         run_directory_upload},
	{"dir", "download", "ADDRESS|DATAMAP DEST", 2, 2, NEEDS_NETWORK,
         "fetch the files of a directory", run_directory_download},
	{"chunk", "put", "FILE|-", 1, 1, NEEDS_NETWORK, "store up to 4194336 bytes as one chunk",
         run_chunk_put},
	{"chunk", "get", "ADDRESS [DEST|-]", 1, 2, NEEDS_NETWORK, "fetch a chunk", run_chunk_get},
	{"pointer", "generate-key", "", 0, 0, NEEDS_NOTHING, "make the key of your pointers",
         run_pointer_generate_key},
	{"pointer", "create", "NAME TARGET", 2, 2, NEEDS_NETWORK, "store a pointer to an address",
         run_pointer_create},
	{"pointer", "get", "NAME|ADDRESS", 1, 1, NEEDS_NETWORK, "print where a pointer points",
         run_pointer_get},
	{"pointer", "edit", "NAME TARGET", 2, 2, NEEDS_NETWORK, "let a pointer point elsewhere",
         run_pointer_edit},
	{"pointer", "share", "NAME", 1, 1, NEEDS_NOTHING, "print the secret key of a pointer",
         run_pointer_share},
	{"pointer", "list", "", 0, 0, NEEDS_NOTHING, "print your pointers on this machine",
         run_pointer_list},
	{"graph", "generate-key", "", 0, 0, NEEDS_NOTHING, "make the key of your graph entries",
         run_graph_generate_key},
	{"graph", "create", "NAME CONTENT", 2, 2, NEEDS_NETWORK, "store a graph entry of 32 bytes",
         run_graph_create},
	{"graph", "get", "NAME|ADDRESS", 1, 1, NEEDS_NETWORK, "fetch a graph entry", run_graph_get},
	{"scratchpad", "generate-key", "", 0, 0, NEEDS_NOTHING, "make the key of your scratchpads",
         run_scratchpad_generate_key},
	{"scratchpad", "create", "NAME DATA", 2, 2, NEEDS_NETWORK, "store encrypted data",
         run_scratchpad_create},
	{"scratchpad", "get", "NAME", 1, 1, NEEDS_NETWORK, "fetch and decrypt a scratchpad",
         run_scratchpad_get},
	{"scratchpad", "edit", "NAME DATA", 2, 2, NEEDS_NETWORK, "replace the data of a scratchpad",
         run_scratchpad_edit},
	{"scratchpad", "share", "NAME", 1, 1, NEEDS_NOTHING, "print the secret key of a scratchpad",
         run_scratchpad_share},
	{"scratchpad", "list", "", 0, 0, NEEDS_NOTHING, "print your scratchpads on this machine",
         run_scratchpad_list},
	{"register", "generate-key", "", 0, 0, NEEDS_NOTHING, "make the key of your registers",
         run_register_generate_key},
	{"register", "create", "NAME VALUE", 2, 2, NEEDS_NETWORK, "store a value of 32 bytes",
         run_register_create},
	{"register", "edit", "NAME|ADDRESS VALUE", 2, 2, NEEDS_NETWORK,
         "give a register of yours a new value", run_register_edit},
	{"register", "get", "NAME|ADDRESS", 1, 1, NEEDS_NETWORK, "print the newest value",
         run_register_get},
	{"register", "history", "NAME|ADDRESS", 1, 1, NEEDS_NETWORK,
         "print all values, the oldest first", run_register_history},
	{"register", "list", "", 0, 0, NEEDS_NOTHING, "print your registers on this machine",
         run_register_list},
	{"register", "share", "NAME", 1, 1, NEEDS_NOTHING, "print the secret key of a register",
         run_register_share},
	{"vault", "create", "", 0, 0, NEEDS_NETWORK, "store what this machine remembers in a vault",
         run_vault_create},
	{"vault", "load", "", 0, 0, NEEDS_NETWORK, "bring what the vault has to this machine",
         run_vault_load},
	{"vault", "sync", "", 0, 0, NEEDS_NETWORK, "bring vault and machine up to date",
         run_vault_sync},
	{"key", "generate", "", 0, 0, NEEDS_NOTHING, "make a key pair and print it",
         run_key_generate},
	{"analyze", "", "ADDRESS|DATAMAP", 1, 1, NEEDS_NETWORK, "tell what lies at an address",
         run_analyze},
	{"node", "info", "", 0, 0, NEEDS_PEER, "ask the node at --peer who it is", run_node_info},
	{"node", "buckets", "", 0, 0, NEEDS_PEER,
         "ask the node at --peer for its routing table, by bucket", run_node_buckets},
	{"node", "peers", "", 0, 0, NEEDS_PEER, "ask the node at --peer whom it knows",
         run_node_peers},
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void print_help(void)
{
	fputs("Usage: autonomi [OPTION]... COMMAND [ARGUMENT]...\n\nCommands:\n", stdout);
	for (size_t i = 0; i < COMMANDS; i++) {
		char words[64];
		snprintf(words, sizeof(words), "%s%s%s %s", commands[i].group,
		         commands[i].name[0] != '\0' ? " " : "", commands[i].name,
		         commands[i].arguments);
		printf("  %-36s %s\n", words, commands[i].description);
	}
	fputs("\nOptions:\n"
	      "  --peer ADDR[,ADDR...]      peers to join through; may be repeated (also "
	      "ANT_PEERS)\n"
	      "  --local                    a local network: network id 0, private addresses\n"
	      "  --alpha                    network id 2\n"
	      "  --network-id N             network id, 0 to 255 (default: 1)\n"
	      "  --ignore-cache             neither read nor write the bootstrap cache\n"
	      "  --bootstrap-cache-dir DIR  folder of the bootstrap cache (default: the user's)\n"
	      "  --timeout SECONDS          give up after this time (default: never)\n"
	      "  -p, --public               of an upload: store the data map too, print an "
	      "address\n"
	      "  --replace                  overwrite existing files\n"
	      "  --skip                     of a directory: leave out what cannot be stored\n"
	      "  --no-archive               of a directory: print the list, and do not store it\n"
	      "  -t, --target-data-type T   of a pointer's target: chunk (default), graph,\n"
	      "                             pointer or scratchpad\n"
	      "  -s, --secret-key           NAME is a secret key that somebody shared\n"
	      "  -r, --recursive            of analyze: follow pointers and graph entries\n"
	      "  -n, --name                 NAME|ADDRESS is a name, whatever it looks like\n"
	      "  -f, --force                of vault sync: the vault gets what this machine has\n"
	      "  --hex                      values are hexadecimal\n"
	      "  -o, --overwrite            of generate-key: replace a key that is there\n"
	      "  --json                     print one JSON object\n"
	      "  -q, --quiet                show no progress\n"
	      "  --log-output-dest DEST     stdout, stderr or a folder (default: no log)\n"
	      "  --log-format default|json  form of log lines\n"
	      "  --log-level LEVEL          none, error, warning, info, debug or trace\n"
	      "  --config FILE              lines \"name = value\" with options of the library\n"
	      "  --set NAME=VALUE           one option of the library; may be repeated\n"
	      "  --options                  list the options of the library and exit\n"
	      "  --version                  print versions and exit\n"
	      "  -h, --help                 print this and exit\n"
	      "\nExit codes: docs/operations.md.\n",
	      stdout);
}

static bool apply_timeout(struct program *program, const char *text)
{
	char *end = NULL;
	const unsigned long seconds = strtoul(text, &end, 10);
	if (end == text || *end != '\0' || seconds == 0 || seconds > SECONDS_MAX) {
		complain("--timeout needs a number of seconds, not \"%s\"", text);
		return false;
	}
	program->timeout_ms = (uint64_t)seconds * 1000;
	return true;
}

static bool apply_log_format(struct program *program, const char *format)
{
	program->log.json = strcmp(format, "json") == 0;
	if (program->log.json || strcmp(format, "default") == 0)
		return true;
	complain("--log-format is default or json, not \"%s\"", format);
	return false;
}

/* Flags that only note something. False where `flag` is another. */
static bool note(struct program *program, int flag, const char *value)
{
	switch (flag) {
	case FLAG_LOG_OUTPUT_DEST:
		program->log_destination = value;
		return true;
	case FLAG_JSON:
		return program->json = true;
	case FLAG_QUIET:
	case 'q':
		return program->quiet = true;
	case FLAG_PUBLIC:
	case 'p':
		return program->is_public = true;
	case FLAG_REPLACE:
		return program->replace = true;
	case FLAG_SKIP:
		return program->skips = true;
	case FLAG_NO_ARCHIVE:
		return program->no_archive = true;
	case FLAG_OVERWRITE:
	case 'o':
		return program->overwrite = true;
	case FLAG_SECRET_KEY:
	case 's':
		return program->is_secret_key = true;
	case FLAG_NAME:
	case 'n':
		return program->is_name = true;
	case FLAG_FORCE:
	case 'f':
		return program->force = true;
	case FLAG_HEX:
		return program->hex = true;
	case FLAG_RECURSIVE:
	case 'r':
		return program->recursive = true;
	case FLAG_TARGET_TYPE:
	case 't':
		program->target_type = value;
		return true;
	default:
		return false;
	}
}

static bool apply(struct program *program, int flag, const char *value)
{
	autonomi_config *config = program->config;
	if (note(program, flag, value))
		return true;
	switch (flag) {
	case FLAG_PEER:
		if (program->peer == NULL)
			program->peer = value;
		return add_peers(config, value);
	case FLAG_LOCAL:
		return set_option(config, "network.local", "on");
	case FLAG_ALPHA:
		return set_option(config, "network.id", "2");
	case FLAG_NETWORK_ID:
		return set_option(config, "network.id", value);
	case FLAG_IGNORE_CACHE:
		return set_option(config, "bootstrap.ignore_cache", "on");
	case FLAG_BOOTSTRAP_CACHE_DIR:
		return set_option(config, "bootstrap.cache_dir", value);
	case FLAG_TIMEOUT:
		return apply_timeout(program, value);
	case FLAG_LOG_FORMAT:
		return apply_log_format(program, value);
	case FLAG_LOG_LEVEL:
		return set_option(config, "log.level", value);
	case FLAG_CONFIG:
		return set_from_file(config, value);
	default:
		return set_assignment(config, value);
	}
}

static bool print_and_exit(int flag)
{
	if (flag == FLAG_HELP || flag == 'h')
		print_help();
	else if (flag == FLAG_VERSION)
		print_version("autonomi");
	else if (flag == FLAG_OPTIONS)
		print_options();
	else
		return false;
	return true;
}

static bool read_flags(struct program *program, int argc, char **argv, int *ret_code)
{
	int flag = 0;
	opterr = 0;
	while ((flag = getopt_long(argc, argv, ":hpqosrnft:", flags, NULL)) != -1) {
		*ret_code = EXIT_DONE;
		if (print_and_exit(flag))
			return false;
		*ret_code = EXIT_USAGE;
		if (flag == '?' || flag == ':') {
			complain_of_flag(flag, argv);
			return false;
		}
		if (!apply(program, flag, optarg))
			return false;
	}
	*ret_code = EXIT_USAGE;
	const char *peers = getenv("ANT_PEERS");
	if (peers != NULL && peers[0] != '\0' && !add_peers(program->config, peers))
		return false;
	/* Both are for stdout, where a log would make the object unreadable. */
	if (program->json && program->log_destination != NULL &&
	    strcmp(program->log_destination, "stdout") == 0) {
		complain(
			"--json and --log-output-dest stdout exclude each other: let the log go to "
			"stderr or to a folder");
		return false;
	}
	return true;
}

/* Whom `node` commands ask: the first of --peer, else the first of all peers. */
static bool settle_asked(struct program *program)
{
	static char peers[PEERS_TEXT_MAX];
	const char *text = program->peer;
	if (text == NULL && autonomi_config_get(program->config, "network.peers", peers,
	                                        sizeof(peers)) == AUTONOMI_OK)
		text = peers;
	if (text != NULL)
		text += strspn(text, ",");
	const size_t size = text != NULL ? strcspn(text, ",") : 0;
	if (size == 0) {
		complain("this command needs --peer ADDR, the node to ask");
		return false;
	}
	snprintf(program->asked, sizeof(program->asked), "%.*s", (int)size, text);
	return true;
}

/* How many of the words name the command; 0 where they name another. */
static int words_of(const struct command *command, int argc, char **argv)
{
	if (strcmp(argv[0], command->group) != 0)
		return 0;
	if (command->name[0] == '\0')
		return 1;
	return argc > 1 && strcmp(argv[1], command->name) == 0 ? 2 : 0;
}

static bool take_arguments(struct program *program, const struct command *command, int argc,
                           char **argv)
{
	program->argument_count = argc;
	if (argc < command->arguments_min || argc > command->arguments_max) {
		complain("usage: autonomi %s %s%s%s", command->group, command->name,
		         command->name[0] != '\0' ? " " : "", command->arguments);
		return false;
	}
	for (int i = 0; i < argc; i++)
		program->arguments[i] = argv[i];
	return command->needs != NEEDS_PEER || settle_asked(program);
}

static const struct command *find_command(struct program *program, int argc, char **argv)
{
	if (argc < 1) {
		complain("a command is needed; try --help");
		return NULL;
	}
	for (size_t i = 0; i < COMMANDS; i++) {
		const int words = words_of(&commands[i], argc, argv);
		if (words == 0)
			continue;
		return take_arguments(program, &commands[i], argc - words, argv + words)
		               ? &commands[i]
		               : NULL;
	}
	complain("there is no command \"%s%s%s\"; try --help", argv[0], argc > 1 ? " " : "",
	         argc > 1 ? argv[1] : "");
	return NULL;
}

/* Local networks never touch the user's bootstrap cache. */
static bool settle_folders(struct program *program)
{
	char path[PATH_TEXT_MAX];
	char local[8];
	if (autonomi_config_get(program->config, "client.data_dir", path, sizeof(path)) ==
	            AUTONOMI_OK &&
	    path[0] == '\0' &&
	    (!data_directory("client", path, sizeof(path)) ||
	     !set_option(program->config, "client.data_dir", path)))
		return false;
	autonomi_config_get(program->config, "network.local", local, sizeof(local));
	if (strcmp(local, "on") == 0)
		return true;
	if (autonomi_config_get(program->config, "bootstrap.cache_dir", path, sizeof(path)) !=
	            AUTONOMI_OK ||
	    path[0] != '\0')
		return true;
	return data_directory("bootstrap_cache", path, sizeof(path)) &&
	       set_option(program->config, "bootstrap.cache_dir", path);
}

static int open_client(struct program *program)
{
	char error[ERROR_TEXT_MAX];
	if (!set_option(program->config, "node.role", "client") || !settle_folders(program))
		return EXIT_LOCAL;
	if (program->log_destination != NULL) {
		if (!log_file_open(&program->log, program->log_destination, "autonomi"))
			return EXIT_LOCAL;
		autonomi_config_set_log(program->config, log_file_write, &program->log);
	}
	const autonomi_status status = autonomi_node_open(program->config, &program->node, error,
	                                                  sizeof(error));
	if (status == AUTONOMI_OK)
		return EXIT_DONE;
	if (status == AUTONOMI_E_NO_PEERS)
		return refused_with(program, status,
		                    "no peer to join through is known: give --peer ADDR, or set "
		                    "ANT_PEERS");
	return refused_with(program, status, error);
}

/* Says goodbye to the peers. */
static void close_client(struct program *program)
{
	bool open = program->node != NULL;
	if (open)
		autonomi_node_close(program->node, CLOSE_GRACE_MS);
	while (open && autonomi_node_wait(program->node, CLOSE_GRACE_MS) == 1) {
		autonomi_event *event = NULL;
		while (autonomi_node_next_event(program->node, &event) == 1) {
			if (autonomi_event_type(event) == AUTONOMI_EVENT_CLOSED)
				open = false;
			autonomi_event_free(event);
		}
	}
	program->node = autonomi_node_free(program->node);
}

static int run(struct program *program, int argc, char **argv)
{
	int code = EXIT_USAGE;
	if (!read_flags(program, argc, argv, &code))
		return code;
	const struct command *command = find_command(program, argc - optind, argv + optind);
	if (command == NULL)
		return EXIT_USAGE;
	code = command->needs == NEEDS_NOTHING ? EXIT_DONE : open_client(program);
	if (code == EXIT_DONE)
		code = command->run(program);
	close_client(program);
	return code;
}

/* Before the flags are read: one that is wrong must be told as JSON too. */
static bool wants_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--json") == 0)
			return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	static char name[] = "autonomi";
	set_program_name(name);
	if (!hold_streams())
		return EXIT_LOCAL;
	struct program program = {.config = autonomi_config_new(), .json = wants_json(argc, argv)};
	if (program.config == NULL) {
		complain("out of memory");
		return EXIT_GENERAL;
	}
	const int code = run(&program, argc, argv);
	report_rest(&program, code);
	log_file_close(&program.log);
	autonomi_config_free(program.config);
	return end_output(code);
}
