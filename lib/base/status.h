/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The status of an internal call: the public codes, used on every floor, so that an error keeps its
 * meaning from where it happens to where the host reads it.
 */
#ifndef AN_BASE_STATUS_H
#define AN_BASE_STATUS_H

#include <autonomi/status.h>

typedef autonomi_status an_status;

/* Name and sentence of a status; never NULL. */
const char *an_status_name(an_status status);
const char *an_status_message(an_status status);

#endif
