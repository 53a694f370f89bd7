/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <autonomi/agent.h>

#include "api/data_handle.h"
#include "base/profile.h"
#include "ident/agent.h"
#include "ident/protocol_names.h"

_Static_assert((int)AUTONOMI_AGENT_UNKNOWN == (int)AN_AGENT_UNKNOWN, "roles are numbered alike");
_Static_assert((int)AUTONOMI_VERSION_PARSE_ERROR == (int)AN_AGENT_PARSE_ERROR,
               "verdicts are numbered alike");
_Static_assert((int)AUTONOMI_AGENT_TEXT_SIZE >= (int)AN_AGENT_MAX &&
                       (int)AUTONOMI_AGENT_TEXT_SIZE >= (int)AN_PROTOCOL_NAME_MAX,
               "there is room for every text");

/* Autonomi's profile in a network of another number. */
static struct an_profile profile_of(uint32_t network_id)
{
	struct an_profile profile = an_profile_autonomi;
	profile.network_id = (uint8_t)network_id;
	return profile;
}

autonomi_status autonomi_agent_text(uint32_t role, const char *version, uint32_t network_id,
                                    char *text, size_t text_size)
{
	char written[AN_AGENT_MAX];
	if (role >= AUTONOMI_AGENT_UNKNOWN || version == NULL || network_id > UINT8_MAX ||
	    strlen(version) >= AN_AGENT_VERSION_MAX)
		return AUTONOMI_E_INVALID;
	struct an_agent agent = {.role = (enum an_agent_role)role,
	                         .network_id = (uint8_t)network_id};
	memcpy(agent.version, version, strlen(version) + 1);
	memcpy(agent.protocol, an_profile_autonomi.protocol_version,
	       strlen(an_profile_autonomi.protocol_version) + 1);
	const an_status status = an_agent_write(&agent, written);
	if (status != AUTONOMI_OK)
		return status;
	return an_api_copy_text(an_span_text(written), text, text_size);
}

static an_status write_protocol(uint32_t protocol, const struct an_profile *profile,
                                char written[AN_PROTOCOL_NAME_MAX])
{
	switch (protocol) {
	case AUTONOMI_PROTOCOL_REQUEST_RESPONSE:
		return an_protocol_request_response(profile, written);
	case AUTONOMI_PROTOCOL_IDENTIFY:
		return an_protocol_identify(profile, written);
	case AUTONOMI_PROTOCOL_NETWORK_VERSION:
		return an_protocol_network_version(profile, written);
	case AUTONOMI_PROTOCOL_VERSION:
		return an_api_copy_text(an_span_text(profile->protocol_version), written,
		                        AN_PROTOCOL_NAME_MAX);
	default:
		return AUTONOMI_E_INVALID;
	}
}

autonomi_status autonomi_protocol_text(uint32_t protocol, uint32_t network_id, char *text,
                                       size_t text_size)
{
	char written[AN_PROTOCOL_NAME_MAX];
	if (network_id > UINT8_MAX)
		return AUTONOMI_E_INVALID;
	const struct an_profile profile = profile_of(network_id);
	const an_status status = write_protocol(protocol, &profile, written);
	if (status != AUTONOMI_OK)
		return status;
	return an_api_copy_text(an_span_text(written), text, text_size);
}

uint32_t autonomi_agent_role(const char *agent)
{
	return agent != NULL ? an_agent_role_of(an_span_text(agent)) : AN_AGENT_UNKNOWN;
}

typedef bool version_reading(struct an_agent_version *ret_version, struct an_span text);

static an_status read_version(version_reading *reading, const char *text, uint16_t ret_version[3])
{
	struct an_agent_version version;
	if (text == NULL || ret_version == NULL)
		return AUTONOMI_E_INVALID;
	if (!reading(&version, an_span_text(text)))
		return AUTONOMI_E_CORRUPT;
	memcpy(ret_version, version.part, sizeof(version.part));
	return AUTONOMI_OK;
}

autonomi_status autonomi_agent_version(const char *agent, uint16_t ret_version[3])
{
	return read_version(an_agent_version_of, agent, ret_version);
}

autonomi_status autonomi_version_read(const char *text, uint16_t ret_version[3])
{
	return read_version(an_agent_version_read, text, ret_version);
}

static struct an_agent_version version_of(const uint16_t parts[3])
{
	return (struct an_agent_version){.part = {parts[0], parts[1], parts[2]}};
}

autonomi_status autonomi_version_meets(const uint16_t version[3], const uint16_t minimum[3])
{
	if (version == NULL || minimum == NULL)
		return AUTONOMI_E_INVALID;
	const struct an_agent_version a = version_of(version), b = version_of(minimum);
	return an_agent_version_compare(&a, &b) >= 0;
}

autonomi_status autonomi_version_judge(const char *agent, const uint16_t minimum[3],
                                       uint32_t *ret_verdict)
{
	if (agent == NULL || ret_verdict == NULL)
		return AUTONOMI_E_INVALID;
	if (minimum == NULL) {
		*ret_verdict = an_agent_judge(an_span_text(agent), NULL);
		return AUTONOMI_OK;
	}
	const struct an_agent_version least = version_of(minimum);
	*ret_verdict = an_agent_judge(an_span_text(agent), &least);
	return AUTONOMI_OK;
}
