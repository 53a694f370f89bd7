#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs the build into an empty folder and lives there as a host: C, C++ and static.

    test_downstream.py BUILD_FOLDER SOURCE
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tap import Tap  # noqa: E402

BUILD, SOURCE = sys.argv[1:3]
tap = Tap()


def run(*command, env=None):
    return subprocess.run(command, capture_output=True, text=True, check=False,
                          env={**os.environ, **(env or {})})


def step(name, *command, env=None):
    result = run(*command, env=env)
    tap.check(result.returncode == 0, name, " ".join(command) + "\n" + result.stdout + result.stderr)
    return result.stdout


def pkg_config(folder, *options):
    found = run("pkg-config", *options, "autonomi-net", env={"PKG_CONFIG_PATH": str(folder)})
    if found.returncode != 0:
        tap.check(False, "pkg-config finds autonomi-net", found.stderr)
        tap.done()
    return found.stdout.split()


def main(folder):
    step("meson install into an empty folder", "meson", "install", "--no-rebuild", "-C", BUILD,
         "--destdir", str(folder))
    configs = list(folder.rglob("autonomi-net.pc"))
    if not tap.check(len(configs) == 1, "one pkg-config file is installed", configs):
        tap.done()
    library = configs[0].parent.parent
    flags = pkg_config(configs[0].parent, "--cflags", "--libs")
    here = {"LD_LIBRARY_PATH": str(library)}
    for language, compiler in (("C", ["cc", "-std=c11"]), ("C++", ["c++", "-std=c++17", "-x", "c++"])):
        program = str(folder / ("host-" + language))
        step(f"a {language} host compiles and links", *compiler, "-Wall", "-Wextra", "-Werror", SOURCE,
             "-x", "none", "-o", program, *flags)
        step(f"the {language} host runs a node", program, program + ".root", env=here)
    static = [f if f != "-lautonomi-net" else "-l:libautonomi-net.a"
              for f in pkg_config(configs[0].parent, "--static", "--cflags", "--libs")]
    program = str(folder / "host-static")
    step("a static host compiles and links", "cc", "-std=c11", SOURCE, "-o", program, *static)
    step("the static host runs a node without the shared library", program, program + ".root")
    names = run("nm", "-g", "--defined-only", str(library / "libautonomi-net.a")).stdout
    strangers = [n for n in re.findall(r" [A-Z] (\w+)$", names, flags=re.M)
                 if not n.startswith("autonomi_")]
    tap.check(names and not strangers, "the static library shows only autonomi_ names",
              "\n".join(strangers[:10]))
    tap.done()


with tempfile.TemporaryDirectory() as temporary:
    main(Path(temporary))
