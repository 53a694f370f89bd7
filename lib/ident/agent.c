/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ident/agent.h"

#include <string.h>

#include "base/assert.h"

enum { PARTS = 5, NUMBER_MAX = 65535 };

struct role_name {
	enum an_agent_role role;
	const char *name;
};

static const struct role_name role_names[] = {
	{AN_AGENT_NODE, "node"},
	{AN_AGENT_CLIENT, "client"},
	{AN_AGENT_REACHABILITY_CHECK, "reachability-check-peer"},
};

enum { ROLE_NAMES = sizeof(role_names) / sizeof(role_names[0]) };

static bool contains(struct an_span text, const char *word)
{
	const size_t size = strlen(word);
	for (size_t i = 0; i + size <= text.size; i++)
		if (memcmp(text.data + i, word, size) == 0)
			return true;
	return false;
}

static bool starts_with(struct an_span text, const char *word)
{
	const size_t size = strlen(word);
	return text.size >= size && memcmp(text.data, word, size) == 0;
}

/* Takes the bytes up to the next `separator`, or all, off the front; `ret_more` tells whether a
 * separator stood behind them. */
static struct an_span take_part(struct an_span *text, char separator, bool *ret_more)
{
	size_t size = 0;
	while (size < text->size && text->data[size] != (uint8_t)separator)
		size++;
	const struct an_span part = an_span(text->data, size);
	*ret_more = size < text->size;
	const size_t used = size + (*ret_more ? 1 : 0);
	*text = an_span(text->data + used, text->size - used);
	return part;
}

/* Cuts `text` into at least PARTS parts at slashes; further ones are ignored. */
static size_t cut(struct an_span text, struct an_span parts[PARTS], bool *ret_more)
{
	size_t count = 0;
	*ret_more = text.size > 0;
	while (*ret_more && count < PARTS)
		parts[count++] = take_part(&text, '/', ret_more);
	return count;
}

static bool text_valid(struct an_span text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] <= 0x20 || text.data[i] > 0x7e || text.data[i] == '/')
			return false;
	return text.size > 0 && text.size < AN_AGENT_VERSION_MAX;
}

static bool copy_version(char to[AN_AGENT_VERSION_MAX], struct an_span text)
{
	if (!text_valid(text))
		return false;
	memcpy(to, text.data, text.size);
	to[text.size] = '\0';
	return true;
}

/* Decimal digits without leading zeros. */
static bool read_network_id(uint8_t *ret_id, struct an_span text)
{
	unsigned number = 0;
	if (text.size == 0 || text.size > 3 || (text.data[0] == '0' && text.size > 1))
		return false;
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		number = number * 10 + (text.data[i] - (unsigned)'0');
	}
	*ret_id = (uint8_t)number;
	return number <= UINT8_MAX;
}

static enum an_agent_role role_named(struct an_span name)
{
	for (size_t i = 0; i < ROLE_NAMES; i++)
		if (an_span_equal(name, an_span_text(role_names[i].name)))
			return role_names[i].role;
	return AN_AGENT_UNKNOWN;
}

static const char *name_of(enum an_agent_role role)
{
	for (size_t i = 0; i < ROLE_NAMES; i++)
		if (role_names[i].role == role)
			return role_names[i].name;
	return NULL;
}

an_status an_agent_read(struct an_agent *ret_agent, struct an_span text)
{
	struct an_span parts[PARTS];
	bool more;
	struct an_agent agent = {0};
	if (text.size >= AN_AGENT_MAX || cut(text, parts, &more) != PARTS || more)
		return AUTONOMI_E_PROTOCOL;
	if (!an_span_equal(parts[0], an_span_text("ant")) || !text_valid(parts[1]) ||
	    !copy_version(agent.protocol, parts[2]) || !copy_version(agent.version, parts[3]) ||
	    !read_network_id(&agent.network_id, parts[4]))
		return AUTONOMI_E_PROTOCOL;
	agent.role = role_named(parts[1]);
	*ret_agent = agent;
	return AUTONOMI_OK;
}

