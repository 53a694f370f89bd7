/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stddef.h>
#include <stdio.h>

#include "api/handle.h"
#include "base/memory.h"

/* An option, and where its value lies. */
struct option {
	autonomi_option_view view;
	size_t offset;
};

#define MEMBER(member) offsetof(struct an_node_config, member)
#define TEXT(member, name, value, description)                                                     \
	{{name, description, value, "", "", 0, 0, 0, AUTONOMI_OPTION_TEXT}, MEMBER(member)},
#define NUMBER(member, name, value, minimum, maximum, unit, description)                           \
	{{name, description, "", "", unit, value, minimum, maximum, AUTONOMI_OPTION_NUMBER},       \
	 MEMBER(member)},
#define FLAG(member, name, value, description)                                                     \
	{{name, description, (value) ? "on" : "off", "", "", 0, 0, 1, AUTONOMI_OPTION_FLAG},       \
	 MEMBER(member)},
#define CHOICE(member, name, value, word, words, description)                                      \
	{{name, description, word, words, "", 0, 0, 0, AUTONOMI_OPTION_CHOICE}, MEMBER(member)},

static const struct option options[] = {AN_NODE_OPTION_TABLE(TEXT, NUMBER, FLAG, CHOICE)};

enum { OPTIONS = sizeof(options) / sizeof(options[0]), NUMBER_TEXT_MAX = 24 };

static const struct option *find(const char *name)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		if (strcmp(options[i].view.name, name) == 0)
			return &options[i];
	}
	return NULL;
}

static char **text_of(const struct autonomi_config *config, const struct option *option)
{
	return (char **)((uintptr_t)&config->values + option->offset);
}

static uint64_t *number_of(const struct autonomi_config *config, const struct option *option)
{
	return (uint64_t *)((uintptr_t)&config->values + option->offset);
}

/* The `index`-th of the words between "|"; empty behind the last. */
static struct an_span word_at(const char *words, size_t index)
{
	for (; index > 0 && words != NULL; index--) {
		words = strchr(words, '|');
		words = words != NULL ? words + 1 : NULL;
	}
	return words != NULL ? an_span(words, strcspn(words, "|")) : an_span(NULL, 0);
}

static bool read_choice(const char *words, const char *value, uint64_t *ret_number)
{
	struct an_span word;
	for (size_t i = 0; (word = word_at(words, i)).size > 0; i++) {
		if (an_span_equal(word, an_span_text(value))) {
			*ret_number = i;
			return true;
		}
	}
	return false;
}

static bool read_flag(const char *value, uint64_t *ret_number)
{
	static const char *const on = "on|true|yes|1";
	static const char *const off = "off|false|no|0";
	uint64_t ignored;
	*ret_number = read_choice(on, value, &ignored);
	return *ret_number == 1 || read_choice(off, value, &ignored);
}

/* Decimal digits alone. */
static bool read_number(const char *value, uint64_t *ret_number)
{
	uint64_t number = 0;
	for (const char *digit = value; *digit != '\0'; digit++) {
		const uint64_t unit = (uint64_t)(*digit - '0');
		if (*digit < '0' || *digit > '9' || number > (UINT64_MAX - unit) / 10)
			return false;
		number = number * 10 + unit;
	}
	*ret_number = number;
	return value[0] != '\0';
}

static an_status fail(struct autonomi_config *config, an_status status, const char *name,
                      const char *what)
{
	snprintf(config->error, sizeof(config->error), "%s: %s", name, what);
	return status;
}

static an_status put_number(struct autonomi_config *config, const struct option *option,
                            uint64_t number)
{
	const autonomi_option_view *view = &option->view;
	if (number < view->minimum || number > view->maximum) {
		snprintf(config->error, sizeof(config->error),
		         "%s must be between %llu and %llu, not %llu", view->name,
		         (unsigned long long)view->minimum, (unsigned long long)view->maximum,
		         (unsigned long long)number);
		return AUTONOMI_E_INVALID;
	}
	*number_of(config, option) = number;
	return AUTONOMI_OK;
}

static an_status put_text(struct autonomi_config *config, const struct option *option,
                          const char *value)
{
	char *copy = an_strdup(value);
	if (copy == NULL)
		return fail(config, AUTONOMI_E_NO_MEMORY, option->view.name, "out of memory");
	an_free(*text_of(config, option));
	*text_of(config, option) = copy;
	return AUTONOMI_OK;
}

static an_status begin(struct autonomi_config *config, const char *name,
                       const struct option **ret_option)
{
	if (config == NULL || name == NULL)
		return AUTONOMI_E_INVALID;
	config->error[0] = '\0';
	*ret_option = find(name);
	if (*ret_option == NULL)
		return fail(config, AUTONOMI_E_UNKNOWN_OPTION, name, "there is no such option");
	return AUTONOMI_OK;
}

