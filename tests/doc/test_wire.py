#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/wire.md says what the code does: its examples are the library's bytes, its tables its numbers.

    test_wire.py SOURCE_FOLDER BUILD_FOLDER
"""

import re
import subprocess

from documents import BUILD, Tap, blocks, enum_values, read, table

WIRE = read("docs/wire.md")
LINK = read("lib/link/link.h")
PROFILE = read("lib/base/profile.c")
CONFIG = read("lib/node/config.h")


def made_by_the_library():
    program = BUILD / "tests/doc/wire_examples"
    printed = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    return dict(line.split() for line in printed.splitlines())


def hexadecimal(block):
    return re.sub(r"#[^\n]*|\s", "", block)


def check_examples(tap):
    examples, real = blocks(WIRE, "hex"), made_by_the_library()
    tap.check(examples.keys() == real.keys(), "each example is one that the library makes",
              sorted(examples.keys() ^ real.keys()))
    for name in sorted(examples.keys() & real.keys()):
        tap.check(hexadecimal(examples[name]) == real[name], f"the example {name} is as made",
                  real[name])


def check_codes(tap):
    rows = {cells[1]: int(cells[0]) for cells in table(WIRE, "code", "name")}
    enum = enum_values(LINK, "AN_LINK_CODE_")
    counted = re.findall(r"AN_LINK_CODE_(\w+)", LINK[LINK.index("enum an_link_code"):
                                                     LINK.index("enum an_link_role")])
    tap.check(rows == enum and set(counted) == set(rows), "the table of codes is the enum",
              f"{rows}\n{enum}")


def number(pattern, text):
    """The number that stands there: "7", "64 * 1024" or "8 - 1"; None without one."""
    match = re.search(pattern, text)
    if match is None:
        return None
    first, *rest = re.findall(r"([*-]?)\s*(\d+)", match.group(1))
    value = int(first[1])
    for sign, digits in rest:
        value = value * int(digits) if sign == "*" else value - int(digits)
    return value


def check_kinds(tap):
    kinds = enum_values(LINK, "AN_LINK_KIND_")
    rows = {int(c[0]): (int(c[3]), int(c[4])) for c in table(WIRE, "kind", "message")}
    tap.check(sorted(rows) == sorted(kinds.values()), "the table of kinds is the enum", rows)
    request = number(r"\.request_max = (\d+)", PROFILE)
    response = number(r"\.response_max = (\d+)", PROFILE)
    kademlia = number(r"AN_LINK_KADEMLIA_MAX = ([\d *\s]+),", LINK)
    address = number(r"AN_LINK_ADDRESS_MAX = (\d+)", LINK)
    limits = {kinds["MESSAGE"]: (request, response), kinds["KADEMLIA"]: (kademlia, kademlia),
              kinds["ADDRESS"]: (0, address)}
    tap.check(rows == limits, "the limits of kinds are the code's", f"{rows}\n{limits}")


# What the document says, with a place for the number; where the number stands.
FACTS = [
    ("streams of a peer", "| {} (option `link.requests_per_peer`)", CONFIG,
     r'"link.requests_per_peer", (\d+)'),
    ("connections", "Limits: {} connections", CONFIG, r'"link.connections", (\d+)'),
    ("handshakes", "connections, {} of them unproven", CONFIG, r'"link.handshakes", (\d+)'),
    ("connections of an address", "unproven, {} from one", CONFIG,
     r'"link.connections_per_address", (\d+)'),
    ("idle timeout", "| {} ms (option", CONFIG, r'"network.idle_timeout_ms", (\d+)'),
    ("requests of a peer", "At most {} requests of one peer", CONFIG,
     r'"link.requests_per_peer", (\d+)'),
    ("requests of all", "of one peer and {} of all", CONFIG, r'"link.requests", (\d+)'),
    ("bytes of a peer", "at most {} MiB of one peer", CONFIG,
     r'"link.inbound_bytes_per_peer", AN_MIB\((\d+)'),
    ("bytes of all", "MiB of one peer and {} MiB of all", CONFIG,
     r'"link.inbound_bytes", AN_MIB\((\d+)'),
    ("largest chunk", "the content is larger than {} bytes", PROFILE, r"\.chunk_max = (\d+)"),
    ("largest value", "or the value than {}", PROFILE, r"\.record_value_max = ([\d -]+)"),
    ("request timeout", "end of the reply {} s", PROFILE, r"request_timeout = AN_SECONDS\((\d+)"),
    ("dial-back", "dialled back** {} s later", PROFILE, r"dial_back = AN_SECONDS\(\s*(\d+)"),
    ("handshake timeout", "A handshake may take {} s", PROFILE,
     r"handshake_timeout = AN_SECONDS\((\d+)"),
    ("bucket", "A full bucket ({})", PROFILE, r"\.k = (\d+)"),
    ("items of a list", "A list has at most {} items", read("lib/data/message.h"),
     r"AN_MESSAGE_LIST_MAX = (\d+)"),
    ("addresses of a peer", "multiaddrs, at most {}.", read("lib/data/message.h"),
     r"AN_MESSAGE_ADDRESSES_MAX = (\d+)"),
    ("bytes of an address", "(here at most {} bytes)", read("lib/data/address.h"),
     r"AN_ADDRESS_BYTES_MAX = (\d+)"),
    ("depth of what is skipped", "may be nested {} deep", read("lib/wire/cbor.h"),
     r"AN_CBOR_DEPTH_MAX = (\d+)"),
    ("items of what is skipped", "deep and have {} items", read("lib/wire/cbor.h"),
     r"AN_CBOR_SKIP_ITEMS_MAX = 1 << (\d+)"),
    ("name of a certificate", "common name is 1 to {} bytes", read("lib/crypt/certificate.h"),
     r"AN_CERTIFICATE_NAME_MAX = (\d+)"),
    ("certificate", "A certificate has at most {} bytes", read("lib/crypt/certificate.h"),
     r"AN_CERTIFICATE_MAX = (\d+)"),
    ("connection id", "Connection ids of ours have {} bytes", read("lib/quic/internal.h"),
     r"AN_QUIC_ID_SIZE = (\d+)"),
    ("stagger", "begins {} ms after", read("lib/link/state.h"), r"AN_LINK_STAGGER AN_MS\((\d+)"),
    ("simultaneous", "was proven within {} s", read("lib/link/state.h"),
     r"AN_LINK_SIMULTANEOUS AN_SECONDS\((\d+)"),
    ("slowest rate", "one second more for each {} KiB", read("lib/client/internal.h"),
     r"AN_CLIENT_SLOWEST_RATE = (\d+)"),
]


def check_numbers(tap):
    scale = {"items of what is skipped": lambda n: 1 << n, "slowest rate": lambda n: n // 1024}
    for name, sentence, source, pattern in FACTS:
        value = number(pattern, source)
        if value is not None:
            value = scale.get(name, lambda n: n)(value)
        tap.check(value is not None and sentence.format(value) in WIRE,
                  f"{name}: the number is the code's", f"{pattern} gives {value}")
    window = number(r"\.record_value_max = ([\d -]+),", PROFILE) + 64 * 1024
    tap.check(f"| {window}:" in WIRE and f"| {3 * window}:" in WIRE, "the windows are the code's")
    protocol = re.search(r'\.alpn = "(.+?)"', PROFILE).group(1)
    tap.check(f"ALPN is `{protocol}`" in WIRE, "the ALPN is the code's")


def main():
    tap = Tap()
    check_examples(tap)
    check_codes(tap)
    check_kinds(tap)
    check_numbers(tap)
    tap.done()


main()
