/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node/config.h"

#include <stddef.h>

#include "base/memory.h"

#define IGNORED(...)

void an_node_config_done(struct an_node_config *config)
{
#define FREE_TEXT(member, ...) an_free(config->member);
	AN_NODE_OPTION_TABLE(FREE_TEXT, IGNORED, IGNORED, IGNORED)
#undef FREE_TEXT
	*config = (struct an_node_config){0};
}

static an_status checked(struct an_node_config *config)
{
#define CHECK_TEXT(member, ...) config->member != NULL &&
	if (AN_NODE_OPTION_TABLE(CHECK_TEXT, IGNORED, IGNORED, IGNORED) 1)
		return AUTONOMI_OK;
#undef CHECK_TEXT
	an_node_config_done(config);
	return AUTONOMI_E_NO_MEMORY;
}

an_status an_node_config_init(struct an_node_config *config)
{
	*config = (struct an_node_config){
#define SET_NUMBER(member, name, value, ...) .member = (value),
		AN_NODE_OPTION_TABLE(IGNORED, SET_NUMBER, SET_NUMBER, SET_NUMBER)
#undef SET_NUMBER
	};
#define SET_TEXT(member, name, value, ...) config->member = an_strdup(value);
	AN_NODE_OPTION_TABLE(SET_TEXT, IGNORED, IGNORED, IGNORED)
#undef SET_TEXT
	return checked(config);
}

an_status an_node_config_copy(struct an_node_config *copy, const struct an_node_config *config)
{
	*copy = *config;
#define COPY_TEXT(member, ...) copy->member = an_strdup(config->member);
	AN_NODE_OPTION_TABLE(COPY_TEXT, IGNORED, IGNORED, IGNORED)
#undef COPY_TEXT
	return checked(copy);
}