autonomi_config *autonomi_config_new(void)
{
	struct autonomi_config *config = an_calloc(1, sizeof(*config));
	if (config != NULL && an_node_config_init(&config->values) != AUTONOMI_OK)
		config = an_free(config);
	return config;
}

autonomi_config *autonomi_config_free(autonomi_config *config)
{
	if (config != NULL)
		an_node_config_done(&config->values);
	return an_free(config);
}

autonomi_status autonomi_config_set(autonomi_config *config, const char *name, const char *value)
{
	const struct option *option = NULL;
	const an_status status = begin(config, name, &option);
	if (status != AUTONOMI_OK)
		return status;
	uint64_t number = 0;
	if (value == NULL)
		return fail(config, AUTONOMI_E_INVALID, name, "a value is needed");
	if (option->view.type == AUTONOMI_OPTION_TEXT)
		return put_text(config, option, value);
	if (option->view.type == AUTONOMI_OPTION_NUMBER) {
		if (!read_number(value, &number))
			return fail(config, AUTONOMI_E_INVALID, name, "a number is needed");
		return put_number(config, option, number);
	}
	if (option->view.type == AUTONOMI_OPTION_FLAG && !read_flag(value, &number))
		return fail(config, AUTONOMI_E_INVALID, name, "on or off is needed");
	if (option->view.type == AUTONOMI_OPTION_CHOICE &&
	    !read_choice(option->view.choices, value, &number))
		return fail(config, AUTONOMI_E_INVALID, name, option->view.choices);
	*number_of(config, option) = number;
	return AUTONOMI_OK;
}

autonomi_status autonomi_config_set_number(autonomi_config *config, const char *name,
                                           uint64_t value)
{
	const struct option *option = NULL;
	const an_status status = begin(config, name, &option);
	if (status != AUTONOMI_OK)
		return status;
	if (option->view.type != AUTONOMI_OPTION_NUMBER)
		return fail(config, AUTONOMI_E_INVALID, name, "the option takes no number");
	return put_number(config, option, value);
}

autonomi_status autonomi_config_set_flag(autonomi_config *config, const char *name, int32_t value)
{
	const struct option *option = NULL;
	const an_status status = begin(config, name, &option);
	if (status != AUTONOMI_OK)
		return status;
	if (option->view.type != AUTONOMI_OPTION_FLAG)
		return fail(config, AUTONOMI_E_INVALID, name, "the option is no flag");
	*number_of(config, option) = value != 0;
	return AUTONOMI_OK;
}

autonomi_status autonomi_config_set_log(autonomi_config *config, autonomi_log_hook *hook,
                                        void *context)
{
	if (config == NULL)
		return AUTONOMI_E_INVALID;
	config->error[0] = '\0';
	config->values.log_hook = hook;
	config->values.log_context = context;
	return AUTONOMI_OK;
}

static void write_value(const struct option *option, uint64_t number, char *text, size_t size)
{
	if (option->view.type == AUTONOMI_OPTION_FLAG) {
		snprintf(text, size, "%s", number != 0 ? "on" : "off");
	} else if (option->view.type == AUTONOMI_OPTION_CHOICE) {
		const struct an_span word = word_at(option->view.choices, number);
		snprintf(text, size, "%.*s", (int)word.size, (const char *)word.data);
	} else {
		snprintf(text, size, "%llu", (unsigned long long)number);
	}
}

autonomi_status autonomi_config_get(const autonomi_config *config, const char *name, char *text,
                                    size_t text_size)
{
	if (config == NULL || name == NULL || text == NULL || text_size == 0)
		return AUTONOMI_E_INVALID;
	const struct option *option = find(name);
	if (option == NULL)
		return AUTONOMI_E_UNKNOWN_OPTION;
	char number[NUMBER_TEXT_MAX];
	const char *value = number;
	if (option->view.type == AUTONOMI_OPTION_TEXT)
		value = *text_of(config, option);
	else
		write_value(option, *number_of(config, option), number, sizeof(number));
	if (strlen(value) >= text_size)
		return AUTONOMI_E_TOO_SMALL;
	memcpy(text, value, strlen(value) + 1);
	return AUTONOMI_OK;
}

const char *autonomi_config_error(const autonomi_config *config)
{
	return config != NULL ? config->error : "no config was given";
}

size_t autonomi_option_count(void)
{
	return OPTIONS;
}

autonomi_status autonomi_option_at(size_t index, autonomi_option_view *view, size_t view_size)
{
	if (index >= OPTIONS || view == NULL)
		return AUTONOMI_E_INVALID;
	an_api_fill_view(view, view_size, &options[index].view, sizeof(options[index].view));
	return AUTONOMI_OK;
}
