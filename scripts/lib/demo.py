# SPDX-License-Identifier: GPL-3.0-or-later
"""What scripts/demo does when the programs are built; see there."""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from network import Failure, Network, end_on_signals, is_node, random_file, same

FILE_BYTES = 64 << 20
COPIES = 5
NODE_BYTES = 4 << 20      # key, database and log of a node
HEADERS = 48              # IPv6 and UDP, of every datagram
NODES_MIN, NODES_MAX = COPIES + 1, 500

# What antnode and its client take, both on one two-core machine: 100 MB of random bytes, 25 nodes.
# Times and core-seconds are taken as proportional to the bytes.
GUIDE_BYTES = 100e6
GUIDE = {
    "up_seconds": 7.9, "up_core_seconds": 16.8, "up_memory": 334e6, "up_ratio": 10.7,
    "down_seconds": 2.9, "down_core_seconds": 4.2, "down_memory": 116e6, "down_ratio": 4.0,
    "pss": 13.8e6,
}
PROPORTIONAL = ("up_seconds", "up_core_seconds", "down_seconds", "down_core_seconds")


def arguments():
    parser = argparse.ArgumentParser(prog="demo", add_help=False)
    parser.add_argument("--build", type=Path)
    parser.add_argument("--nodes", type=int, default=25)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--result", type=Path)
    parser.add_argument("--stop", type=Path)
    options = parser.parse_args()
    if not NODES_MIN <= options.nodes <= NODES_MAX:
        raise Failure(f"--nodes can be {NODES_MIN} to {NODES_MAX}: a chunk has {COPIES} copies")
    return options


def say(text):
    print(f"demo: {text}", flush=True)


def megabytes(count):
    return f"{count / 1e6:.1f} MB"


def check_disk(folder, size, nodes, makes_file):
    needed = size * (COPIES + 1 + makes_file) + nodes * NODE_BYTES
    free = shutil.disk_usage(folder).free
    if free < needed * 1.1:
        raise Failure(f"{folder} has {megabytes(free)} free and this needs "
                      f"{megabytes(needed * 1.1)}: set TMPDIR to a larger disk, or use a smaller "
                      "--file")


def synced_write_seconds(folder):
    """The median of five: 4 MiB written to a new file and synced, as a node does with a chunk."""
    block = os.urandom(4 << 20)
    times = []
    for i in range(5):
        path = folder / f"synced-{i}"
        started = time.monotonic()
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(handle, block)
        os.fsync(handle)
        times.append(time.monotonic() - started)
        os.close(handle)
        path.unlink()
    return statistics.median(times)


def hash_rate(build):
    program = build / "tests/bench/bench_crypto"
    if not program.exists():
        return None
    done = subprocess.run([program, "--json"], capture_output=True, text=True, check=False)
    return json.loads(done.stdout)["sha3_256"] if done.returncode == 0 else None


class Step:
    """One client process, and what it made the nodes do."""

    def __init__(self, network, *words):
        before = network.core_seconds()
        client = network.client(*words, "--json", show_progress=True).wait()
        if client.code != 0:
            raise Failure(f"the client ended with exit code {client.code}")
        self.answer = client.json()
        self.seconds = client.seconds
        self.client_core_seconds = client.core_seconds
        self.node_core_seconds = network.core_seconds() - before
        self.memory = client.peak_bytes

    def figures(self, name, size, traffic):
        bytes_on_wire = (self.answer[f"bytes_{traffic}"] +
                         HEADERS * self.answer[f"datagrams_{traffic}"])
        return {
            f"{name}_seconds": self.seconds,
            f"{name}_client_core_seconds": self.client_core_seconds,
            f"{name}_node_core_seconds": self.node_core_seconds,
            f"{name}_core_seconds": self.client_core_seconds + self.node_core_seconds,
            f"{name}_memory": self.memory,
            f"{name}_ratio": bytes_on_wire / size,
        }


def copies_text(chunks):
    parts = [f"{count} with {copies}" for copies, count in reversed(list(enumerate(chunks)))
             if count > 0]
    return ", ".join(parts)


def print_row(name, value, guide=None, ratio=None):
    beside = f"{guide:>12} {ratio:>6.2f}" if guide is not None else ""
    print(f"  {name:<44} {value:>12} {beside}".rstrip())


