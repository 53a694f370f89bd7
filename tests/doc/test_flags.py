#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/operations.md against the programs: flags, commands, exit codes, files.

    test_flags.py SOURCE BUILD
"""

import re
import subprocess

from documents import BUILD, Tap, read

PAGE = read("docs/operations.md")
PROGRAMS = ("autonomi-node", "autonomi")

tap = Tap()


def printed(program, option):
    return subprocess.run([str(BUILD / "tools" / program), option], capture_output=True, text=True,
                          check=True).stdout


def rows(head):
    """The first cells of the table whose first head cell is `head`, and the second ones."""
    table = re.search(rf"^\| {re.escape(head)} \|.*\n\|---.*\n((?:\|.*\n)+)", PAGE, flags=re.M)
    lines = table[1].splitlines() if table else []
    cells = [re.split(r"(?<!\\)\|", line.strip("|")) for line in lines]
    return [(c[0].replace("\\|", "|"), c[1].replace("\\|", "|")) for c in cells]


def flags_of(text):
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))


def same(name, documented, real):
    tap.check(documented == real and real, name,
              f"only documented: {sorted(documented - real)}\nonly real: {sorted(real - documented)}")


def check_flags(program):
    cells = [first for first, _ in rows(f"flag of `{program}`")]
    listed = re.findall(r"^  (?:-\w, )?(--[a-z-]+)", printed(program, "--help"), flags=re.M)
    same(f"every flag in {program} --help is documented, and no other", flags_of(" ".join(cells)),
         set(listed))
    source = read(f"tools/{program}/main.c")
    accepted = {"--" + flag for flag in re.findall(r'^\t\{"([a-z-]+)", (?:no|required)_argument',
                                                   source, flags=re.M)}
    same(f"every flag that {program} takes is in its --help", set(listed), accepted)


def check_commands():
    documented = {re.sub(r"`", "", first).strip() for first, _ in rows("command")}
    section = printed("autonomi", "--help").partition("Commands:\n")[2].partition("\nOptions:")[0]
    real = {line.strip().split("  ")[0] for line in section.splitlines() if line.strip()}
    same("every command is documented as --help prints it, and no other", documented, real)


def check_exit_codes():
    documented = {first.strip() for first, _ in rows("code")}
    real = set(re.findall(r"^\tEXIT_\w+ = (\d+),", read("tools/common/settings.h"), flags=re.M))
    same("every exit code is documented, and no other", documented, real)


def check_options():
    known = set(re.findall(r"^(\S+) =", printed("autonomi", "--options"), flags=re.M))
    prefixes = {name.split(".")[0] for name in known}
    named = {name for name in re.findall(r"\b([a-z]+\.[a-z_]+)\b", PAGE)
             if name.split(".")[0] in prefixes and not name.endswith((".conf", ".log", ".md"))}
    tap.check(known and named and named <= known, "every option that the page names exists",
              sorted(named - known))
    tap.check(printed("autonomi", "--options") == printed("autonomi-node", "--options"),
              "both programs have the same options")


def check_mentions():
    """Flags in examples and prose."""
    real = set()
    for program in PROGRAMS:
        real |= flags_of(printed(program, "--help"))
    scripts = {"--keep"}
    tap.check(flags_of(PAGE) <= real | scripts, "no flag is mentioned that does not exist",
              sorted(flags_of(PAGE) - real - scripts))


for each in PROGRAMS:
    check_flags(each)
check_commands()
check_exit_codes()
check_options()
check_mentions()
tap.done()
