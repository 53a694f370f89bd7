#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pointers, graph entries and scratchpads on the command line, against real nodes.

    test_records.py BUILD_FOLDER
"""

from command_line import DONE, LOCAL, NOT_FOUND, USAGE, answer, fails, perform, run, tap

CHUNK, OTHER = "ab" * 32, "cd" * 32


def pointers(network):
    fails(network, "a pointer without a key of its own", LOCAL, "pointer", "create", "home", CHUNK)
    answer(network, "pointer generate-key", "pointer", "generate-key")
    fails(network, "a key that is there is not replaced", LOCAL, "pointer", "generate-key")
    made = answer(network, "pointer create", "pointer", "create", "home", CHUNK)
    tap.check(made.get("counter") == 0 and made.get("copies") == 5, "it has counter 0 and 5 copies", made)
    fails(network, "a pointer that exists is not created again", LOCAL,
               "pointer", "create", "home", CHUNK)
    got = answer(network, "pointer get by name", "pointer", "get", "home")
    tap.check(got.get("target") == CHUNK and got.get("target_type") == "chunk", "it points there", got)
    edited = answer(network, "pointer edit", "pointer", "edit", "home", OTHER)
    tap.check(edited.get("counter") == 1, "an edit counts one up", edited)
    got = answer(network, "pointer get by address", "pointer", "get", made.get("address", "none"))
    tap.check(got.get("target") == OTHER and got.get("counter") == 1, "it points elsewhere", got)
    listed = answer(network, "pointer list", "pointer", "list")
    tap.check(listed.get("pointers") == [{"name": "home", "address": made.get("address")}],
              "it has the name and the address", listed)
    share = answer(network, "pointer share", "pointer", "share", "home")
    got = answer(network, "pointer get by a shared key", "pointer", "get", "-s",
                 share.get("secret_key", "none"))
    tap.check(got.get("target") == OTHER, "it is the same pointer", got)
    answer(network, "a pointer to a pointer", "pointer", "create", "-t", "pointer", "second",
           made.get("address", "none"))
    fails(network, "a pointer that is not there", NOT_FOUND, "pointer", "get", "nobody")
    fails(network, "an edit of a pointer that is not there", NOT_FOUND,
               "pointer", "edit", "nobody", CHUNK)
    fails(network, "a target that is none", USAGE, "pointer", "create", "x", "xyz")
    fails(network, "a type of target that is none", USAGE, "pointer", "create", "-t", "soup", "x", CHUNK)


def scratchpads(network):
    answer(network, "scratchpad generate-key", "scratchpad", "generate-key")
    answer(network, "scratchpad create", "scratchpad", "create", "notes", "first")
    edited = answer(network, "scratchpad edit", "scratchpad", "edit", "notes", "second")
    tap.check(edited.get("counter") == 1, "an edit counts one up", edited)
    got = run(network, "scratchpad", "get", "notes")
    tap.check(got.code == DONE and got.out == "second\n", "scratchpad get prints the data", got.out + got.err)
    got = answer(network, "scratchpad get --json", "scratchpad", "get", "notes")
    tap.check(got.get("data") == b"second".hex(), "it has the data in hexadecimal", got)
    listed = run(network, "scratchpad", "list")
    tap.check(listed.code == DONE and listed.out.startswith("notes: "), "scratchpad list", listed.out)
    share = answer(network, "scratchpad share", "scratchpad", "share", "notes")
    answer(network, "whoever has the key can write", "scratchpad", "edit", "-s",
           share.get("secret_key", "none"), "third")
    fails(network, "a scratchpad that is not there", NOT_FOUND, "scratchpad", "get", "nobody")


def graphs(network):
    answer(network, "graph generate-key", "graph", "generate-key")
    made = answer(network, "graph create", "graph", "create", "root", "hello")
    fails(network, "a graph entry that exists is not created again", LOCAL,
               "graph", "create", "root", "other")
    got = answer(network, "graph get", "graph", "get", made.get("address", "none"))
    tap.check(got.get("content") == b"hello".hex().ljust(64, "0"), "it has the content", got)
    fails(network, "a content that is too long", USAGE, "graph", "create", "x", "y" * 33)


def keys(network):
    pair = answer(network, "key generate", "key", "generate")
    tap.check(len(pair.get("secret_key", "")) == 64 and len(pair.get("public_key", "")) == 96,
              "it prints both halves", pair)


def kinds(network, *words):
    return [place["kind"] for place in answer(network, "analyze " + " ".join(words)[:40], "analyze", *words)
            .get("found", [])]


def analysis(network, folder):
    for name, content in (("chunk", b"x"), ("file", b"y" * 100000)):
        (folder / name).write_bytes(content)
    chunk = answer(network, "chunk put", "chunk", "put", str(folder / "chunk"))["address"]
    public = answer(network, "file upload, public", "file", "upload", "-p", str(folder / "file"))["address"]
    private = answer(network, "file upload, private", "file", "upload", str(folder / "file"))["data_map"]
    tap.check(kinds(network, chunk) == ["chunk"], "a chunk is told")
    tap.check(kinds(network, public) == ["data_map"], "a data map on the network is told")
    tap.check(kinds(network, private) == ["data_map"], "a data map in hand is told")
    end = answer(network, "a pointer to a chunk", "pointer", "create", "end", chunk)["address"]
    first = answer(network, "a pointer to it", "pointer", "create", "-t", "pointer", "first", end)["address"]
    tap.check(kinds(network, first) == ["pointer"], "a pointer is told")
    tap.check(kinds(network, "-r", first) == ["pointer", "pointer", "chunk"], "pointers are followed")
    nowhere = answer(network, "a pointer to nothing", "pointer", "create", "nowhere", CHUNK)["address"]
    tap.check(kinds(network, "-r", nowhere) == ["pointer", "not-found"], "a target that is missing is told")
    pad = answer(network, "scratchpad create", "scratchpad", "create", "told", "secret")["address"]
    tap.check(kinds(network, pad) == ["scratchpad"], "a scratchpad is told")
    entry = answer(network, "graph create", "graph", "create", "told", "hello")["address"]
    tap.check(kinds(network, entry) == ["graph_entry"], "graph entries are told")
    fails(network, "an address where nothing is", NOT_FOUND, "analyze", OTHER)
    fails(network, "what is no address", USAGE, "analyze", "xyz")


def test(network, folder):
    pointers(network)
    scratchpads(network)
    graphs(network)
    keys(network)
    analysis(network, folder)


perform("records", test)
