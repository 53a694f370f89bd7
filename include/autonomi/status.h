/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Status codes: what every function of the library returns and every completion carries.
 *
 * Zero is success, a positive value is success with more to say (each function documents its own),
 * a negative value is an error from the table below. The numbers never change within a soname; new
 * ones may be added, so a host treats an unknown negative value as a general failure.
 */
#ifndef AUTONOMI_STATUS_H
#define AUTONOMI_STATUS_H

#include <stdint.h>

#include <autonomi/export.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t autonomi_status;

/* The one table of errors: symbol, number, name, sentence. Names, messages, the Python exceptions
 * and the Go errors are all made from it. */
#define AUTONOMI_STATUS_TABLE(X)                                                                   \
	X(AUTONOMI_E_INVALID, -1, "invalid", "an argument is not valid")                           \
	X(AUTONOMI_E_NO_MEMORY, -2, "no-memory", "memory could not be allocated")                  \
	X(AUTONOMI_E_BUSY, -3, "busy", "a limit is reached; try again after draining events")      \
	X(AUTONOMI_E_CLOSED, -4, "closed", "the handle is closed or closing")                      \
	X(AUTONOMI_E_REENTRANT, -5, "reentrant", "the library was called from its own log hook")   \
	X(AUTONOMI_E_FORKED, -6, "forked", "the handle belongs to the parent process")             \
	X(AUTONOMI_E_CANCELLED, -7, "cancelled", "the operation was cancelled")                    \
	X(AUTONOMI_E_TIMEOUT, -8, "timeout", "the operation took longer than it may")              \
	X(AUTONOMI_E_NOT_FOUND, -9, "not-found", "no peer that was asked has the data")            \
	X(AUTONOMI_E_NO_PEERS, -10, "no-peers", "no peer of the network could be reached")         \
	X(AUTONOMI_E_QUORUM, -11, "quorum", "too few peers stored or returned the record")         \
	X(AUTONOMI_E_UNKNOWN_OPTION, -12, "unknown-option", "no option has this name")             \
	X(AUTONOMI_E_ADDRESS, -13, "address", "the address is malformed")                          \
	X(AUTONOMI_E_TOO_LARGE, -14, "too-large", "the value is larger than allowed")              \
	X(AUTONOMI_E_TOO_SMALL, -15, "too-small", "the value is smaller than allowed")             \
	X(AUTONOMI_E_CORRUPT, -16, "corrupt", "stored or received data fails its check")           \
	X(AUTONOMI_E_IO, -17, "io", "reading or writing failed")                                   \
	X(AUTONOMI_E_DISK_FULL, -18, "disk-full", "the disk or the quota is full")                 \
	X(AUTONOMI_E_FULL, -19, "full", "the node holds as many records as it may")                \
	X(AUTONOMI_E_IN_USE, -20, "in-use", "another process uses this directory or port")         \
	X(AUTONOMI_E_VERSION, -21, "version", "the version of the data or peer does not fit")      \
	X(AUTONOMI_E_NETWORK_ID, -22, "network-id", "the peer or the data is of another network")  \
	X(AUTONOMI_E_PROTOCOL, -23, "protocol", "the peer broke the protocol")                     \
	X(AUTONOMI_E_REFUSED, -24, "refused", "the peer refused the request")                      \
	X(AUTONOMI_E_UNREACHABLE, -25, "unreachable", "the peer did not answer or the path died")  \
	X(AUTONOMI_E_IDENTITY, -26, "identity", "the peer is not who it should be")                \
	X(AUTONOMI_E_PERMISSION, -27, "permission", "the operating system denied access")          \
	X(AUTONOMI_E_UNSUPPORTED, -28, "unsupported", "this build or platform cannot do that")     \
	X(AUTONOMI_E_EXISTS, -29, "exists", "the target exists already")                           \
	X(AUTONOMI_E_NO_FILE, -30, "no-file", "the file or directory does not exist")              \
	X(AUTONOMI_E_CONFLICT, -31, "conflict", "options contradict each other")                   \
	X(AUTONOMI_E_PAYMENT, -32, "payment", "the record is not paid for")                        \
	X(AUTONOMI_E_OUTDATED, -33, "outdated", "a newer version is stored already")               \
	X(AUTONOMI_E_INTERNAL, -34, "internal", "the library failed in a way that it should not")  \
	X(AUTONOMI_E_FORK, -35, "fork", "the owner signed several versions and none counts more")

#define AUTONOMI_STATUS_CONSTANT(symbol, number, name, sentence) symbol = (number),
enum { AUTONOMI_OK = 0, AUTONOMI_STATUS_TABLE(AUTONOMI_STATUS_CONSTANT) };
#undef AUTONOMI_STATUS_CONSTANT

/* The name of `status` in lower case, for example "not-found"; "ok" for zero and above, "unknown"
 * where the table lacks it. Static, never freed. Any thread. */
AUTONOMI_API const char *autonomi_status_name(autonomi_status status);

/* One sentence without a full stop that says what `status` means. Static. Any thread. */
AUTONOMI_API const char *autonomi_status_message(autonomi_status status);

#ifdef __cplusplus
}
#endif

#endif
