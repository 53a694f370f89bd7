/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/status.h"

const char *an_status_name(an_status status)
{
	if (status >= 0)
		return "ok";
	switch (status) {
#define STATUS_NAME(symbol, number, name, sentence)                                                \
	case symbol:                                                                               \
		return name;
		AUTONOMI_STATUS_TABLE(STATUS_NAME)
#undef STATUS_NAME
	default:
		return "unknown";
	}
}

const char *an_status_message(an_status status)
{
	if (status >= 0)
		return "success";
	switch (status) {
#define STATUS_MESSAGE(symbol, number, name, sentence)                                             \
	case symbol:                                                                               \
		return sentence;
		AUTONOMI_STATUS_TABLE(STATUS_MESSAGE)
#undef STATUS_MESSAGE
	default:
		return "an error that this version of the library does not know";
	}
}
