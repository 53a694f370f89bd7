#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both programs on the command line: what they print, and how each bad input ends.

    test_cli.py BUILD_FOLDER
"""

import os
import re
import resource
import signal
import subprocess
import time

from command_line import (DONE, INTERRUPTED, LOCAL, NETWORK, NODES, NOT_FOUND, SECONDS_MAX, USAGE, answer,
                          await_path, ends_badly, perform, read, run, tap)
from network import Client, random_file, same

PEER_ID = "12D3KooWQfqCY3MX5xDYMYEBa2NvaQVJBSN9pYT18BAhPat2q4rf"
NOWHERE = f"/ip4/127.0.0.1/udp/1/quic-v1/p2p/{PEER_ID}"


def ends_well(name, client):
    return tap.check(client.code == DONE and client.err == "", name,
                     f"exit code {client.code}\n{client.out}{client.err}")


def node(network, *words, **options):
    """A node that is expected to end at once."""
    return Client([str(network.node_program), *(str(word) for word in words)], network.environment,
                  **options).wait(SECONDS_MAX)


def prints(network):
    for program in (network.node_program, network.client_program):
        name = program.name
        for option, expected in (("--help", "Usage: " + name), ("--version", name + " "),
                                 ("--options", "network.port = 0")):
            client = Client([str(program), option], network.environment).wait(SECONDS_MAX)
            tap.check(client.code == DONE and expected in client.out and client.err == "",
                      f"{name} {option} prints and ends", client.out[:500] + client.err)
        client = Client([str(program), "--version"], network.environment).wait(SECONDS_MAX)
        tap.check(re.search(r"wolfSSL \d+\.\d+\.\d+", client.out),
                  f"{name} --version names the version of wolfSSL", client.out)


def usage(network, folder):
    ends_badly("an unknown option of the client", run(network, "--frobnicate"), USAGE, "frobnicate")
    ends_badly("an unknown option of the node", node(network, "--frobnicate"), USAGE, "frobnicate")
    ends_badly("an unknown command", run(network, "file", "frobnicate"), USAGE, "frobnicate")
    ends_badly("no command", run(network), USAGE, "--help")
    ends_badly("too few arguments", run(network, "file", "download"), USAGE, "usage")
    ends_badly("an unknown configuration key of the client",
               run(network, "--set", "network.prot=1", "node", "info"), USAGE, "network.prot")
    ends_badly("an unknown configuration key of the node",
               node(network, "--set", "network.prot=1"), USAGE, "network.prot")
    ends_badly("a number out of its bounds", node(network, "--port", "65536"), USAGE, "65535")
    ends_badly("a rewards address that is none", node(network, "--rewards-address", "0x12"), USAGE,
               "40 hexadecimal digits")
    ends_badly("a number of log files that is none", node(network, "--max-log-files", "some"), USAGE,
               "--max-log-files")
    ends_badly("a number of seconds that is none", run(network, "--timeout", "soon", "node", "info"),
               USAGE, "--timeout")
    ends_badly("a form of log lines that is none", node(network, "--log-format", "xml"), USAGE, "xml")
    config = folder / "wrong.conf"
    config.write_text("# comment\nnetwork.port = 0\nnetwork.prot = 1\n")
    refused = node(network, "--config", config)
    lines = refused.err.splitlines()
    tap.check(refused.code == USAGE and "network.prot" in lines[0] and "line 3" in lines[-1],
              "an unknown key in a configuration file is named, with its line", refused.err)
    config.write_text("#" + "-" * 8190 + "network.prot = 1\n")
    ends_badly("a line of a configuration file that is too long is not read as two",
               node(network, "--config", config), USAGE, "line 1: a line has at most 8190")
    ends_badly("a configuration file that is not there",
               node(network, "--config", folder / "missing.conf"), USAGE, "missing.conf")
    ends_badly("a peer address that is malformed",
               run(network, "node", "info", peers=["/ip4/1.2.3/udp/x"]), USAGE, "/ip4/1.2.3/udp/x")
    ends_badly("an address of a file that is malformed",
               run(network, "file", "download", "xyz", folder / "x"), USAGE, "xyz")
    ends_badly("an address that is too short",
               run(network, "file", "download", "ab" * 31, folder / "x"), USAGE, "64 hexadecimal")
    ends_badly("an address of a chunk that is malformed", run(network, "chunk", "get", "xyz"), USAGE,
               "xyz")


def local_trouble(network, folder):
    ends_badly("a missing file", run(network, "file", "upload", folder / "missing"), LOCAL,
               "missing")
    ends_badly("a device in place of a file", run(network, "file", "upload", "/dev/null"), USAGE,
               "/dev/null")
    ends_badly("a missing file as a chunk", run(network, "chunk", "put", folder / "missing"), LOCAL,
               "missing")
    for size in range(3):
        tiny = random_file(folder / f"tiny-{size}", size)
        ends_badly(f"a file of {size} bytes", run(network, "file", "upload", "--public", tiny), USAGE,
                   "chunk put")
    ends_badly("a root directory that cannot be one", node(network, "--root-dir", "/dev/null/x"),
               LOCAL, "/dev/null")
    first = network.nodes[0]
    ends_badly("a second node in the same root directory",
               node(network, "--root-dir", first.root, "--local", "--log-output-dest", folder), LOCAL,
               str(first.root))
    port = int(re.search(r"/udp/(\d+)/", first.address)[1])
    ends_badly("a port in use", node(network, "--root-dir", folder / "port", "--local", "--first",
                                     "--port", port), LOCAL, str(port))
    large = random_file(folder / "large", (4 << 20) + 33)
    ends_badly("a chunk that is too large", run(network, "chunk", "put", large), USAGE, "file upload")


def wrong_networks(network, folder):
    ends_badly("a network that cannot be reached",
               run(network, "file", "upload", "--public", network.file, peers=[NOWHERE]), NETWORK,
               "peer")
    ends_badly("a node that cannot be asked", run(network, "node", "info", peers=[NOWHERE]), NETWORK)
    ends_badly("another network id",
               run(network, "--network-id", "7", "node", "info"), NETWORK, "another network")
    ends_badly("an upload to a network with another id",
               run(network, "--network-id", "7", "file", "upload", network.file), NETWORK)
    root = folder / "of-network-5"
    words = ["--root-dir", root, "--local", "--first", "--log-output-dest", folder]
    process = subprocess.Popen([str(network.node_program), *map(str, words), "--network-id", "5"],
                               stdout=subprocess.PIPE, text=True, env=network.environment)
    process.stdout.readline()
    time.sleep(0.2)
    process.terminate()
    process.communicate()
    ends_badly("a root directory of another network", node(network, *words, "--network-id", "6"),
               LOCAL, str(root), "network")
    ends_badly("a node that must verify payments and cannot",
               node(network, "--root-dir", folder / "paid", "--first", "--payments", "on",
                    "--log-output-dest", folder), USAGE, "payments")


def commands(network, folder):
    public = answer(network, "file upload --public --json prints JSON", "file", "upload", "--public",
                    network.file)
    tap.check(len(public.get("address", "")) == 64 and public["bytes_sent"] > public["bytes"],
              "it has the address and what was sent", public)
    network.address = public["address"]
    private = answer(network, "file upload --json prints JSON", "file", "upload", network.file)
    text = run(network, "file", "upload", "--public", network.file)
    ends_well("file upload --public", text)
    tap.check(f"At address: {network.address}" in text.out, "it prints the same address", text.out)
    back = folder / "back"
    answer(network, "file download --json prints JSON", "file", "download", network.address, back)
    tap.check(same(network.file, back), "the bytes are those of the file")
    ends_badly("a download to a file that is there", run(
        network, "file", "download", network.address, back), LOCAL, str(back))
    ends_well("file download --replace", run(
        network, "file", "download", "--replace", private["data_map"], back))
    tap.check(same(network.file, back), "a data map gives the bytes of the file")
    ends_badly("a download into a folder that is not there", run(
        network, "file", "download", network.address, folder / "no/back"), LOCAL, str(folder / "no"))
    ends_badly("a file that nobody has", run(
        network, "file", "download", "ab" * 32, folder / "none"), NOT_FOUND, "ab" * 32)
    small = random_file(folder / "small", 1000)
    put = answer(network, "chunk put --json prints JSON", "chunk", "put", small)
    ends_well("chunk get", run(network, "chunk", "get", put["address"], folder / "chunk"))
    tap.check(same(small, folder / "chunk"), "the bytes are those of the chunk")
    ends_badly("a chunk that nobody has", run(network, "chunk", "get", "cd" * 32), NOT_FOUND,
               "cd" * 32)
    failure = run(network, "chunk", "get", "--json", "cd" * 32)
    tap.check(read(failure).get("error"), "a failure with --json has the name of the error", failure.out)
    info = answer(network, "node info --json prints JSON", "node", "info", peers=[network.nodes[1].address])
    tap.check(info.get("peer") == network.nodes[1].peer_id, "it has the id of the peer", info)
    peers = answer(network, "node peers --json prints JSON", "node", "peers")
    tap.check(len(peers.get("peers", [])) == NODES - 1, "it has all peers of the node", peers)
    ends_well("node info", run(network, "node", "info"))
    ends_well("node peers", run(network, "node", "peers"))
    buckets = answer(network, "node buckets --json prints JSON", "node", "buckets")
    tap.check(buckets and {p["id"] for p in buckets["peers"]} >= {p["id"] for p in peers["peers"]}
              and all(0 <= p["bucket"] <= 255 and p["address"] for p in buckets["peers"]),
              "node buckets tells the table with buckets and addresses", buckets)
    ends_well("node buckets", run(network, "node", "buckets"))


def progress(network):
    plain = network.run("file", "upload", network.file, timeout=SECONDS_MAX)
    tap.check("Uploading" in plain.err and "100 %" in plain.err and "\r" not in plain.err,
              "without a terminal progress is plain lines", plain.err)
    shown = shown_on_terminal(network, "xterm")
    tap.check(b"\r" in shown and b"[" in shown and b"/s" in shown,
              "on a terminal progress is a bar with a rate", shown[-500:])
    shown = shown_on_terminal(network, "dumb")
    tap.check(b"100 %" in shown and b"\033" not in shown,
              "on a terminal that cannot clear a line progress is plain lines", shown[-500:])


def shown_on_terminal(network, kind):
    master, slave = os.openpty()
    process = subprocess.Popen(network.command("file", "upload", network.file), stderr=slave,
                               stdout=subprocess.DEVNULL, env=network.environment | {"TERM": kind})
    os.close(slave)
    shown = b""
    try:
        while piece := os.read(master, 4096):
            shown += piece
    except OSError:
        pass  # how a terminal ends whose last writer is gone
    os.close(master)
    process.wait()
    return shown


def tiny_disk(folder):
    """A file system of 1 MiB, or None where that cannot be made."""
    disk = folder / "tiny-disk"
    disk.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)],
                          capture_output=True, check=False)
    return disk if done.returncode == 0 else None


def limit_files():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))


def full_disk(network, folder):
    disk = tiny_disk(folder)
    try:
        if disk is not None:
            target, preexec = disk / "back", None
        else:
            target, preexec = folder / "too-large", limit_files
        ends_badly("a download to a disk that is full", run(
            network, "file", "download", network.address, target, preexec=preexec), LOCAL)
        if disk is not None:
            for left in disk.iterdir():
                left.unlink()
            (disk / "filler").write_bytes(bytes((1 << 20) - 8192))
            ends_badly("a node on a disk that is full", node(
                network, "--root-dir", disk / "root", "--local", "--first", "--log-output-dest",
                folder), LOCAL)
    finally:
        if disk is not None:
            subprocess.run(["umount", "-l", str(disk)], check=False)


def interrupted(network, folder):
    large = random_file(folder / "interrupted", 64 << 20)
    client = network.client("file", "upload", "--quiet", large, data=folder / "interrupted-data")
    await_path(folder, "interrupted-data/**/upload-*.journal")
    client.process.send_signal(signal.SIGINT)
    started = time.monotonic()
    client.wait(SECONDS_MAX)
    ends_badly("SIGINT during an upload", client, INTERRUPTED)
    tap.check(time.monotonic() - started < 10, "it ends soon after the signal")


def wait_until_stored(network, address):
    for candidate in network.nodes:
        if address in "".join(str(p) for p in candidate.root.rglob("chunks/*/*")):
            return candidate
    return None


def restart(network, folder):
    content = random_file(folder / "kept", 1 << 20)
    address = run(network, "chunk", "put", "--json", content).json()["address"]
    holder = wait_until_stored(network, address)
    if not tap.check(holder is not None, "a node has a file of the chunk that was put", address):
        return
    peer_id = holder.peer_id
    holder.process.terminate()
    code = holder.process.wait(SECONDS_MAX)
    tap.check(code == 0 and "Node stopped" in holder.text(), "SIGTERM ends a node in order",
              f"exit code {code}\n{holder.text()}")
    others = [n for n in network.nodes if n is not holder]
    holder.options = ("--peer", others[0].address)
    holder.start()
    holder.wait_for("Connected to the network")
    tap.check(holder.peer_id == peer_id, "it has the same peer id after a restart", holder.text())
    for other in others:
        other.kill()
    got = run(network, "chunk", "get", address, folder / "kept-back", peers=[holder.address])
    tap.check(got.code == DONE and same(content, folder / "kept-back"),
              "it alone still has what it had stored", got.err)


def test(network, folder):
    network.file = random_file(folder / "file", 3_000_000)
    prints(network)
    usage(network, folder)
    commands(network, folder)
    progress(network)
    local_trouble(network, folder)
    wrong_networks(network, folder)
    full_disk(network, folder)
    interrupted(network, folder)
    restart(network, folder)


perform("cli", test)
