/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ident/protocol_names.h"

#include <stdarg.h>
#include <stdio.h>

__attribute__((format(printf, 2, 3))) static an_status write_text(char text[AN_PROTOCOL_NAME_MAX],
                                                                  const char *format, ...)
{
	va_list values;
	va_start(values, format);
	const int size = vsnprintf(text, AN_PROTOCOL_NAME_MAX, format, values);
	va_end(values);
	if (size >= 0 && size < AN_PROTOCOL_NAME_MAX)
		return AUTONOMI_OK;
	text[0] = '\0';
	return AUTONOMI_E_TOO_LARGE;
}

an_status an_protocol_request_response(const struct an_profile *profile,
                                       char text[AN_PROTOCOL_NAME_MAX])
{
	return write_text(text, "/ant/%s/%u", profile->protocol_version, profile->network_id);
}

an_status an_protocol_identify(const struct an_profile *profile, char text[AN_PROTOCOL_NAME_MAX])
{
	return write_text(text, "ant/%s/%u", profile->protocol_version, profile->network_id);
}

an_status an_protocol_network_version(const struct an_profile *profile,
                                      char text[AN_PROTOCOL_NAME_MAX])
{
	return write_text(text, "%u_%s", profile->network_id, profile->protocol_version);
}

an_status an_protocol_cache_file(const struct an_profile *profile, bool local,
                                 char text[AN_PROTOCOL_NAME_MAX])
{
	return write_text(text, "bootstrap_cache_%s%u_%s.json", local ? "local_" : "",
	                  profile->network_id, profile->protocol_version);
}
