#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each public header compiles alone, as C11 and as C++17, and as input for a binding generator.

    test_headers.py INCLUDE_FOLDER
"""

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tap import Tap  # noqa: E402

INCLUDE = Path(sys.argv[1])
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Wundef", "-Werror", "-fsyntax-only"]
COMPILERS = {
    "C11": ["cc", "-std=c11", "-Wstrict-prototypes", *STRICT, "-x", "c"],
    "C++17": ["c++", "-std=c++17", *STRICT, "-x", "c++"],
}


def compile_text(command, text):
    return subprocess.run([*command, f"-I{INCLUDE}", "-"], input=text, capture_output=True, text=True,
                          check=False)


def main():
    tap = Tap()
    for header in sorted(INCLUDE.rglob("*.h")):
        name = header.relative_to(INCLUDE)
        for language, command in COMPILERS.items():
            result = compile_text(command, f"#include <{name}>\n#include <{name}>\nextern int end;\n")
            tap.check(result.returncode == 0, f"{name} alone is {language}", result.stderr)
        result = compile_text(["cc", "-E", "-P", "-DAUTONOMI_FFI", "-x", "c"], f"#include <{name}>\n")
        ours = [line for line in result.stdout.splitlines() if "autonomi" in line.lower()]
        tap.check(result.returncode == 0 and not any("__attribute__" in line for line in ours),
                  f"{name} without attributes is for bindings", result.stderr)
    tap.done()


main()
