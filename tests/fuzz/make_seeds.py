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
LONG_SEED_MAX = 8192  # of kinds that are always long
LONG_SEEDS_OF_A_KIND_MAX = 3


class Seeds:
    def __init__(self):
        self.counts = {}
        self.known = set()

    def add(self, target, kind, data, long=False):
        """One input; long ones, repeated ones and too many of a kind are left out."""
        number = self.counts.get((target, kind), 0)
        size_max = LONG_SEED_MAX if long else SEED_MAX
        count_max = LONG_SEEDS_OF_A_KIND_MAX if long else SEEDS_OF_A_KIND_MAX
        if len(data) > size_max or number >= count_max or (target, data) in self.known:
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


def protocol_errors(seeds):
    for case in cases("messages", "error"):
        seeds.add("protocol_error", "error", bytes.fromhex(case["cbor"]))
        seeds.add("address_text", "text", b"\3" + case["display"].encode())


def peer_messages(seeds):
    for case in cases("network_local", "stream"):
        if case["protocol"].startswith("/ant/"):
            continue
        prefix = b"\1" if "/id/" in case["protocol"] else b"\0"
        for text in case["messages_sent"] + case["messages_received"]:
            seeds.add("peer_messages", "stream", prefix + bytes.fromhex(text))


SIGNED = {"Pointer": 0, "GraphEntry": 3, "Scratchpad": 4}


def signed(seeds):
    """The first byte with 8 has it signed anew."""
    for case in cases("records", "pointer", "graph_entry", "graph_set", "scratchpad", "verify",
                      "decode"):
        kind = case["kind"]
        name = case.get("type") or "".join(w.title() for w in kind.split("_"))
        number = SIGNED.get("GraphEntry" if name == "GraphSet" else name)
        if number is None or not isinstance(case.get("record_value"), str):
            continue
        body = bytes.fromhex(case["record_value"])[2:]
        seeds.add("signed_record", kind, bytes([number]) + body)
        seeds.add("signed_record", f"{kind}_signed", bytes([number | 8]) + body)
        seeds.add("record_merge", kind, bytes([0x60 | number & 3]) + b"\x91" +
                  bytes.fromhex(case["record_value"])[1:])
    for case in cases("records", "graph_entry"):
        seeds.add("signed_record", "entry", b"\2" + bytes.fromhex(case["entry_msgpack"]))
        seeds.add("signed_record", "entry", b"\12" + bytes.fromhex(case["entry_msgpack"]))
    for case in cases("addresses", "pointer_target"):
        seeds.add("signed_record", "target", b"\1" + bytes.fromhex(case["msgpack"]))
        seeds.add("signed_record", "target", b"\11" + bytes.fromhex(case["msgpack"]))
    for number in range(24):
        data = b"".join(hashlib.sha256(bytes([number, i])).digest() for i in range(3))
        seeds.add("record_merge", "actions", bytes([number & 0x27]) + data)


def payments(seeds):
    for case in cases("payments", "metrics", "quote", "candidate"):
        number = {"metrics": 0, "quote": 2, "candidate": 4}[case["kind"]]
        seeds.add("payment", case["kind"], bytes([number]) + bytes.fromhex(case["msgpack"]))
        seeds.add("payment", case["kind"], bytes([number | 1]) + bytes.fromhex(case["cbor"]))
    for case in cases("payments", "quote_verify"):
        seeds.add("payment", case["kind"], b"\2" + bytes.fromhex(case["quote_msgpack"]))
    for case in cases("payments", "candidate_verify"):
        seeds.add("payment", case["kind"], b"\4" + bytes.fromhex(case["msgpack"]))
    quotes = [bytes.fromhex(case["msgpack"]) for case in cases("payments", "quote")]
    for older, newer in zip(quotes, quotes[1:]):
        seeds.add("payment", "history", b"\7" + older + newer)
    for case in cases("payments", "proof", "client_proof"):
        for data in hexadecimal(case, "msgpack", "node_form_msgpack"):
            seeds.add("payment", case["kind"], b"\6" + data, long=True)
    for case in cases("payments", "proof"):
        seeds.add("payment", "proof_cbor", b"\x0f" + bytes.fromhex(case["cbor"]), long=True)
    for case in cases("payments", "client_proof"):
        seeds.add("payment", "client_form", b"\x0e" + bytes.fromhex(case["msgpack"]), long=True)
    for case in cases("payments", "atto", "atto_parse"):
        for name, number in (("msgpack", 0), ("cbor", 1)):
            for data in hexadecimal(case, name):
                seeds.add("amount", name, bytes([number]) + data)
        text = case.get("text") or case.get("display")
        seeds.add("amount", case["kind"], b"\2" + text.encode() if text else b"\2")
    for number in range(4):
        data = b"".join(hashlib.sha256(bytes([number, i])).digest() for i in range(2))
        seeds.add("amount", "sum", b"\3" + data)
    for case in cases("challenge", "node_event"):
        seeds.add("node_event", "event", bytes.fromhex(case["msgpack"]))


