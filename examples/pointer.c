/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Makes a signed pointer to a text, and reads and checks it again, without a node: pointer TEXT
 *
 * One side holds the secret key and signs; the other has nothing but the record value and the owner's
 * public key, as it would come from the network.
 */
#include <stdio.h>
#include <string.h>

#include <autonomi/data.h>

/* The record value of a new owner's pointer to the chunk that `text` would be. */
static autonomi_status make(const char *text, uint8_t *ret_owner, autonomi_bytes **ret_value)
{
	uint8_t secret[AUTONOMI_SECRET_KEY_SIZE], chunk[AUTONOMI_NAME_SIZE];
	autonomi_pointer *pointer = NULL;
	autonomi_status status = autonomi_bls_secret_generate(NULL, secret);
	if (status == AUTONOMI_OK)
		status = autonomi_bls_public_key(secret, ret_owner);
	if (status == AUTONOMI_OK)
		status = autonomi_content_hash((const uint8_t *)text, strlen(text), chunk);
	if (status == AUTONOMI_OK)
		status = autonomi_pointer_new(secret, 0, AUTONOMI_ADDRESS_CHUNK, chunk,
		                              sizeof(chunk), &pointer);
	if (status == AUTONOMI_OK)
		status = autonomi_pointer_encode(pointer, ret_value);
	autonomi_pointer_free(pointer);
	return status;
}

/* Reads a record value, and shows where it points where its owner signed it. */
static autonomi_status check(const uint8_t *owner, const uint8_t *value, size_t size)
{
	autonomi_pointer *pointer = NULL;
	autonomi_pointer_view view;
	char target[2 * AUTONOMI_ADDRESS_MAX + 1];
	autonomi_status status = autonomi_pointer_decode(value, size, &pointer);
	if (status == AUTONOMI_OK)
		status = autonomi_pointer_verify(pointer);
	if (status == AUTONOMI_OK)
		status = autonomi_pointer_get_view(pointer, &view, sizeof(view));
	if (status == AUTONOMI_OK && memcmp(view.owner, owner, AUTONOMI_PUBLIC_KEY_SIZE) != 0)
		status = AUTONOMI_E_IDENTITY;
	if (status == AUTONOMI_OK)
		status = autonomi_address_to_text(view.target_type, view.target, view.target_size,
		                                  target, sizeof(target));
	if (status == AUTONOMI_OK)
		printf("counter %llu points at %s\n", (unsigned long long)view.counter, target);
	autonomi_pointer_free(pointer);
	return status;
}

int main(int argc, char **argv)
{
	uint8_t owner[AUTONOMI_PUBLIC_KEY_SIZE], other[AUTONOMI_PUBLIC_KEY_SIZE] = {0};
	autonomi_bytes *value = NULL;
	size_t size = 0;
	if (argc != 2) {
		fprintf(stderr, "usage: pointer TEXT\n");
		return 1;
	}
	autonomi_status status = make(argv[1], owner, &value);
	const uint8_t *bytes = autonomi_bytes_data(value, &size);
	if (status == AUTONOMI_OK)
		status = check(owner, bytes, size);
	if (status == AUTONOMI_OK)
		printf("of somebody else: %s\n",
		       autonomi_status_message(check(other, bytes, size)));
	else
		fprintf(stderr, "%s\n", autonomi_status_message(status));
	autonomi_bytes_free(value);
	return status != AUTONOMI_OK;
}
