/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libautonomi-net: a whole node and client of the Autonomi network inside your program.
 *
 * Start with <autonomi/node.h>, which holds the contract between library and host.
 */
#ifndef AUTONOMI_NET_H
#define AUTONOMI_NET_H

#include <autonomi/chunk.h>
#include <autonomi/config.h>
#include <autonomi/data.h>
#include <autonomi/dht.h>
#include <autonomi/directory.h>
#include <autonomi/event.h>
#include <autonomi/file.h>
#include <autonomi/network.h>
#include <autonomi/node.h>
#include <autonomi/record.h>
#include <autonomi/status.h>
#include <autonomi/storage.h>
#include <autonomi/version.h>

#endif