def merkle(seeds):
    for case in cases("payments", "branch_verify"):
        seeds.add("merkle", "branch", b"\0" + bytes.fromhex(case["msgpack"]))
        seeds.add("merkle", "midpoint", b"\1\x92" + bytes.fromhex(case["msgpack"]) + b"\x01")
    for case in cases("payments", "pool"):
        seeds.add("merkle", "pool", b"\2" + bytes.fromhex(case["msgpack"]), long=True)
    for case in cases("payments", "merkle_verify"):
        seeds.add("merkle", "proof", b"\3" + bytes.fromhex(case["proof_msgpack"]), long=True)
    for number in range(16):
        data = b"".join(hashlib.sha256(bytes([number, i])).digest() for i in range(2))
        seeds.add("merkle", "built", b"\4" + data)


def archives(seeds):
    for case in cases("archives", "public_archive", "private_archive", "archive_decode"):
        data = bytes.fromhex(case["bytes"])
        if case["kind"] != "private_archive":
            seeds.add("archive", case["kind"], b"\0" + data)
        if case["kind"] != "public_archive":
            seeds.add("archive", case["kind"], b"\1" + data)
    for case in cases("archives", "path"):
        seeds.add("archive", "path_archive", b"\0" + bytes.fromhex(case["bytes"]))
        seeds.add("archive", "path", b"\2" + case["input"].encode())
    for case in cases("archives", "user_data", "user_data_decode"):
        seeds.add("user_data", case["kind"], bytes.fromhex(case["bytes"]))


def bls(seeds):
    for case in cases("bls"):
        for data in hexadecimal(case, "public_key", "child_public_key"):
            seeds.add("bls", "public_key", b"\0" + data)
        for data in hexadecimal(case, "signature", "point"):
            seeds.add("bls", "signature", b"\1" + data)
        for data in hexadecimal(case, "secret_key"):
            seeds.add("bls", "secret_key", b"\2" + data + bytes.fromhex(case.get("index", "")))
        for data in hexadecimal(case, "ciphertext"):
            seeds.add("bls", "ciphertext", b"\3" + data)
        for data in hexadecimal(case, "plaintext"):
            seeds.add("bls", "plaintext", b"\4" + data)
    for case in cases("bls", "decode_public_key", "decode_signature", "decode_secret_key"):
        number = ("public", "signature", "secret").index(case["kind"].split("_")[1])
        seeds.add("bls", case["kind"], bytes([number]) + bytes.fromhex(case["bytes"]))


def derived_keys(seeds):
    for case in cases("archives", "register_name", "register_value", "vault_signature",
                      "content_type"):
        name = case.get("name") or case.get("input") or case.get("application") or ""
        seeds.add("derived_keys", "name", b"\0" + name.encode())
        seeds.add("derived_keys", "name", b"\2" + name.encode())
        for data in hexadecimal(case, "signature"):
            seeds.add("derived_keys", "vault", b"\1" + data)
    for case in cases("addresses", "peer_id"):
        for data in hexadecimal(case, "protobuf_public_key"):
            seeds.add("derived_keys", "public_key", b"\3" + data)