def print_table(figures):
    size = figures["bytes"]
    scale = {name: size / GUIDE_BYTES if name in PROPORTIONAL else 1 for name in GUIDE}

    def row(name, key, form):
        guide = GUIDE[key] * scale[key] if key in GUIDE else None
        print_row(name, form(figures[key]), form(guide) if guide is not None else None,
                  figures[key] / guide if guide else None)

    def seconds(value):
        return f"{value:.2f} s"

    def plain(value):
        return f"{value:.2f}"

    print(f"\n  {size} bytes, {figures['nodes']} nodes, {os.cpu_count()} processors\n"
          f"  {'':<44} {'here':>12} {'antnode':>12} {'ratio':>6}")
    for name, word, sent in (("up", "store", "sent per byte stored"),
                             ("down", "read", "received per byte read")):
        row(f"{word}: wall time", f"{name}_seconds", seconds)
        row(f"{word}: core-seconds of client and nodes", f"{name}_core_seconds", seconds)
        row(f"{word}: of these the client's", f"{name}_client_core_seconds", seconds)
        row(f"{word}: of these the nodes'", f"{name}_node_core_seconds", seconds)
        row(f"{word}: peak memory of the client", f"{name}_memory", megabytes)
        row(f"{word}: bytes {sent}", f"{name}_ratio", plain)
    row("PSS of a node at rest, mean", "pss", megabytes)
    row("PSS of a node after both, mean (largest)", "pss_after", megabytes)
    print_row("", f"({megabytes(figures['pss_after_max'])})")
    print_row("copies per chunk", copies_text(figures["copies"]))
    if figures["sha3_256"]:
        print_row("this machine: SHA3-256, one core", f"{figures['sha3_256'] / 1e6:.0f} MB/s")
    print_row("this machine: one synced 4 MiB write", f"{figures['synced_write'] * 1e3:.1f} ms")
    print(f"\n  antnode: measured with 100 MB and 25 nodes on another machine of two cores; its times "
          f"and\n  core-seconds are scaled to these {megabytes(size)}. Bytes on the wire count "
          f"{HEADERS} bytes of IPv6\n  and UDP headers for every datagram.", flush=True)


def measure(network, options, folder):
    original = options.file or random_file(folder / "original", FILE_BYTES)
    size = original.stat().st_size
    started = time.monotonic()
    network.start(options.nodes)
    say(f"{options.nodes} nodes know each other after {time.monotonic() - started:.1f} s")
    pss = network.pss()
    up = Step(network, "file", "upload", "--public", original)
    address = up.answer["address"]
    say(f"stored {original.name} ({size} bytes) at {address}")
    copy = folder / "retrieved"
    down = Step(network, "file", "download", address, copy)
    if not same(original, copy):
        raise Failure("the retrieved bytes are not those that were stored")
    say("equal: the retrieved bytes are those that were stored")
    after = network.pss()
    return {"bytes": size, "nodes": options.nodes, "address": address,
            **up.figures("up", size, "sent"), **down.figures("down", size, "received"),
            "pss": statistics.mean(pss), "pss_max": max(pss), "pss_after": statistics.mean(after),
            "pss_after_max": max(after), "copies": up.answer["chunks_with_copies"],
            "sha3_256": hash_rate(options.build), "synced_write": synced_write_seconds(folder)}


def print_kept(network, address):
    pids = network.folder / "pids"
    pids.write_text("".join(f"{node.pid}\n" for node in network.nodes))
    options = " ".join(network.command("PLACE", peers=network.addresses(1))[1:-1])
    program = network.client_program
    print(f"\n  The network is running. Talk to it, for example:\n"
          f"    {program} {options} file upload --public FILE\n"
          f"    {program} {options} file download {address} FILE\n"
          f"    {program} {options} node info\n"
          f"  Stop it and remove its files:\n"
          f"    scripts/demo --stop {network.folder}", flush=True)


def stop_kept(folder):
    folder = folder.resolve()
    try:
        pids = [int(line) for line in (folder / "pids").read_text().split()]
    except (OSError, ValueError):
        raise Failure(f"{folder} is not the folder of a network that scripts/demo kept") from None
    end = time.monotonic() + 15
    for number in (15, 9):
        while any(is_node(pid, folder) for pid in pids) and (number == 15 or end is not None):
            for pid in pids:
                if is_node(pid, folder):
                    os.kill(pid, number)
            time.sleep(0.5)
            if time.monotonic() > end:
                break
    shutil.rmtree(folder)
    say(f"the network in {folder} is stopped, its files are removed")


def run(options):
    if options.file is not None and not options.file.is_file():
        raise Failure(f"there is no file {options.file}")
    size = options.file.stat().st_size if options.file else FILE_BYTES
    check_disk(Path(tempfile.gettempdir()), size, options.nodes, options.file is None)
    folder = Path(tempfile.mkdtemp(prefix="autonomi-demo-")).resolve()
    kept = False
    try:
        with Network(folder, options.build, options.keep) as network:
            figures = measure(network, options, folder)
            kept = options.keep
            print_table(figures)
            if options.result:
                options.result.write_text(json.dumps(figures) + "\n")
            if kept:
                print_kept(network, figures["address"])
    finally:
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)


def main():
    try:
        options = arguments()
        end_on_signals()
        if options.stop:
            stop_kept(options.stop)
        else:
            run(options)
    except Failure as failure:
        print(f"demo: {failure}", file=sys.stderr)
        sys.exit(1)


main()
