/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Autonomi's types of data without a node: keys, addresses, records, pointers, graph entries,
 * scratchpads, archives, registers, vaults, self-encryption, quotes, payments, messages, agent
 * strings. This header includes the others.
 *
 * Bytes are those of Autonomi's own crates: what these functions write, its nodes and clients read,
 * and the other way round. What is called an object here is owned by who made it and freed with its
 * own function. On failure no object is made, and what an output points at is unspecified.
 *
 * Threading: any thread, as each header says. Functions leave errno and the floating-point state as
 * they found them.
 */
#ifndef AUTONOMI_DATA_H
#define AUTONOMI_DATA_H

#include <autonomi/address.h>
#include <autonomi/agent.h>
#include <autonomi/archive.h>
#include <autonomi/bytes.h>
#include <autonomi/graph_entry.h>
#include <autonomi/keys.h>
#include <autonomi/merkle.h>
#include <autonomi/message.h>
#include <autonomi/node_event.h>
#include <autonomi/payment.h>
#include <autonomi/pointer.h>
#include <autonomi/record_value.h>
#include <autonomi/register.h>
#include <autonomi/scratchpad.h>
#include <autonomi/self_encryption.h>
#include <autonomi/vault.h>

#endif
