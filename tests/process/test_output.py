#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What both programs print, and where to: one JSON object whatever fails, and streams that are closed
or full.

    test_output.py BUILD_FOLDER
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from command_line import (DAMAGED, DONE, INTERRUPTED, LOCAL, NETWORK, NOT_FOUND, SECONDS_MAX, USAGE, answer,
                          await_path, ends_badly, perform, read, run, tap)
from network import random_file

CHUNK = "ab" * 32
CLOSED = {"stdin": "<&-", "stdout": ">&-", "stderr": "2>&-"}


def through_shell(network, redirection, *words):
    """A command with streams as a shell makes them."""
    return subprocess.run(["sh", "-c", f'"$@" {redirection}', "sh", *map(str, words)],
                          env=network.environment, timeout=SECONDS_MAX, text=True,
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)


def fails_with_json(network, name, code, *words, **options):
    client = network.run("--json", *words, timeout=SECONDS_MAX, **options)
    value = read(client)
    tap.check(client.code == code and value.get("error") and value.get("message") and
              value["message"] in client.err, f"{name}: the error is one JSON object",
              f"exit code {client.code}, not {code}\n{client.out}{client.err}")


def failures(network, folder):
    small = random_file(folder / "small", 100)
    for name, code, *words in (
            ("no command", USAGE),
            ("a command that is none", USAGE, "frobnicate"),
            ("an option that is none", USAGE, "--frobnicate", "file", "list"),
            ("an option without its value", USAGE, "file", "list", "--set"),
            ("a number that is none", USAGE, "--timeout", "soon", "file", "list"),
            ("a configuration file that is not there", USAGE, "--config", folder / "none", "file", "list"),
            ("a log on the same stream", USAGE, "--log-output-dest", "stdout", "file", "list"),
            ("too few arguments", USAGE, "file", "upload"),
            ("an address that is none", USAGE, "chunk", "get", "xyz"),
            ("a file that is not there", LOCAL, "file", "upload", folder / "none"),
            ("a chunk that is not there", LOCAL, "chunk", "put", folder / "none"),
            ("a file in place of a directory", USAGE, "dir", "upload", small),
            ("a key that is not there", LOCAL, "register", "get", "name"),
            ("a wallet that is not there", LOCAL, "vault", "load"),
            ("a chunk that nobody has", NOT_FOUND, "chunk", "get", CHUNK)):
        fails_with_json(network, name, code, *words)
    fails_with_json(network, "no peers", NETWORK, "chunk", "get", CHUNK, peers=[])
    fails_with_json(network, "nobody to ask", USAGE, "node", "info", peers=[])
    fails_with_json(network, "a data folder that cannot be made", LOCAL, "file", "list",
                    data="/dev/null/data")


def names(network, folder):
    """Names of files are bytes, and JSON is UTF-8."""
    odd = os.fsencode(folder) + b"/\xff-\xc3\xa4-\xed\xa0\x80-\xf0\x9f\x8c\x8d-\xc0\xaf"
    with open(odd, "wb") as file:
        file.write(os.urandom(100))
    answer(network, "a file whose name is no UTF-8 is stored", "file", "upload", os.fsdecode(odd))
    # Text is read as the locale has it, and what it cannot read is an error.
    listed = subprocess.run(network.command("--json", "file", "list"), env=network.environment,
                            capture_output=True, timeout=SECONDS_MAX, check=False).stdout
    tap.check("\ufffd-ä-\ufffd\ufffd\ufffd-🌍-\ufffd\ufffd".encode() in
              listed.replace(b"\\ufffd", "\ufffd".encode()),
              "the JSON of a list is UTF-8, whatever the names are", listed)
    network.environment["SECRET_KEY"] = "01" * 32
    answer(network, "a vault that has it is stored", "vault", "create")
    answer(network, "and read by another machine", "vault", "load", data=folder / "another")
    listed = answer(network, "which has the file", "file", "list", data=folder / "another")
    tap.check(any(file["name"].startswith("?-\u00e4-???-") for file in listed["private_files"]),
              "under a name that is UTF-8", listed)
    del network.environment["SECRET_KEY"]


def closed_streams(network, folder):
    chunk = answer(network, "a chunk is stored", "chunk", "put", random_file(folder / "chunk", 5000))
    get = network.command("--quiet", "chunk", "get", chunk["address"])
    for redirection in (">/dev/full", ">&-", ">&- <&-"):
        for words in ([network.client_program, "--help"], [network.node_program, "--help"],
                      [network.client_program, "--options"], [network.client_program, "file", "list"],
                      get, network.command("--quiet", "node", "info")):
            ended = through_shell(network, redirection, *words)
            tap.check(ended.returncode == LOCAL and "stdout" in ended.stderr and
                      len(ended.stderr.splitlines()) == 1,
                      f"{words[0].name if words[0] != get[0] else 'autonomi'} {words[-1][:10]} "
                      f"{redirection} says that its output is lost",
                      f"exit code {ended.returncode}\n{ended.stderr}")
    ended = through_shell(network, "<&-", *network.command("--quiet", "chunk", "put", "-"))
    tap.check(ended.returncode == LOCAL and "stdin" in ended.stderr,
              "a chunk from a stream that is closed is refused", ended.stderr)


