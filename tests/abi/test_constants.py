#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The value of every public constant is part of the ABI: constants.txt holds them.

    test_constants.py INCLUDE_FOLDER GOLDEN_FILE [--update]

--update accepts what the headers say now; a changed or removed value breaks old programs.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tap import Tap  # noqa: E402

INCLUDE, GOLDEN = Path(sys.argv[1]), Path(sys.argv[2])
IGNORED = re.compile(r"AUTONOMI_(VERSION_\w+|API|FFI|\w+_H|\w*DEPRECATED\w*)$")


def preprocess(*options):
    text = "".join(f"#include <{h.relative_to(INCLUDE)}>\n" for h in sorted(INCLUDE.rglob("*.h")))
    result = subprocess.run(["cc", "-E", *options, f"-I{INCLUDE}", "-x", "c", "-"], input=text,
                            capture_output=True, text=True, check=True)
    return text, result.stdout


def names():
    _, macros = preprocess("-dM")
    includes, plain = preprocess("-P")
    found = set(re.findall(r"^#define (AUTONOMI_\w+) \S", macros, flags=re.M))
    for body in re.findall(r"\benum\b[^{;]*\{([^}]*)\}", plain):
        found |= set(re.findall(r"\b(AUTONOMI_\w+)\s*(?=[=,]|$)", body.strip()))
    return includes, sorted(n for n in found if not IGNORED.match(n))


def values():
    includes, found = names()
    lines = "".join(f'\tSHOW("{name}", {name});\n' for name in found)
    program = (f'{includes}#include <stdio.h>\n'
               '#define SHOW(name, value) printf(_Generic((value), char *: "%s \\"%s\\"\\n", '
               'default: "%s %lld\\n"), name, _Generic((value), char *: (value), '
               'default: (long long)(value)))\n'
               f'int main(void)\n{{\n{lines}\treturn 0;\n}}\n')
    with tempfile.TemporaryDirectory() as folder:
        binary = Path(folder) / "constants"
        subprocess.run(["cc", "-std=c11", "-w", f"-I{INCLUDE}", "-x", "c", "-", "-o", binary],
                       input=program, text=True, check=True)
        return subprocess.run([binary], capture_output=True, text=True, check=True).stdout


def as_table(text):
    return dict(line.split(" ", 1) for line in text.splitlines() if line)


def main():
    now = values()
    if "--update" in sys.argv:
        GOLDEN.write_text(now)
        return
    tap = Tap()
    golden, current = as_table(GOLDEN.read_text()), as_table(now)
    how = f"accept with: {' '.join(sys.argv[:3])} --update"
    changed = [n for n in golden if n in current and golden[n] != current[n]]
    tap.check(not changed, "no constant changed its value", changed)
    gone = sorted(golden.keys() - current.keys())
    tap.check(not gone, "no constant is gone", gone)
    new = sorted(current.keys() - golden.keys())
    tap.check(not new, "every constant is in constants.txt", "\n".join([*new, how]))
    tap.done()


main()
