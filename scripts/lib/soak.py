# SPDX-License-Identifier: GPL-3.0-or-later
"""What scripts/soak runs (see there); with --short, what the gate runs of it, as TAP."""

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from campaign import USUAL, Campaign
from network import Client, Failure, Network, end_on_signals, random_file, same

ROOT = Path(__file__).resolve().parent.parent.parent
KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
CLIENT_MEMORY_MAX = 200 * MIB
EXIT_USAGE = 2
CLIENT_SECONDS_MAX = 1800
KILL_CYCLES = 200  # of one store, which is then checked as a whole
CHURN_DOWN_SECONDS = 4  # longest time that a killed node stays away


# Scenario, fidelity, nodes and virtual hours of `scale`; 8 GiB of memory are needed.
SCALES = (("join", "messages", 20000, 1), ("churn", "messages", 1000, 24),
          ("join", "datagrams", 1000, 1))


class Run:
    """One run of one name: its folder, and how long it may take."""

    def __init__(self, options, folder):
        self.build = options.build
        self.short = options.short
        self.minutes = options.minutes
        self.campaign = (options.messages, options.datagrams, options.table)
        self.folder = folder
        self.started = time.monotonic()

    def need_disk(self, size):
        free = shutil.disk_usage(self.folder).free
        if free < size:
            raise Failure(f"{self.folder} has {free >> 20} MiB free and this needs {size >> 20}: set "
                          "TMPDIR to a larger disk")

    def network(self, nodes):
        folder = self.folder / "network"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        network = Network(folder, self.build)
        try:
            network.start(nodes)
        except BaseException:
            network.stop()
            raise
        return network

    def rounds(self, usual):
        """Counts rounds: as many as `usual`, or as the minutes allow; one where it is short."""
        number = 0
        while True:
            number += 1
            yield number
            if self.short or (self.minutes is None and number >= usual):
                return
            if self.minutes is not None and time.monotonic() - self.started > self.minutes * 60:
                return


def up(network, path, *options):
    client = network.run("file", "upload", "--public", "--quiet", "--json", path, *options,
                         timeout=CLIENT_SECONDS_MAX)
    return client.json(), client


def down(network, address, path):
    client = network.run("file", "download", "--quiet", "--json", address, path,
                         timeout=CLIENT_SECONDS_MAX)
    client.json()
    return client


def there_and_back(network, original, copy):
    """Stores a file, fetches it, compares; the largest memory of the two clients."""
    answer, sender = up(network, original)
    receiver = down(network, answer["address"], copy)
    if not same(original, copy):
        raise Failure(f"{original.name}: the retrieved bytes are not those that were stored")
    peak = max(sender.peak_bytes, receiver.peak_bytes)
    if peak > CLIENT_MEMORY_MAX:
        raise Failure(f"{original.name}: a client took {peak >> 20} MiB of memory")
    return peak


def refuse_tiny(network, folder):
    for size in range(3):
        client = network.run("file", "upload", "--public", "--quiet",
                             random_file(folder / f"tiny-{size}", size))
        if client.code != EXIT_USAGE or "chunk put" not in client.err:
            raise Failure(f"a file of {size} bytes: exit code {client.code}, \"{client.err.strip()}\"")


def files(run):
    sizes = [3, MIB, 4 * MIB - 1, 4 * MIB, 4 * MIB + 1, 12 * MIB - 1, 12 * MIB, 12 * MIB + 1,
             100 * MIB, GIB]
    if run.short:
        sizes = sizes[:8]
    run.need_disk(sum(sizes) * 5 + 3 * max(sizes))
    peak = 0
    with run.network(8 if run.short else 25) as network:
        refuse_tiny(network, run.folder)
        for size in sizes:
            original = random_file(run.folder / f"original-{size}", size)
            copy = run.folder / "retrieved"
            peak = max(peak, there_and_back(network, original, copy))
            original.unlink()
            copy.unlink()
    return f"{len(sizes)} sizes up to {max(sizes)} bytes equal, 0 to 2 bytes refused, clients took at " \
           f"most {peak / MIB:.0f} MiB"