def address_texts(seeds):
    for case in cases("addresses", "from_hex"):
        number = 0 if case["type"] in ("ChunkAddress", "DataAddress") else 1
        seeds.add("address_text", "from_hex", bytes([number]) + case["text"].encode())
    for case in cases("addresses", "network_address"):
        seeds.add("address_text", "shown", b"\2" + bytes.fromhex(case["cbor"]))


def data_api(seeds):
    """The first byte: what it is, and eight times which form or kind."""
    numbers = {"pointer": 0, "graph_entry": 1, "graph_set": 1, "scratchpad": 2}
    for case in cases("records", *numbers):
        seeds.add("data_api", case["kind"], bytes([numbers[case["kind"]]]) +
                  bytes.fromhex(case["record_value"]))
    for case in cases("archives", "public_archive", "private_archive"):
        for kind in range(3):
            seeds.add("data_api", case["kind"], bytes([3 | kind << 3]) + bytes.fromhex(case["bytes"]))
    for case in cases("addresses", "network_address"):
        seeds.add("data_api", "msgpack", bytes([4 | 1 << 3]) + bytes.fromhex(case["msgpack"]))
        seeds.add("data_api", "cbor", bytes([4 | 2 << 3]) + bytes.fromhex(case["cbor"]))
    for number, case in enumerate(cases("addresses", "from_hex")):
        seeds.add("data_api", "text", bytes([5 | number % 8 << 3]) + case["text"].encode())
    for case in cases("addresses", "multiaddr"):
        seeds.add("data_api", "multiaddr", bytes([5 | 6 << 3]) + case["text"].encode())


def data_handles(seeds):
    """The first byte: what it is, and sixteen times the form."""
    def add(number, form, case, *names, long=False):
        for data in hexadecimal(case, *names):
            seeds.add("data_handles", case["kind"], bytes([number | form << 4]) + data, long)

    for number, kind in ((0, "quote"), (2, "candidate"), (1, "proof")):
        for case in cases("payments", kind):
            add(number, 1, case, "msgpack", long=kind == "proof")
            add(number, 2, case, "cbor", long=kind == "proof")
    for number, kind, name in ((3, "branch_verify", "msgpack"), (4, "pool", "msgpack"),
                               (5, "merkle_verify", "proof_msgpack")):
        for case in cases("payments", kind):
            add(number, 0, case, name, long=number > 3)
    for case in cases("self_encryption"):
        add(6, 1, case, "data_map_chunk")
        add(6, 2, case, "msgpack", "bincode", "old_bincode")
    for case in cases("archives", "user_data", "user_data_decode"):
        add(7, 0, case, "bytes")
    for case in cases("messages"):
        if "request" in case["kind"] or "response" in case["kind"]:
            add(8, 5 if "request" in case["kind"] else 2, case, "cbor", "bytes")
    for case in cases("messages"):
        for protocol in range(3):
            if "kad" in case["kind"] or "identify" in case["kind"]:
                add(9, protocol, case, "bytes", "protobuf")
    for case in cases("records"):
        add(10, 0, case, "record_value")


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
            seeds.add("self_expand", kind, data)
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
                number = 1 if case["kind"] == "cache_v0" else 0
                seeds.add("peer_list", case["kind"], bytes([number]) + case[name].encode())
    for case in cases("bootstrap", "contacts"):
        seeds.add("peer_list", "contacts", b"\2" + case["body"].encode())


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
    for make in (messages, protocol_errors, peer_messages, records, data_api, data_handles, signed,
                 payments, merkle, archives, bls, derived_keys, maps, addresses, address_texts, agents,
                 kademlia, bootstrap, settings, scripts):
        make(seeds)
    for (target, kind), count in sorted(seeds.counts.items()):
        print(f"{target}: {count} {kind}")


if __name__ == "__main__":
    main()
