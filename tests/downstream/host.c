/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A host that knows nothing but what is installed. It compiles as C and as C++. */
#include <autonomi/status.h>
#include <autonomi/version.h>

#include <stdio.h>
#include <string.h>

int main(void)
{
	if (strcmp(autonomi_version_text(), AUTONOMI_VERSION_TEXT) != 0) {
		printf("header %s, library %s\n", AUTONOMI_VERSION_TEXT, autonomi_version_text());
		return 1;
	}
	printf("%s\n", autonomi_version_details());
	return 0;
}
