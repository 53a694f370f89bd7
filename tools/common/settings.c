/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/settings.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	LINE_BYTES_MAX = 8192,
	PEERS_BYTES_MAX = 65536,
	PATH_BYTES_MAX = 4096,
	COMPLAINT_BYTES_MAX = 2 * LINE_BYTES_MAX
};

static const char *program_name = "autonomi";
static char complaint[COMPLAINT_BYTES_MAX];

void set_program_name(const char *name)
{
	program_name = name;
}

void complain(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(complaint, sizeof(complaint), format, arguments);
	va_end(arguments);
	fprintf(stderr, "%s: %s\n", program_name, complaint);
}

const char *last_complaint(void)
{
	return complaint;
}

void complain_of_flag(int result, char **argv)
{
	const char *word = argv[optind - 1];
	const char letter[] = {'-', (char)optopt, '\0'};
	/* Of a short flag getopt tells the letter; it may stand among others in a word. */
	if (optopt > 0 && optopt < 128)
		word = letter;
	if (result == ':')
		complain("the option %s needs a value; try --help", word);
	else if (optopt >= 128)
		complain("the option %s takes no value; try --help", word);
	else
		complain("there is no option %s, or it is short for several; try --help", word);
}

int exit_code_of(autonomi_status status)
{
	switch (status) {
	case AUTONOMI_OK:
		return EXIT_DONE;
	case AUTONOMI_E_INVALID:
	case AUTONOMI_E_ADDRESS:
	case AUTONOMI_E_CONFLICT:
	case AUTONOMI_E_UNKNOWN_OPTION:
	case AUTONOMI_E_TOO_SMALL:
	case AUTONOMI_E_TOO_LARGE:
	case AUTONOMI_E_UNSUPPORTED:
		return EXIT_USAGE;
	case AUTONOMI_E_NOT_FOUND:
		return EXIT_NOT_FOUND;
	case AUTONOMI_E_NO_PEERS:
	case AUTONOMI_E_UNREACHABLE:
	case AUTONOMI_E_TIMEOUT:
	case AUTONOMI_E_IDENTITY:
	case AUTONOMI_E_REFUSED:
	case AUTONOMI_E_PROTOCOL:
	case AUTONOMI_E_NETWORK_ID:
		return EXIT_NETWORK;
	case AUTONOMI_E_NO_FILE:
	case AUTONOMI_E_EXISTS:
	case AUTONOMI_E_IO:
	case AUTONOMI_E_DISK_FULL:
	case AUTONOMI_E_PERMISSION:
	case AUTONOMI_E_IN_USE:
	case AUTONOMI_E_VERSION:
		return EXIT_LOCAL;
	case AUTONOMI_E_QUORUM:
	case AUTONOMI_E_FULL:
	case AUTONOMI_E_PAYMENT:
		return EXIT_INCOMPLETE;
	case AUTONOMI_E_CORRUPT:
	case AUTONOMI_E_FORK:
		return EXIT_DAMAGED;
	case AUTONOMI_E_CANCELLED:
		return EXIT_INTERRUPTED;
	default:
		return EXIT_GENERAL;
	}
}

bool set_option(autonomi_config *config, const char *name, const char *value)
{
	if (autonomi_config_set(config, name, value) == AUTONOMI_OK)
		return true;
	complain("%s", autonomi_config_error(config));
	return false;
}

static char *trimmed(char *text)
{
	while (*text == ' ' || *text == '\t')
		text++;
	size_t size = strlen(text);
	while (size > 0 && strchr(" \t\r\n", text[size - 1]) != NULL)
		text[--size] = '\0';
	return text;
}

/* Sets "name = value", which is cut in place; NULL, or what is wrong with it. */
static const char *set_line(autonomi_config *config, char *line)
{
	char *equals = strchr(line, '=');
	if (equals == NULL)
		return "it must read name = value";
	*equals = '\0';
	const char *name = trimmed(line);
	if (name[0] == '\0')
		return "it must read name = value";
	return autonomi_config_set(config, name, trimmed(equals + 1)) == AUTONOMI_OK
	               ? NULL
	               : autonomi_config_error(config);
}

bool set_assignment(autonomi_config *config, const char *assignment)
{
	char line[LINE_BYTES_MAX];
	if (strlen(assignment) >= sizeof(line)) {
		complain("--set takes at most %d characters", LINE_BYTES_MAX - 1);
		return false;
	}
	memcpy(line, assignment, strlen(assignment) + 1);
	const char *wrong = set_line(config, line);
	if (wrong != NULL)
		complain("--set \"%s\": %s", assignment, wrong);
	return wrong == NULL;
}

