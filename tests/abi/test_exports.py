#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the shared library exports is what the version script names is what the headers declare.

    test_exports.py LIBRARY SYMBOLS INCLUDE_FOLDER
"""

import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tap import Tap  # noqa: E402

LIBRARY, SYMBOLS, INCLUDE = sys.argv[1:4]


def exported():
    listed = subprocess.run(["nm", "-D", "--defined-only", LIBRARY], capture_output=True, text=True,
                            check=True).stdout
    kinds = re.findall(r"^\w* ?([A-Za-z]) ([^@\s]+)", listed, flags=re.M)
    return {name for kind, name in kinds if kind != "A"}  # A: the version nodes themselves


def scripted():
    text = re.sub(r"/\*.*?\*/|#[^\n]*", "", Path(SYMBOLS).read_text(), flags=re.S)
    return set(re.findall(r"\b(autonomi_\w+);", text))


def declared():
    names = set()
    for header in Path(INCLUDE).rglob("*.h"):
        text = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.S)
        names |= set(re.findall(r"^AUTONOMI_API\b[^;]*?\b(autonomi_\w+)\s*\(", text, flags=re.M))
    return names


def main():
    tap = Tap()
    library, script, headers = exported(), scripted(), declared()
    tap.check(len(library) > 0, "the library exports something")
    tap.check(library == script, "nm -D is the version script", sorted(library ^ script))
    tap.check(script == headers, "the version script is what the headers declare",
              sorted(script ^ headers))
    tap.done()


main()