def one_of_many(run, network, number, stored, operations, sizes):
    """The lines for one client of `clients`, and what must be true when it is done."""
    lines, checks = [], []
    for i in range(operations):
        if (number + i) % 2 == 0:
            path = random_file(run.folder / f"up-{number}-{i}", sizes())
            lines.append(f"up {path}")
            checks.append((path, None))
        else:
            address, original = stored.pop()
            path = run.folder / f"down-{number}-{i}"
            lines.append(f"down {address} {path}")
            checks.append((path, original))
    process = subprocess.Popen(
        [str(run.build / "tests/process/many_operations"), ",".join(network.addresses())],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return process, "".join(line + "\n" for line in lines), checks


def finish_one(process, lines, answers, index):
    try:
        out, err = process.communicate(lines, timeout=CLIENT_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
    answers[index] = (process.returncode, out, err)


def clients(run):
    count, operations, largest, nodes = (4, 2, 4, 8) if run.short else (10, 5, 20, 25)
    chance = random.Random(os.urandom(8))
    total = 0

    def sizes():
        return chance.randrange(MIB, largest * MIB + 1)

    run.need_disk(count * operations * largest * MIB * 8)
    with run.network(nodes) as network:
        stored = []
        for i in range((count * operations + 1) // 2):
            original = random_file(run.folder / f"stored-{i}", sizes())
            stored.append((up(network, original)[0]["address"], original))
        processes = [one_of_many(run, network, n, stored, operations, sizes) for n in range(count)]
        answers = [None] * count
        threads = [threading.Thread(target=finish_one, args=(process, lines, answers, n))
                   for n, (process, lines, _) in enumerate(processes)]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            for process, _, _ in processes:
                if process.poll() is None:
                    process.kill()
        for n, (_, _, checks) in enumerate(processes):
            code, out, err = answers[n]
            if code != 0:
                raise Failure(f"client {n} ended with {code}: {err.strip()}")
            address_of = dict(line.rsplit(" ", 1) for line in out.splitlines())
            for path, original in checks:
                if original is None:
                    original, path = path, run.folder / "retrieved"
                    down(network, address_of[str(original)], path)
                if not same(original, path):
                    raise Failure(f"client {n}: {original.name} came back with other bytes")
                total += original.stat().st_size
                path.unlink()
    return f"{count} clients with {operations} operations each at once, {total / MIB:.0f} MiB, all equal"


def survivors(run):
    nodes, killed, size = (12, 3, 12 * MIB) if run.short else (25, 5, 100 * MIB)
    chance = random.Random(os.urandom(8))
    done = 0
    for done in run.rounds(3):
        run.need_disk(size * 9)
        with run.network(nodes) as network:
            original = random_file(run.folder / "original", size)
            answer, _ = up(network, original)
            chunks = answer["chunks_with_copies"]
            if chunks[5] != answer["chunks"]:
                raise Failure(f"only {chunks[5]} of {answer['chunks']} chunks have 5 copies")
            victims = chance.sample(network.nodes, killed)
            for node in victims:
                node.process.kill()
            for node in victims:
                node.process.wait()
            copy = run.folder / "retrieved"
            copy.unlink(missing_ok=True)
            down(network, answer["address"], copy)
            if not same(original, copy):
                raise Failure("the retrieved bytes are not those that were stored")
    return f"{done} round{'s' * (done > 1)}: every byte came back after kill -9 of {killed} of {nodes} " \
           "nodes"


def changed(run):
    with run.network(8) as network:
        path = run.folder / "same-name"
        printed = []
        for version in range(3):
            random_file(path, 6 * MIB + version)
            shutil.copyfile(path, run.folder / f"version-{version}")
            answer, _ = up(network, path)
            if answer["chunks_with_copies"][5] != answer["chunks"]:
                raise Failure(f"version {version} was not stored in full: "
                              f"{answer['chunks_with_copies']}")
            if answer["address"] in printed:
                raise Failure("another content has the same address")
            printed.append(answer["address"])
        for version, address in enumerate(printed):
            copy = run.folder / f"retrieved-{version}"
            down(network, address, copy)
            if not same(copy, run.folder / f"version-{version}"):
                raise Failure(f"version {version} came back with other bytes")
    return "3 contents under one name, each stored in full, each address gives its own bytes"


def program(run, path, *arguments, environment=None, timeout=None):
    """Runs one of the test programs; its output, or a failure with the end of it."""
    if not Path(path).exists():
        raise Failure(f"there is no {path}")
    client = Client([str(path), *arguments], {**os.environ, **(environment or {})},
                    cwd=run.folder).wait(timeout)
    if client.code != 0:
        text = "\n".join(line for line in (client.out + client.err).splitlines()
                         if not line.startswith("ok"))
        raise Failure(f"{Path(path).name} ended with {client.code}\n{text[-2000:]}")
    return client.out


def kill_writers(run):
    """A storage process that is killed while it writes; how many times it was. In turn it writes records
    that are new, and versions that replace each other."""
    done = 0
    for number in run.rounds(50):
        program(run, run.build / ("tests/store_test_recover" if number % 2 else "tests/store_test_merge"),
                environment={"AN_KILL_CYCLES": str(KILL_CYCLES), "TMPDIR": str(run.folder),
                             "CK_RUN_CASE": "kill -9"})
        done += KILL_CYCLES
    return done


def kill_networks(run):
    """All nodes are killed the moment a client says "stored"; how often they were, and the chunks."""
    rounds, nodes, size = (2, 8, 6 * MIB) if run.short else (20, 25, 12 * MIB)
    stored = []
    chunks = 0
    with run.network(nodes) as network:
        for number in range(rounds):
            original = random_file(run.folder / f"original-{number}", size)
            client = network.client("file", "upload", "--public", "--quiet", "--json", original)
            client.first_output.wait(CLIENT_SECONDS_MAX)
            for node in network.nodes:
                node.process.kill()
            answer = client.wait(CLIENT_SECONDS_MAX).json()
            stored.append((answer["address"], original))
            chunks += answer["chunks"]
            network.restart_all()
            for address, expected in stored:
                copy = run.folder / "retrieved"
                copy.unlink(missing_ok=True)
                down(network, address, copy)
                if not same(expected, copy):
                    raise Failure(f"{expected.name} came back with other bytes")
    return rounds, nodes, chunks


def kill(run):
    cycles = kill_writers(run)
    rounds, nodes, chunks = kill_networks(run)
    return f"{cycles} times kill -9 of a writing process, {rounds} times of all {nodes} nodes when a " \
           f"client said \"stored\" ({chunks} chunks): nothing that was acknowledged was lost"


class Churn:
    """A network whose nodes are killed and come back while clients write and read."""

    def __init__(self, run, network, seconds):
        self.run = run
        self.network = network
        self.end = time.monotonic() + seconds
        self.lock = threading.Lock()
        self.stored = []
        self.kills = self.writes_refused = self.reads = self.reads_failed = 0
        self.failures = []

    def going_on(self):
        return time.monotonic() < self.end and not self.failures

    def kill_and_restart(self):
        """Two nodes at a time. A child dies with the thread that started it: call it in one that stays."""
        chance = random.Random(os.urandom(8))
        while self.going_on():
            victims = chance.sample(self.network.nodes, 2)
            for node in victims:
                node.kill()
                self.kills += 1
            for node in victims:
                time.sleep(chance.uniform(0, CHURN_DOWN_SECONDS))
                self.network.restart(node)
            for node in victims:
                node.wait_for("Connected to the network")

    def write(self, number):
        """A writer that was refused has no promise; what it was promised must be there at the end."""
        chance = random.Random(os.urandom(8))
        written = 0
        while self.going_on():
            original = random_file(self.run.folder / f"original-{number}-{written}",
                                   chance.randrange(3, 2 * MIB))
            written += 1
            client = self.network.run("file", "upload", "--public", "--quiet", "--json", original,
                                      data=self.run.folder / f"data-{number}",
                                      timeout=CLIENT_SECONDS_MAX)
            with self.lock:
                if client.code == 0:
                    self.stored.append((client.json()["address"], original))
                else:
                    self.writes_refused += 1

    def read(self, number):
        chance = random.Random(os.urandom(8))
        while self.going_on():
            with self.lock:
                chosen = chance.choice(self.stored) if self.stored else None
            if chosen is None:
                time.sleep(0.1)
                continue
            copy = self.run.folder / f"retrieved-{number}"
            copy.unlink(missing_ok=True)
            client = self.network.run("file", "download", "--quiet", chosen[0], copy,
                                      timeout=CLIENT_SECONDS_MAX)
            self.reads += 1
            if client.code != 0:
                self.reads_failed += 1
            elif not same(chosen[1], copy):
                raise Failure(f"{chosen[1].name} came back with other bytes")

    def guarded(self, work, *arguments):
        try:
            work(*arguments)
        except Exception as failure:
            self.failures.append(failure)

    def perform(self):
        works = [(self.write, 0), (self.write, 1), (self.read, 0)]
        threads = [threading.Thread(target=self.guarded, args=work) for work in works]
        for thread in threads:
            thread.start()
        self.guarded(self.kill_and_restart)
        for thread in threads:
            thread.join()
        if self.failures:
            raise Failure(str(self.failures[0])) from self.failures[0]
        if not self.stored:
            raise Failure("no file was stored")


def churn(run):
    nodes = 25
    seconds = 60 * (1 if run.short else run.minutes or 10)
    run.need_disk(int(seconds) * 16 * MIB)
    with run.network(nodes) as network:
        work = Churn(run, network, seconds)
        work.perform()
        for address, original in work.stored:
            copy = run.folder / "retrieved"
            copy.unlink(missing_ok=True)
            down(network, address, copy)
            if not same(original, copy):
                raise Failure(f"{original.name} came back with other bytes")
    return f"{nodes} nodes, {work.kills} times kill -9 and restart, {len(work.stored)} files stored " \
           f"({work.writes_refused} refused), {work.reads} read meanwhile ({work.reads_failed} " \
           f"failed), all stored files came back at the end"


def fuzz(run):
    minutes = [] if run.minutes is None else ["--minutes", str(run.minutes)]
    out = program(run, ROOT / "scripts/fuzz", *minutes)
    counts = [int(n) for n in re.findall(r"(\d+) executions", out)]
    seconds = sum(int(n) for n in re.findall(r"(\d+) s of a processor", out))
    return f"{len(counts)} targets, {sum(counts)} executions in {seconds} s of a processor, no finding"


def faults(run):
    build = run.build if run.short else ROOT / "build-check"
    programs = sorted(build.glob("tests/fault/fault_*"))
    programs = [p for p in programs if p.is_file() and os.access(p, os.X_OK)]
    if not programs:
        raise Failure(f"there is no program in {build}/tests/fault")
    tests = 0
    for path in programs:
        out = program(run, path, environment={
            "AUTONOMI_SOAK": "1", "TMPDIR": str(run.folder), "CK_DEFAULT_TIMEOUT": "7200"})
        tests += len(re.findall(r"^ok ", out, flags=re.M))
    return f"{len(programs)} programs, {tests} complete loops of failing calls"


def simulations(run):
    sim = run.build / "tests/sim/sim"
    names = [line.split()[0] for line in program(run, sim, "--list").splitlines() if line.strip()]
    nodes = "20" if run.short else "50"
    names = names[:1] if run.short else names
    done = 0
    for done in run.rounds(1):
        for name in names:
            seed = str(int.from_bytes(os.urandom(4), "big"))
            try:
                program(run, sim, "--scenario", name, "--nodes", nodes, "--seed", seed)
            except Failure as failure:
                raise Failure(f"scenario {name} with {nodes} nodes and seed {seed}: {failure}") \
                    from None
    return f"{done} round{'s' * (done > 1)} of {len(names)} scenarios with {nodes} nodes, every invariant " \
           "held"


def scale(run):
    """Networks that are large, or live long, each a run with a new seed."""
    sim, seed = run.build / "tests/sim/sim", str(int.from_bytes(os.urandom(4), "big"))
    told = []
    for scenario, fidelity, nodes, hours in SCALES:
        size = (nodes // 100, 1) if run.short else (nodes, hours)
        arguments = ["--scenario", scenario, "--fidelity", fidelity, "--nodes", str(size[0]),
                     "--hours", str(size[1]), "--seed", seed]
        out = program(run, sim, *arguments, "--timing")
        timing = re.search(r"^timing: ([0-9.]+) s of CPU.* (\d+) KiB for each of", out, re.M)
        disks = re.search(r"disks: (\d+) KiB", out)
        if timing is None or disks is None:
            raise Failure(f"sim {' '.join(arguments)} printed no timing\n{out[-2000:]}")
        told.append(f"{size[0]} nodes for {size[1]} h over {fidelity} ({scenario}) in {timing[1]} s of a "
                    f"processor and {timing[2]} KiB a node, of which {int(disks[1]) // size[0]} on its disk")
    return f"seed {seed}: {'; '.join(told)}; every invariant held"


def campaign(run):
    messages, datagrams, table = run.campaign
    return Campaign(run.build / "tests/sim/sim", {"messages": messages, "datagrams": datagrams},
                    table).perform()


NAMES = {
    "files": (files, "5 min", "all file sizes up to 1 GiB, there and back"),
    "clients": (clients, "2 min", "10 clients with 5 operations each at once"),
    "survivors": (survivors, "1 min", "kill -9 of 5 of 25 nodes, then read everything"),
    "changed": (changed, "5 s", "a file that changed under the same name"),
    "kill": (kill, "15 min", "kill -9 of a writing process, 10,000 times, and of whole networks"),
    "churn": (churn, "10 min", "writes and reads while nodes are killed and come back"),
    "fuzz": (fuzz, "3 h", "every parser, until nothing new is covered"),
    "faults": (faults, "10 min", "every n-th file operation, SQLite call and allocation fails"),
    "campaign": (campaign, "10 min", "faults drawn from new seeds in networks, until --messages N, --datagrams N"),
    "scale": (scale, "3 h", "20,000 nodes for an hour, 1,000 for a day, 1,000 over QUIC for an hour"),
    "simulations": (simulations, "40 min", "every scenario with 50 nodes and a new seed"),
}


def print_names():
    for name, (_, usual, description) in NAMES.items():
        print(f"{name:<12} {usual:>6}  {description}")


def perform(name, options):
    """Whether it passed, and its one line (more where it failed)."""
    folder = Path(tempfile.mkdtemp(prefix=f"autonomi-{name}-")).resolve()
    started = time.monotonic()
    try:
        text, passed = NAMES[name][0](Run(options, folder)), True
    except Failure as failure:
        text, passed = str(failure), False
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return passed, f"{name}: {text} ({time.monotonic() - started:.0f} s)"


def main():
    parser = argparse.ArgumentParser(prog="soak")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--build", type=lambda text: Path(text).resolve(), default=ROOT / "build")
    parser.add_argument("--messages", type=int, default=USUAL["messages"])
    parser.add_argument("--datagrams", type=int, default=USUAL["datagrams"])
    parser.add_argument("--table", type=lambda text: Path(text).resolve())
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    if options.list:
        print_names()
        return 0
    names = list(NAMES) if options.names == ["all"] else options.names
    for name in names:
        if name not in NAMES:
            print(f"soak: there is no \"{name}\"; take some of: {' '.join(NAMES)}", file=sys.stderr)
            return EXIT_USAGE
    end_on_signals()
    failed = 0
    for number, name in enumerate(names, 1):
        passed, text = perform(name, options)
        failed += not passed
        if options.short:
            first, _, rest = text.partition("\n")
            print(f"{'ok' if passed else 'not ok'} {number} - {first}")
            for line in rest.splitlines():
                print("# " + line)
        else:
            print(("passed " if passed else "FAILED ") + text, flush=True)
    if options.short:
        print(f"1..{len(names)}")
    return 1 if failed else 0


sys.exit(main())
