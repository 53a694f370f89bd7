/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Configuration as a host gives it. The first line names an option and the rest is its value; where
 * the first line is empty the rest is a configuration file, as both programs read it. A value that
 * was taken can be asked for, and is taken again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { VALUE_SIZE_MAX = 65536 };

static void check_value(autonomi_config *config, const char *name)
{
	static char value[VALUE_SIZE_MAX], again[VALUE_SIZE_MAX];
	if (autonomi_config_get(config, name, value, sizeof(value)) != AUTONOMI_OK ||
	    autonomi_config_set(config, name, value) != AUTONOMI_OK ||
	    autonomi_config_get(config, name, again, sizeof(again)) != AUTONOMI_OK ||
	    strcmp(value, again) != 0)
		abort();
}

static void check_all(autonomi_config *config)
{
	autonomi_option_view option;
	for (size_t i = 0; autonomi_option_at(i, &option, sizeof(option)) == AUTONOMI_OK; i++)
		check_value(config, option.name);
}

static void read_file(autonomi_config *config, const char *text, size_t size)
{
	char path[64];
	const int file = memfd_create("config", MFD_CLOEXEC);
	if (file < 0 || write(file, text, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	(void)set_from_file(config, path);
	close(file);
	check_all(config);
}

static void set_one(autonomi_config *config, const char *name, const char *value)
{
	const autonomi_status status = autonomi_config_set(config, name, value);
	if ((status == AUTONOMI_OK) != (autonomi_config_error(config)[0] == '\0'))
		abort();
	if (status == AUTONOMI_OK)
		check_value(config, name);
	(void)set_assignment(config, value);
	(void)add_peers(config, value);
	check_all(config);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	autonomi_config *config = autonomi_config_new();
	if (text == NULL || config == NULL)
		abort();
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	char *end = strchr(text, '\n');
	if (end == text) {
		read_file(config, text + 1, size - 1);
	} else if (end != NULL) {
		*end = '\0';
		set_one(config, text, end + 1);
	}
	autonomi_config_free(config);
	free(text);
	return 0;
}
