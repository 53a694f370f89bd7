# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the command line share: commands on a network of real nodes, and how they end."""

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
sys.path.insert(0, str(ROOT / "scripts/lib"))
from network import Failure, Network, end_on_signals  # noqa: E402
from tap import Tap  # noqa: E402

# docs/operations.md
DONE, USAGE, NOT_FOUND, NETWORK, LOCAL, DAMAGED, INTERRUPTED = 0, 2, 3, 4, 5, 7, 130
NODES = 6
SECONDS_MAX = 120

tap = Tap()


def run(network, *words, **options):
    return network.run("--quiet", *words, timeout=SECONDS_MAX, **options)


def read(client):
    """The JSON object that it printed; {} where it printed none."""
    try:
        value = json.loads(client.out)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def answer(network, name, *words, **options):
    """What a command that must succeed prints with --json."""
    client = run(network, "--json", *words, **options)
    value = read(client)
    tap.check(client.code == DONE and client.err == "" and value, name,
              f"exit code {client.code}\n{client.out}{client.err}")
    return value


def ends_badly(name, client, code, *words):
    """One sentence on stderr, with these words in it, and the exit code that is documented."""
    lines = client.err.splitlines()
    if lines and lines[-1].startswith("Try '"):
        lines.pop()
    program = Path(client.process.args[0]).name
    right = (client.code == code and len(lines) == 1 and lines[0].startswith(program + ": ") and
             all(word in lines[0] for word in words))
    tap.check(right, name, f"exit code {client.code}, not {code}; expected in it: {words}\n"
              f"{client.out}{client.err}")


def fails(network, name, code, *words, **options):
    """A command that must end badly; what became of it."""
    client = run(network, *words, **options)
    ends_badly(name, client, code)
    return client


def await_path(folder, pattern):
    """Waits until there is a path like this, for as long as a command may take."""
    end = time.monotonic() + SECONDS_MAX
    while not any(folder.rglob(pattern)) and time.monotonic() < end:
        time.sleep(0.01)


def perform(name, test):
    """Calls `test` with a network of its own, of the programs in the build folder that the command line
    names, and with an empty folder; then ends the program."""
    end_on_signals()
    folder = Path(tempfile.mkdtemp(prefix=f"autonomi-{name}-")).resolve()
    try:
        with Network(folder, sys.argv[1]) as network:
            network.start(NODES)
            test(network, folder)
    except Failure as failure:
        tap.check(False, "the network runs", failure)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    tap.done()
