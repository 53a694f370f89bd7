#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registers, vaults and lists on the command line, against real nodes.

    test_owned.py BUILD_FOLDER
"""

import subprocess
import sys
from pathlib import Path

from command_line import (DAMAGED, DONE, LOCAL, NOT_FOUND, SECONDS_MAX, USAGE, answer, fails, perform, read,
                          run, tap)


def prints(network, name, expected, *words, **options):
    client = run(network, *words, **options)
    tap.check(client.code == DONE and client.out == expected and client.err == "", name,
              f"exit code {client.code}\n{client.out}{client.err}")


def padded(text):
    return text.encode().hex().ljust(64, "0")


def registers(network, folder):
    fails(network, "a register without a key of its own", LOCAL, "register", "create", "x", "y")
    prints(network, "no registers are remembered yet", "", "register", "list")
    answer(network, "register generate-key", "register", "generate-key")
    made = answer(network, "register create", "register", "create", "weather", "sunny")
    address = made.get("address", "none")
    tap.check(made.get("counter") == 0 and made.get("copies") == 5, "it has counter 0 and 5 copies", made)
    fails(network, "a register that exists is not created again", LOCAL,
               "register", "create", "weather", "sunny")
    prints(network, "register get prints the value", "sunny\n", "register", "get", "weather")
    edited = answer(network, "register edit", "register", "edit", "weather", "rain")
    tap.check(edited.get("counter") == 1, "an edit counts one up", edited)
    got = answer(network, "register get by address", "register", "get", address)
    tap.check(got.get("value") == padded("rain") and got.get("counter") == 1, "it has the new value", got)
    answer(network, "register edit by address, --hex", "register", "edit", "--hex", address, "00ff")
    prints(network, "a value that is no text is hexadecimal", "00ff".ljust(64, "0") + "\n",
           "register", "get", "weather")
    prints(network, "register history has all values, the oldest first",
           "sunny\nrain\n" + "00ff".ljust(64, "0") + "\n", "register", "history", "weather")
    history = answer(network, "register history --json", "register", "history", address)
    tap.check(history.get("values") == [padded("sunny"), padded("rain"), "00ff".ljust(64, "0")] and
              history.get("forked") is False, "it has them in hexadecimal", history)
    listed = answer(network, "register list", "register", "list")
    tap.check(listed.get("registers") == [{"name": "weather", "address": address}],
              "it has the name and the address", listed)
    alien = folder / "client-data/autonomi/client/user_data/registers/README"
    alien.write_text("not a register")
    client = run(network, "--json", "register", "list")
    tap.check(client.code == DONE and "passed over" in client.err and
              len(read(client).get("registers", [])) == 1,
              "a file of somebody else's is passed over", client.out + client.err)
    alien.unlink()
    fails(network, "with --name an address is a name, of no register", NOT_FOUND,
               "register", "get", "--name", address)
    fails(network, "a register that is not there", NOT_FOUND, "register", "get", "nobody")
    fails(network, "an edit of a register that is not there", NOT_FOUND,
               "register", "edit", "nobody", "x")
    fails(network, "an edit of a stranger's register", USAGE, "register", "edit",
               answer(network, "key generate", "key", "generate").get("public_key", ""), "x")
    fails(network, "a value that is too long", USAGE, "register", "create", "y", "y" * 33)


def shared(network):
    share = answer(network, "register share", "register", "share", "weather")
    secret = share.get("secret_key", "none")
    answer(network, "whoever has the key can write", "register", "edit", "-s", secret, "snow")
    prints(network, "and the owner reads it", "snow\n", "register", "get", "weather")
    return secret


def fork(network, folder):
    """Of a register with a second first entry, and of a graph entry alike."""
    made = answer(network, "another register", "register", "create", "torn", "one")
    secret = answer(network, "its key", "register", "share", "torn").get("secret_key", "none")
    stored = subprocess.run([str(folder / "tests/process/second_entry"), ",".join(network.addresses()),
                             secret, "two"], timeout=SECONDS_MAX)
    tap.check(stored.returncode == 0, "a second first entry is stored", stored.returncode)
    client = fails(network, "a register that forked", DAMAGED, "register", "get", "torn")
    tap.check(sorted(client.out.split()) == ["one", "two"], "it prints all values", client.out)
    value = read(run(network, "--json", "register", "get", "torn"))
    tap.check(value.get("error") == "fork" and
              sorted(value.get("values", [])) == [padded("one"), padded("two")],
              "in JSON too", value)
    value = read(run(network, "--json", "graph", "get", made.get("address", "none")))
    tap.check(value.get("error") == "fork" and
              sorted(entry["content"] for entry in value.get("entries", [])) ==
              [padded("one"), padded("two")], "graph get prints all entries of a fork", value)
    client = fails(network, "graph get of a fork", DAMAGED, "graph", "get", made.get("address", ""))
    tap.check(client.out.count("Content: ") == 2, "it prints both", client.out)
    told = answer(network, "analyze of a fork", "analyze", made.get("address", "none"))
    tap.check([(each["kind"], each["entries"]) for each in told.get("found", [])] == [("graph_entry", 2)],
              "it counts the entries", told)
    answer(network, "an edit mends it", "register", "edit", "torn", "three")
    prints(network, "then it has one value", "three\n", "register", "get", "torn")
    history = answer(network, "its history", "register", "history", "torn")
    tap.check(history.get("forked") is True and len(history.get("values", [])) == 2,
              "says that it forked", history)


def remembered(network, **options):
    value = read(run(network, "--json", "register", "list", **options))
    return sorted(each["name"] for each in value.get("registers", []))


def files(network, folder):
    (folder / "diary").write_text("dear diary")
    tree = folder / "tree"
    tree.mkdir()
    (tree / "leaf").write_text("a leaf")
    public = answer(network, "file upload --public", "file", "upload", "-p", folder / "diary")
    private = answer(network, "file upload", "file", "upload", folder / "diary")
    directory = answer(network, "dir upload", "dir", "upload", tree)
    listed = answer(network, "file list", "file", "list")
    tap.check(listed == {
        "public_files": [{"name": "diary", "address": public.get("address")}],
        "private_files": [{"name": "diary", "short_name": private.get("short_name")}],
        "file_archives": [],
        "private_file_archives": [{"name": "tree", "short_name": directory.get("short_name")}],
    }, "it has all uploads", listed)
    text = run(network, "file", "list")
    tap.check(f"public file diary: {public.get('address')}\n" in text.out and
              f"private archive tree: {directory.get('short_name')}\n" in text.out,
              "file list for people", text.out)
    fails(network, "a short name that nobody knows", USAGE, "file", "download", "12345",
               folder / "nothing")
    return private.get("short_name", "none"), directory.get("short_name", "none")


def by_short_name(network, folder, names, **options):
    answer(network, "file download by a short name", "file", "download", names[0], folder / "back",
           **options)
    tap.check((folder / "back").is_file() and (folder / "back").read_text() == "dear diary",
              "it is the file")
    answer(network, "dir download by a short name", "dir", "download", names[1], folder / "trees",
           **options)
    tap.check((folder / "trees/tree/leaf").is_file(), "it is the directory")


def vaults(network, folder, names):
    other = folder / "other-machine"
    third = folder / "third-machine"
    fails(network, "a vault without a wallet", LOCAL, "vault", "create")
    network.environment["SECRET_KEY"] = "xyz"
    fails(network, "a wallet's key that is none", USAGE, "vault", "create")
    network.environment["SECRET_KEY"] = "0x" + "11" * 32
    fails(network, "a vault that is not there is not loaded", NOT_FOUND, "vault", "load")
    made = answer(network, "vault create", "vault", "create")
    tap.check(made.get("registers") == 2 and made.get("public_files") == 1 and
              made.get("private_files") == 1 and made.get("private_file_archives") == 1 and
              len(made.get("address", "")) == 96, "it has the registers and the uploads", made)
    fails(network, "a vault that exists is not created again", LOCAL, "vault", "create")
    answer(network, "vault load on another machine", "vault", "load", data=other)
    tap.check(remembered(network, data=other) == ["torn", "weather"], "the registers are there",
              remembered(network, data=other))
    by_short_name(network, folder, names, data=other)
    answer(network, "the key is there too: an edit", "register", "edit", "weather", "fog", data=other)
    prints(network, "the first machine reads it", "fog\n", "register", "get", "weather")
    answer(network, "a register of the other machine", "register", "create", "there", "1", data=other)
    answer(network, "vault sync there", "vault", "sync", data=other)
    answer(network, "a register of the first machine", "register", "create", "here", "2")
    both = answer(network, "vault sync here", "vault", "sync")
    tap.check(both.get("registers") == 4 and
              remembered(network) == ["here", "there", "torn", "weather"],
              "both are in the vault and here", remembered(network))
    answer(network, "a machine with a key of its own", "register", "generate-key", data=third)
    fails(network, "does not mix it with the vault's", LOCAL, "vault", "sync", data=third)
    forced = answer(network, "vault sync --force", "vault", "sync", "--force", data=third)
    tap.check(forced.get("registers") == 0, "stores what that machine has", forced)
    back = answer(network, "vault sync -f from here", "vault", "sync", "-f")
    tap.check(back.get("registers") == 4, "brings it back", back)


def test(network, folder):
    registers(network, folder)
    shared(network)
    fork(network, Path(sys.argv[1]))
    vaults(network, folder, files(network, folder))


perform("owned", test)