def node_without_streams(network, folder):
    """Or a file of its own gets the number of stdout, and what it prints."""
    root = folder / "silent"
    words = [str(network.node_program), "--root-dir", str(root), "--local", "--peer",
             network.nodes[0].address]
    process = subprocess.Popen(["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *words],
                               env=network.environment)
    await_path(folder, "silent/secret-key")
    log = root / "logs" / "autonomi-node.log"
    end = time.monotonic() + SECONDS_MAX
    while time.monotonic() < end and not (log.exists() and "joined" in log.read_text()):
        time.sleep(0.05)
    process.terminate()
    code = process.wait(SECONDS_MAX)
    found = [path for path in root.rglob("*")
             if path.is_file() and b"Node started" in path.read_bytes()]
    tap.check(code == DONE and "joined" in log.read_text() and not found,
              "a node without streams runs, and prints into none of its files", (code, found))


def private_addresses(network, folder):
    """Others can be told of a public address only, and a machine without one says so."""
    said = folder / "said"
    with open(said, "wb") as stream:
        process = subprocess.Popen(
            [str(network.node_program), "--first", "--network-id", "77", "--payments", "off",
             "--root-dir", str(folder / "private")],
            env=network.environment, stdout=stream, stderr=stream)
    end = time.monotonic() + SECONDS_MAX
    while time.monotonic() < end and "Connected" not in said.read_text():
        time.sleep(0.02)
    process.terminate()
    process.wait(SECONDS_MAX)
    tap.check(("Listening on" in said.read_text()) != ("give --local" in said.read_text()),
              "a node tells at which addresses others find it, or that there are none",
              said.read_text())


def whom_to_ask(network):
    first, second = network.nodes[0], network.nodes[1]
    info = answer(network, "node info asks the first of several peers", "node", "info",
                  peers=[f"{second.address},{first.address}"])
    tap.check(info.get("peer") == second.peer_id, "it is the first", info)
    network.environment["ANT_PEERS"] = first.address
    info = answer(network, "node info asks the peer in ANT_PEERS", "node", "info", peers=[])
    buckets = answer(network, "node buckets asks the peer in ANT_PEERS", "node", "buckets", peers=[])
    del network.environment["ANT_PEERS"]
    tap.check(info.get("peer") == first.peer_id and buckets.get("peers"), "it is that one", info)


def settings(network, folder):
    ends_badly("a directory in place of a configuration file",
               run(network, "--config", folder, "file", "list"), USAGE, str(folder), "directory")
    own = folder / "own-data"
    large = random_file(folder / "large", 64 << 20)
    client = network.client("--set", f"client.data_dir={own}", "file", "upload", "--quiet", large)
    await_path(folder, "own-data/upload-*.journal")
    client.process.terminate()
    client.wait(SECONDS_MAX)
    ends_badly("an upload whose folder of journals was given, interrupted", client, INTERRUPTED,
               "run the same command again")


def overwriting(network, folder):
    put = answer(network, "a chunk to fetch is stored", "chunk", "put", folder / "chunk")
    mine = random_file(folder / "mine", 10)
    before = mine.read_bytes()
    ends_badly("a chunk to a file that is there",
               run(network, "chunk", "get", put["address"], mine), LOCAL, str(mine), "--replace")
    tap.check(mine.read_bytes() == before, "the file is as it was")
    replaced = run(network, "--replace", "chunk", "get", put["address"], mine)
    tap.check(replaced.code == DONE and mine.read_bytes() == (folder / "chunk").read_bytes(),
              "with --replace it is the chunk", replaced.err)
    (folder / "empty").touch()
    filled = run(network, "chunk", "get", put["address"], folder / "empty")
    tap.check(filled.code == DONE and (folder / "empty").read_bytes() == (folder / "chunk").read_bytes(),
              "an empty file may be filled", filled.err)


def at_once(network, folder):
    """Several processes store the same file, and remember it under the same key."""
    clients = [network.client("--quiet", "file", "upload", "--public", folder / "chunk") for _ in range(6)]
    for client in clients:
        client.wait(SECONDS_MAX)
    tap.check(all(client.code == DONE and client.err == "" for client in clients),
              "a file that is stored by several at once is remembered by all",
              [client.err for client in clients])


def plain_scratchpad(network):
    """Its owner may store anything under its key, also what was never encrypted."""
    run(network, "scratchpad", "generate-key")
    answer(network, "a scratchpad is stored", "scratchpad", "create", "pad", "data")
    got = answer(network, "it is read", "scratchpad", "get", "pad")
    tap.check(bytes.fromhex(got["data"]) == b"data", "it is what was stored", got)
    fails_with_json(network, "a scratchpad without data", USAGE, "scratchpad", "create", "empty", "")
    secret = answer(network, "its key is printed", "scratchpad", "share", "pad")
    stored = subprocess.run([Path(sys.argv[1]) / "tests/process/plain_scratchpad",
                             ",".join(network.addresses()), secret["secret_key"]],
                            timeout=SECONDS_MAX, check=False)
    tap.check(stored.returncode == 0, "what was never encrypted takes its place", stored)
    fails_with_json(network, "a scratchpad that cannot be decrypted", DAMAGED, "scratchpad", "get", "pad")


def test(network, folder):
    failures(network, folder)
    names(network, folder)
    closed_streams(network, folder)
    node_without_streams(network, folder)
    private_addresses(network, folder)
    whom_to_ask(network)
    settings(network, folder)
    overwriting(network, folder)
    at_once(network, folder)
    plain_scratchpad(network)


perform("output", test)
