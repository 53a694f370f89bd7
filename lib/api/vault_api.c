/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/data_handle.h"
#include "base/memory.h"
#include "data/derived_keys.h"

autonomi_status autonomi_vault_key(const uint8_t *evm_signature, size_t size, uint8_t *ret_secret)
{
	struct an_guard guard;
	if (!an_api_has(evm_signature, size) || ret_secret == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, an_vault_secret(an_span(evm_signature, size), ret_secret));
}

static an_status key_of_evm(const uint8_t *evm_secret, uint8_t *ret_secret)
{
	uint8_t signature[AN_SECP256K1_SIGNATURE_SIZE];
	an_status status = an_vault_signature(evm_secret, signature);
	if (status == AUTONOMI_OK)
		status = an_vault_secret(an_span(signature, sizeof(signature)), ret_secret);
	an_wipe(signature, sizeof(signature));
	return status;
}

autonomi_status autonomi_vault_key_of_evm(const uint8_t *evm_secret, uint8_t *ret_secret)
{
	struct an_guard guard;
	if (evm_secret == NULL || ret_secret == NULL)
		return AUTONOMI_E_INVALID;
	an_guard_begin(&guard);
	return an_guard_leave(&guard, key_of_evm(evm_secret, ret_secret));
}

autonomi_status autonomi_vault_head_public(const uint8_t *public_key, uint8_t *ret_public_key)
{
	return autonomi_register_head_public(public_key, ret_public_key);
}

autonomi_status autonomi_vault_content_type(const char *application, uint64_t *ret_type)
{
	if (application == NULL || ret_type == NULL)
		return AUTONOMI_E_INVALID;
	*ret_type = an_vault_content_type(an_span_text(application));
	return AUTONOMI_OK;
}

autonomi_status autonomi_private_short_name(const uint8_t *data_map, size_t size,
                                            uint64_t *ret_name)
{
	if (!an_api_has(data_map, size) || ret_name == NULL)
		return AUTONOMI_E_INVALID;
	*ret_name = an_private_short_name(an_span(data_map, size));
	return AUTONOMI_OK;
}