struct writer {
	char *text;
	size_t size;
};

/* "ant/", the longest role, two versions, a number and the slashes between them always fit. */
_Static_assert((int)AN_AGENT_MAX >= 4 + 23 + 1 + 2 * (int)AN_AGENT_VERSION_MAX + 3 + 1,
               "an agent holds its longest parts");

static void write(struct writer *writer, const char *text)
{
	const size_t size = strlen(text);
	an_assert(size < AN_AGENT_MAX - writer->size);
	memcpy(writer->text + writer->size, text, size + 1);
	writer->size += size;
}

static void write_number(struct writer *writer, uint8_t number)
{
	char digits[4] = {(char)('0' + number / 100), (char)('0' + number / 10 % 10),
	                  (char)('0' + number % 10), '\0'};
	write(writer, digits + (number < 10 ? 2 : number < 100 ? 1 : 0));
}

an_status an_agent_write(const struct an_agent *agent, char text[AN_AGENT_MAX])
{
	const char *role = name_of(agent->role);
	if (role == NULL || !text_valid(an_span_text(agent->protocol)) ||
	    !text_valid(an_span_text(agent->version)))
		return AUTONOMI_E_INVALID;
	const char *const parts[] = {"ant/", role, "/", agent->protocol, "/", agent->version, "/"};
	struct writer writer = {.text = text};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		write(&writer, parts[i]);
	write_number(&writer, agent->network_id);
	return AUTONOMI_OK;
}

int an_agent_version_compare(const struct an_agent_version *a, const struct an_agent_version *b)
{
	for (size_t i = 0; i < 3; i++)
		if (a->part[i] != b->part[i])
			return a->part[i] < b->part[i] ? -1 : 1;
	return 0;
}

/* Leading zeros and one leading "+" are taken, as Autonomi takes them (semantics 6.12). */
static bool read_number(uint16_t *ret_number, struct an_span text)
{
	if (starts_with(text, "+"))
		text = an_span(text.data + 1, text.size - 1);
	unsigned number = 0;
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		number = number * 10 + (text.data[i] - (unsigned)'0');
		if (number > NUMBER_MAX)
			return false;
	}
	*ret_number = (uint16_t)number;
	return text.size > 0;
}

bool an_agent_version_read(struct an_agent_version *ret_version, struct an_span text)
{
	struct an_agent_version version;
	bool more;
	struct an_span numbers = take_part(&text, '-', &more);
	more = true;
	for (size_t i = 0; i < 3; i++) {
		if (!more || !read_number(&version.part[i], take_part(&numbers, '.', &more)))
			return false;
	}
	*ret_version = version;
	return true;
}

bool an_agent_version_of(struct an_agent_version *ret_version, struct an_span text)
{
	struct an_span parts[PARTS];
	bool more;
	return cut(text, parts, &more) == PARTS && an_span_equal(parts[0], an_span_text("ant")) &&
	       an_agent_version_read(ret_version, parts[3]);
}

enum an_agent_verdict an_agent_judge(struct an_span text, const struct an_agent_version *minimum)
{
	struct an_agent_version version;
	if (an_agent_version_of(&version, text)) {
		const bool old = minimum != NULL && an_agent_version_compare(&version, minimum) < 0;
		return old ? AN_AGENT_REJECTED : AN_AGENT_ACCEPTED;
	}
	return minimum == NULL || starts_with(text, "ant/") ? AN_AGENT_LEGACY
	                                                    : AN_AGENT_PARSE_ERROR;
}

enum an_agent_role an_agent_role_of(struct an_span text)
{
	if (contains(text, "/node/"))
		return AN_AGENT_NODE;
	if (contains(text, "reachability-check-peer"))
		return AN_AGENT_REACHABILITY_CHECK;
	return contains(text, "client") ? AN_AGENT_CLIENT : AN_AGENT_UNKNOWN;
}
