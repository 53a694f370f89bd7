#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the first inputs of the fuzz targets from the vectors of tests/vectors.

    tests/fuzz/make_seeds.py     writes tests/fuzz/corpus/TARGET/seed-*

What a search found lies beside them, named by its hash (scripts/fuzz). Each target's file says what
its input means.
"""

import hashlib
import json
from pathlib import Path

HERE = Path(__file__).resolve().parent
VECTORS = HERE.parent / "vectors"
SEED_MAX = 2048
SEEDS_OF_A_KIND_MAX = 30


class Seeds:
    def __init__(self):
        self.counts = {}
        self.known = set()

    def add(self, target, kind, data):
        """One input; long ones, repeated ones and too many of a kind are left out."""
        number = self.counts.get((target, kind), 0)
        if len(data) > SEED_MAX or number >= SEEDS_OF_A_KIND_MAX or (target, data) in self.known:
            return
        self.counts[target, kind] = number + 1
        self.known.add((target, data))
        folder = HERE / "corpus" / target
        folder.mkdir(parents=True, exist_ok=True)
        name = f"seed-{kind.replace('_', '-')}-{number}"
        if not any(f.name != name and f.read_bytes() == data for f in folder.iterdir()):
            (folder / name).write_bytes(data)


def cases(name, *kinds):
    for case in json.loads((VECTORS / f"{name}.json").read_text())["cases"]:
        if not kinds or case["kind"] in kinds:
            yield case


def hexadecimal(case, *names):
    for name in names:
        if isinstance(case.get(name), str):
            yield bytes.fromhex(case[name])


def messages(seeds):
    for case in cases("messages"):
        kind = case["kind"]
        for data in hexadecimal(case, "cbor", "bytes"):
            seeds.add("cbor", kind, data)
            if "request" in kind:
                seeds.add("request", kind, b"\1" + data)
            elif "response" in kind:
                seeds.add("response", kind, data)
    # Our own form of a record value is a byte string (DESIGN 4).
    put = (b"\xa1\x63Cmd\xa1\x69PutRecord\xa3\x66holder\xa1\x66PeerId\x40"
           b"\x67address\xa1\x6cChunkAddress\x98\x20" + bytes(32)
           + b"\x71serialized_record\x45\x91\0\xc4\1x")
    seeds.add("request", "put_record", b"\0" + put)


def records(seeds):
    for case in cases("records"):
        for data in hexadecimal(case, "record_value", "value"):
            seeds.add("record", case["kind"], data)
            seeds.add("msgpack", case["kind"], data[2:])
    for case in cases("archives"):
        for data in hexadecimal(case, "bytes", "msgpack"):
            seeds.add("msgpack", case["kind"], data)


def maps(seeds):
    for case in cases("self_encryption"):
        kind = case["kind"]
        for data in hexadecimal(case, "data_map_chunk", "msgpack", "bincode", "old_bincode",
                                "bytes"):
            seeds.add("data_map", kind, data)
        for chunk in case.get("chunks", []) if kind in ("encrypt", "decrypt") else []:
            for data in hexadecimal(chunk, "content"):
                seeds.add("self_decrypt", kind, data)


def addresses(seeds):
    for case in cases("addresses"):
        kind = case["kind"]
        if kind == "network_address":
            seeds.add("address", kind, b"\0" + bytes.fromhex(case["cbor"]))
            seeds.add("address", kind, b"\1" + bytes.fromhex(case["msgpack"]))
        elif kind == "multiaddr":
            seeds.add("multiaddr", kind, b"\0" + bytes.fromhex(case["bytes"]))
            seeds.add("multiaddr", kind, b"\1" + case["text"].encode())
        elif kind in ("peer_id", "peer_id_parse"):
            seeds.add("identity", kind, b"\0" + bytes.fromhex(case["bytes"]))
            if case.get("base58"):
                seeds.add("identity", kind, b"\1" + case["base58"].encode())
        elif kind == "from_hex" and case["text"]:
            seeds.add("hexadecimal", kind, case["text"].encode())
    for case in cases("bootstrap", "valid_address"):
        seeds.add("multiaddr", "valid_address", b"\1" + case["text"].encode())
        seeds.add("config", "peers", b"network.peers\n" + case["text"].encode())
    for i, text in enumerate(("192.0.2.1", "192.0.2.1:12000", "[2001:db8::1]:12000",
                              "::ffff:192.0.2.1", "1:2:3:4:5:6:7:8", "fe80::", "65535")):
        seeds.add("identity", "endpoint", b"\3" + text.encode())
        seeds.add("config", "ip", b"network.ip\n" + text.encode())


def agents(seeds):
    for case in cases("challenge", "version_gate"):
        seeds.add("identity", "agent", b"\2" + case["agent"].encode())
    for case in cases("network_local", "tls_certificate", "tls_parse"):
        for data in hexadecimal(case, "certificate"):
            seeds.add("certificate", case["kind"], b"\0" + data)
    for name in (b"ant/node/1.0/0.1.0/1", b"x", b"y" * 95):
        seeds.add("certificate", "ours", b"\1" + bytes([len(name)]) + name)
        seeds.add("certificate", "changed", b"\1" + bytes([len(name)]) + name + b"\0\7\1")


def kademlia(seeds):
    for case in cases("network_local", "stream"):
        for text in case["messages_sent"] + case["messages_received"]:
            seeds.add("protobuf", "stream", bytes.fromhex(text))
            if "kad" in case["protocol"]:
                seeds.add("kademlia", "stream", bytes.fromhex(text))
    for case in cases("network_local", "peer_record", "peer_record_parse"):
        for data in hexadecimal(case, "envelope"):
            seeds.add("protobuf", case["kind"], data)


def bootstrap(seeds):
    for case in cases("bootstrap", "cache_file", "cache_v0", "cache_sync", "cache_load"):
        for name in ("file", "text", "file_before", "file_after"):
            if isinstance(case.get(name), str):
                seeds.add("bootstrap_cache", case["kind"], case[name].encode())


def settings(seeds):
    seeds.add("config", "file", b"\n# a file\nnetwork.port = 12000\n\nnode.role = client\n"
              b"network.first = on\nlog.level = trace\nstorage.bytes_max=18446744073709551615\n")


def scripts(seeds):
    """Lists of actions: any bytes are one."""
    for number in range(12):
        data = b"".join(hashlib.sha256(bytes([number, i])).digest() for i in range(6))
        seeds.add("link", "actions", data)
        seeds.add("store", "actions", data)
        seeds.add("node", "actions", data)
    # A node of fuzz_node that answers with the real thing: 3 stands for an answer that is replaced.
    for case in cases("messages", "response"):
        body = bytes.fromhex(case["cbor"])[:254]
        answer = bytes([3, len(body) + 1, 0]) + body
        seeds.add("node", "response", bytes([1, 0x81]) + answer * 3)
    for case in cases("bootstrap", "valid_address"):
        text = case["text"].encode()[:255]
        seeds.add("node", "peers", bytes([2, len(text)]) + text)
    seeds.add("node", "key", bytes([4, 32]) + bytes(range(32)))
    entry = bytes(range(32))
    entry += hashlib.sha256(entry).digest()[:8]
    seeds.add("journal", "entries", entry)
    seeds.add("journal", "torn", entry[:17] + entry)


def main():
    seeds = Seeds()
    for make in (messages, records, maps, addresses, agents, kademlia, bootstrap, settings,
                 scripts):
        make(seeds)
    for (target, kind), count in sorted(seeds.counts.items()):
        print(f"{target}: {count} {kind}")


if __name__ == "__main__":
    main()
