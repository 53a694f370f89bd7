# SPDX-License-Identifier: GPL-3.0-or-later
"""A network of real autonomi-node processes on this machine, and clients that use it.

Every node gets a free port and a root directory below one folder. Whatever happens to the process
that started them, nodes that are not kept die with it.
"""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 15
PEERS_MAX = 20  # more than the widest bucket would show nothing new
LOOK_SECONDS = 0.01
TICKS = os.sysconf("SC_CLK_TCK")
PR_SET_PDEATHSIG = 1

libc = ctypes.CDLL(None, use_errno=True)


class Failure(Exception):
    """One sentence for people."""


def die_with_parent():
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def core_seconds(pid):
    """User and system time of a process, of all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def pss_bytes(pid):
    """Its memory, where a page that n processes share counts as 1/n."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise Failure("this kernel does not tell the memory of a process in smaps_rollup")


def peak_bytes(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def is_node(pid, folder):
    """Whether `pid` is a node whose root directory lies in `folder`: pids are used again."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return words[0].endswith(b"autonomi-node") and any(
        word.startswith(os.fsencode(str(folder)) + b"/") for word in words)


class Watch(threading.Thread):
    """Follows the peak memory of a process until it ends. The `ru_maxrss` of a child would count
    what its parent had before exec."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid = pid
        self.peak = 0
        self.over = threading.Event()
        self.start()

    def run(self):
        while not self.over.is_set():
            try:
                self.peak = max(self.peak, peak_bytes(self.pid))
            except OSError:
                return
            self.over.wait(LOOK_SECONDS)


class Client:
    """A client process; `wait` gives its exit code, what it printed and what it cost."""

    def __init__(self, command, environment, show_progress=False, preexec=None, cwd=None):
        def prepare():
            die_with_parent()
            if preexec is not None:
                preexec()

        self.started = time.monotonic()
        self.first_output = threading.Event()
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, cwd=cwd,
            stderr=None if show_progress else subprocess.PIPE, text=True, preexec_fn=prepare)
        self.watch = Watch(self.process.pid)
        self.out, self.err = "", ""
        # Both pipes are drained by threads, so that wait4 alone collects the process and its times.
        self.readers = [self.reader(name) for name in ("stdout", "stderr")]

    def kill(self):
        """kill -9. Popen's own would collect a process that has ended, and `wait` find none."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid, signal.SIGKILL)

    def wait(self, timeout=None):
        timer = threading.Timer(timeout, self.kill) if timeout else None
        if timer:
            timer.start()
        try:
            _, status, usage = os.wait4(self.process.pid, 0)
        except BaseException:
            self.kill()
            raise
        finally:
            if timer:
                timer.cancel()
            self.watch.over.set()
        self.seconds = time.monotonic() - self.started
        self.code = self.process.returncode = os.waitstatus_to_exitcode(status)
        for reader in self.readers:
            reader.join()
        self.core_seconds = usage.ru_utime + usage.ru_stime
        self.watch.join()
        self.peak_bytes = self.watch.peak
        return self

    def reader(self, name):
        stream = getattr(self.process, name)

        def drain():
            if stream is not None:
                text = stream.read(1)
                if name == "stdout":
                    self.first_output.set()
                setattr(self, "out" if name == "stdout" else "err", text + stream.read())
                stream.close()

        thread = threading.Thread(target=drain, daemon=True)
        thread.start()
        return thread

    def json(self):
        if self.code != 0:
            raise Failure((self.err or self.out or f"it ended with {self.code}").strip())
        return json.loads(self.out)


class Node:
    def __init__(self, network, number, options):
        self.network = network
        self.number = number
        self.root = network.folder / f"node-{number}"
        self.options = options
        self.process = None

    def start(self):
        self.root.mkdir(exist_ok=True)
        self.output = self.root / "output"
        command = [str(self.network.node_program), "--root-dir", str(self.root), "--local",
                   *self.options]
        with open(self.output, "wb") as output:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                env=self.network.environment, start_new_session=True,
                preexec_fn=None if self.network.keep else die_with_parent)
        self.pid = self.process.pid

    def text(self):
        return self.output.read_text(errors="replace")

    def line_after(self, prefix):
        """What follows `prefix`; None before the node has written that line to its end."""
        for line in self.text().rpartition("\n")[0].splitlines():
            if line.startswith(prefix):
                return line[len(prefix):]
        return None

    @property
    def address(self):
        return self.line_after("Listening on ")

    @property
    def peer_id(self):
        return self.line_after("PeerId is ")

    def is_up(self):
        return self.process is not None and self.process.poll() is None

    def wait_for(self, prefix, seconds=START_SECONDS):
        end = time.monotonic() + seconds
        while self.line_after(prefix) is None:
            if not self.is_up():
                raise Failure(f"node {self.number} ended: {self.text().strip()}")
            if time.monotonic() > end:
                raise Failure(f"node {self.number} did not say \"{prefix.strip()}\" within "
                              f"{seconds} seconds")
            time.sleep(0.02)

    def kill(self):
        if self.is_up():
            self.process.kill()
            self.process.wait()


class Network:
    def __init__(self, folder, build, keep=False):
        self.folder = Path(folder).resolve()
        self.programs = Path(build).resolve() / "tools"
        self.node_program = self.programs / "autonomi-node"
        self.client_program = self.programs / "autonomi"
        for program in (self.node_program, self.client_program):
            if not program.exists():
                raise Failure(f"there is no {program}; scripts/build makes it")
        self.keep = keep
        self.nodes = []
        # Nothing of the user's is read or written.
        self.environment = {name: value for name, value in os.environ.items()
                            if name != "ANT_PEERS"}
        self.environment["XDG_DATA_HOME"] = str(self.folder / "client-data")

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if not self.keep or kind is not None:
            self.stop()

    def add(self, *options):
        node = Node(self, len(self.nodes), options)
        self.nodes.append(node)
        node.start()
        return node

    def start(self, count, *options):
        """The first node, then all others at once; returns when every routing table is full."""
        first = self.add("--first", *options)
        first.wait_for("Listening on ")
        for _ in range(count - 1):
            self.add("--peer", first.address, *options)
        for node in self.nodes:
            node.wait_for("Connected to the network")
        self.wait_for_tables(min(count - 1, PEERS_MAX))

    def restart(self, node):
        """A node that was killed comes back with its root directory, at another port."""
        known = self.addresses(1)
        node.options = ("--peer", known[0]) if known else ("--first",)
        node.start()

    def restart_all(self):
        """All nodes, where none is left."""
        for node in self.nodes:
            if node.process is not None:
                node.process.wait()
        for node in self.nodes:
            self.restart(node)
            if node is self.nodes[0]:
                node.wait_for("Listening on ")
        for node in self.nodes:
            node.wait_for("Connected to the network")
        self.wait_for_tables(min(len(self.nodes) - 1, PEERS_MAX))

    def wait_for_tables(self, wanted, seconds=START_SECONDS):
        end = time.monotonic() + seconds
        waiting = [node for node in self.nodes if node.is_up()]
        while waiting:
            waiting = [node for node in waiting if self.peer_count(node) < wanted]
            if time.monotonic() > end:
                raise Failure(f"{len(waiting)} nodes know fewer than {wanted} peers after {seconds} "
                              "seconds")
            if waiting:
                time.sleep(0.1)

    def peer_count(self, node):
        client = self.run("node", "peers", "--json", peers=[node.address])
        return len(client.json()["peers"]) if client.code == 0 else 0

    def addresses(self, count=3):
        """Of the first nodes that listen. One that has just been started does not yet."""
        listening = (node.address for node in self.nodes if node.is_up())
        return [address for address in listening if address is not None][:count]

    def command(self, *words, peers=None):
        named = [word for address in (self.addresses() if peers is None else peers)
                 for word in ("--peer", address)]
        return [str(self.client_program), "--local", *named, *(str(word) for word in words)]

    def client(self, *words, peers=None, data=None, **options):
        """Starts a client; `data` is a data folder of its own."""
        environment = dict(self.environment)
        if data is not None:
            environment["XDG_DATA_HOME"] = str(data)
        return Client(self.command(*words, peers=peers), environment, **options)

    def run(self, *words, timeout=None, **options):
        return self.client(*words, **options).wait(timeout)

    def core_seconds(self):
        return sum(core_seconds(node.pid) for node in self.nodes if node.is_up())

    def pss(self):
        return [pss_bytes(node.pid) for node in self.nodes if node.is_up()]

    def stop(self):
        """Ends all nodes in order, and what does not end by itself in the end by force."""
        for node in self.nodes:
            if node.is_up():
                node.process.terminate()
        end = time.monotonic() + STOP_SECONDS
        for node in self.nodes:
            try:
                if node.process is not None:
                    node.process.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                node.kill()


def end_on_signals():
    """Signals that end a script do it by an exception, so that what it started is cleared away."""
    def leave(number, _):
        for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(other, signal.SIG_IGN)
        raise SystemExit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)


def random_file(path, size):
    """Bytes that nothing compresses, another file each time."""
    with open(path, "wb") as file:
        for start in range(0, size, 1 << 20):
            file.write(os.urandom(min(1 << 20, size - start)))
    return Path(path)


def same(one, other):
    """Whether two files have the same bytes."""
    with open(one, "rb") as a, open(other, "rb") as b:
        while True:
            left, right = a.read(1 << 20), b.read(1 << 20)
            if left != right:
                return False
            if not left:
                return True
