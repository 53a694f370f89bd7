#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vectors' runner fails on folders and files that are not as they should be.

test_runner.py RUNNER FOLDER_OF_VECTORS
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tap import Tap

tap = Tap()
RUNNER, VECTORS = Path(sys.argv[1]), Path(sys.argv[2])


def run(files, *arguments):
    """What the runner says of a folder with these files: its status and its output."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            (Path(folder) / name).write_text(text)
        done = subprocess.run([RUNNER, *arguments, folder], capture_output=True, text=True,
                              timeout=300, check=False)
        return done.returncode, done.stdout


hashes = json.loads((VECTORS / "hashes.json").read_text())


def with_cases(cases, **more):
    return json.dumps({**hashes, "cases": cases, **more})


few = [case for case in hashes["cases"] if case["kind"] == "content_parts"][:3]

status, text = run({"hashes.json": with_cases(few)})
tap.check(status == 0 and "hashes.json: 3 passed, 0 failed" in text, "good cases pass", text)

other = {**few[0], "name": few[1]["name"]}
status, text = run({"hashes.json": with_cases([other])})
tap.check(status == 1 and few[0]["id"] in text, "a corrupted case fails and is named", text)

for what, files in {
        "a folder without files": {},
        "a file without a case": {"hashes.json": with_cases([])},
        "a file of another format": {"hashes.json": with_cases(few, format=2)},
        "a file with an unknown member": {"hashes.json": with_cases(few, more=1)},
        "a file that is no JSON": {"hashes.json": with_cases(few)[:-1]},
        "an unknown kind": {"hashes.json": with_cases(few + [{"kind": "x", "id": "x"}])},
        "a kind of another file": {"other.json": with_cases([{"kind": "order", "id": "x"}])},
        "a case without a kind": {"hashes.json": with_cases(few + [{"id": "x"}])},
        "a case without an id": {"hashes.json": with_cases([{"kind": "content_parts"}])},
        "an unknown field": {"hashes.json": with_cases([{**few[0], "more": None}])},
        "one bad file among good ones": {"hashes.json": with_cases(few), "x.json": "{}"},
}.items():
    status, text = run(files)
    tap.check(status == 1, f"{what} fails", text)

status, text = run({"hashes.json": with_cases(few)}, "--only", "no such kind")
tap.check(status == 1, "a kind that no file has fails", text)

deferred = [{"kind": "evm_call", "id": "a"}]
status, text = run({"payments.json": with_cases(deferred)})
tap.check(status == 0 and "1 deferred" in text, "deferred cases are counted apart", text)

tap.done()