static bool set_from_open_file(autonomi_config *config, const char *path, FILE *file)
{
	char line[LINE_BYTES_MAX];
	for (int number = 1; fgets(line, sizeof(line), file) != NULL; number++) {
		/* Or its end would be read as a line of its own. */
		if (strchr(line, '\n') == NULL && !feof(file)) {
			complain("%s, line %d: a line has at most %d characters, none of them 0",
			         path, number, LINE_BYTES_MAX - 2);
			return false;
		}
		char *text = trimmed(line);
		const char *wrong = *text == '\0' || *text == '#' ? NULL : set_line(config, text);
		if (wrong == NULL)
			continue;
		complain("%s, line %d: %s", path, number, wrong);
		return false;
	}
	/* A directory is opened like a file, and only reading it fails. */
	if (ferror(file))
		complain("the configuration file %s cannot be read: %s", path, strerror(errno));
	return !ferror(file);
}

bool set_from_file(autonomi_config *config, const char *path)
{
	FILE *file = fopen(path, "re");
	if (file == NULL) {
		complain("the configuration file %s cannot be read: %s", path, strerror(errno));
		return false;
	}
	const bool done = set_from_open_file(config, path, file);
	fclose(file);
	return done;
}

bool add_peers(autonomi_config *config, const char *addresses)
{
	static char joined[PEERS_BYTES_MAX];
	if (autonomi_config_get(config, "network.peers", joined, sizeof(joined)) != AUTONOMI_OK)
		return false;
	const size_t size = strlen(joined);
	const int length = snprintf(joined + size, sizeof(joined) - size, "%s%s",
	                            size > 0 ? "," : "", addresses);
	if (length < 0 || (size_t)length >= sizeof(joined) - size) {
		complain("too many peers: their addresses have more than %d characters",
		         PEERS_BYTES_MAX - 1);
		return false;
	}
	return set_option(config, "network.peers", joined);
}

bool make_directories(const char *path)
{
	char part[PATH_BYTES_MAX];
	if (strlen(path) >= sizeof(part)) {
		complain("the path %s is too long", path);
		return false;
	}
	memcpy(part, path, strlen(path) + 1);
	int error = 0;
	for (char *slash = strchr(part + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(part, 0700) != 0 && errno != EEXIST && error == 0)
			error = errno;
		*slash = '/';
	}
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return true;
	complain("the directory %s cannot be made: %s", path, strerror(error != 0 ? error : errno));
	return false;
}

bool data_directory(const char *name, char *path, size_t path_size)
{
	const char *base = getenv("XDG_DATA_HOME");
	const char *below = "";
	if (base == NULL || base[0] != '/') {
		base = getenv("HOME");
		below = "/.local/share";
	}
	if (base == NULL || base[0] != '/') {
		complain("neither HOME nor XDG_DATA_HOME names a folder for data: set one of them, "
		         "to a path that begins with /");
		return false;
	}
	const int length = snprintf(path, path_size, "%s%s/autonomi/%s", base, below, name);
	if (length < 0 || (size_t)length >= path_size) {
		complain("the path of the data folder is too long");
		return false;
	}
	return make_directories(path);
}

void print_version(const char *program)
{
	printf("%s %s\n", program, autonomi_version_text());
	printf("Network protocol: autonomi/1 (1.0)\n");
	printf("Built with:");
	const char *part = NULL;
	for (size_t i = 0; (part = autonomi_version_part(i)) != NULL; i++)
		printf("%s %s", i > 0 ? "," : "", part);
	printf("\n");
}

void print_options(void)
{
	autonomi_option_view option;
	for (size_t i = 0; autonomi_option_at(i, &option, sizeof(option)) == AUTONOMI_OK; i++) {
		printf("%s", option.name);
		if (option.type == AUTONOMI_OPTION_NUMBER)
			printf(" = %" PRIu64 " (%" PRIu64 " to %" PRIu64 "%s%s)",
			       option.default_number, option.minimum, option.maximum,
			       option.unit[0] != '\0' ? " " : "", option.unit);
		else if (option.type == AUTONOMI_OPTION_CHOICE)
			printf(" = %s (%s)", option.default_text, option.choices);
		else
			printf(" = %s", option.default_text);
		printf("\n    %s.\n", option.description);
	}
}
