/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <autonomi/version.h>

#include "base/status.h"
#include "data/compress.h"
#include "db/db.h"
#include "quic/quic.h"

uint32_t autonomi_version_number(void)
{
	return AUTONOMI_VERSION_MAJOR * 1000000 + AUTONOMI_VERSION_MINOR * 1000 +
	       AUTONOMI_VERSION_PATCH;
}

const char *autonomi_version_text(void)
{
	return AUTONOMI_VERSION_TEXT;
}

const char *autonomi_version_part(size_t index)
{
	switch (index) {
	case 0:
		return an_quic_tls_library();
	case 1:
		return an_quic_library();
	case 2:
		return an_quic_best_key_exchange();
	case 3:
		return an_db_library();
	case 4:
		return an_compressor_library();
	default:
		return NULL;
	}
}

const char *autonomi_status_name(autonomi_status status)
{
	return an_status_name(status);
}

const char *autonomi_status_message(autonomi_status status)
{
	return an_status_message(status);
}
