#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Directories with real processes: there and back, what is left out, interruptions, hostile archives.

    test_directories.py BUILD_FOLDER
"""

import filecmp
import os
import resource
import shutil
import struct
from pathlib import Path

from command_line import (DAMAGED, DONE, LOCAL, SECONDS_MAX, USAGE, answer, await_path, ends_badly, perform,
                          run, tap)
from network import random_file, same

SMALL_FILES = 200


def is_same_tree(one, other):
    compared = filecmp.dircmp(one, other, ignore=[])
    if compared.left_only or compared.right_only or compared.funny_files:
        return False
    _, differ, errors = filecmp.cmpfiles(one, other, compared.common_files, shallow=False)
    return not differ and not errors and all(
        is_same_tree(Path(one) / name, Path(other) / name) for name in compared.common_dirs)


def make_tree(folder):
    tree = folder / "holiday"
    for name, size in (("a.txt", 3), ("large.bin", 13_000_000), ("deep/er/and deeper/photo", 70_000),
                       ("deep/\u00e4\u00f6\u00fc", 5_000), (".hidden", 17), ("same/1", 100), ("b", 4096)):
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        random_file(path, size)
    shutil.copy(tree / "same/1", tree / "same/2")
    return tree


def there_and_back(network, folder, tree):
    public = answer(network, "dir upload --public --json", "dir", "upload", "--public", tree)
    network.address = public["address"]
    tap.check(len(public["address"]) == 64 and public["files"] == 8 and public["skipped"] == 0 and
              public["chunks_with_copies"][:2] == [0, 0], "it has address, files and copies", public)
    got = answer(network, "dir download --json", "dir", "download", public["address"], folder / "back")
    tap.check(got["files"] == 8 and is_same_tree(tree, folder / "back/holiday"),
              "the directory is the same", got)
    private = answer(network, "dir upload --json", "dir", "upload", tree)
    run(network, "dir", "download", private["data_map"], folder / "private")
    tap.check(is_same_tree(tree, folder / "private/holiday"), "a data map gives the directory too")
    text = run(network, "file", "upload", "--public", tree)
    tap.check(f"At address: {public['address']}\nNumber of files: 8\n" in text.out,
              "file upload of a directory is dir upload", text.out + text.err)
    inside = run(network, "dir", "upload", "--public", ".", cwd=tree)
    tap.check(public["address"] in inside.out, "the directory where one stands has its name",
              inside.out + inside.err)
    again = answer(network, "a download of what is there", "dir", "download", public["address"],
                   folder / "back")
    tap.check(again["bytes_received"] < got["bytes_received"] / 10, "fetches the archive and maps alone",
              again)
    shown = network.run("dir", "download", public["address"], folder / "shown", timeout=SECONDS_MAX)
    tap.check("Downloading shown: 100 %" in shown.err and "Saved 8 files" in shown.out,
              "progress is shown", shown.out + shown.err)


def what_is_there(network, folder, tree):
    back = folder / "back/holiday/b"
    back.write_bytes(bytes(4096))
    ends_badly("another file at the destination", run(
        network, "dir", "download", network.address, folder / "back"), LOCAL, str(back))
    tap.check(back.read_bytes() == bytes(4096), "it is not touched")
    run(network, "dir", "download", "--replace", network.address, folder / "back")
    tap.check(is_same_tree(tree, folder / "back/holiday"), "--replace replaces it")
    outside = folder / "outside"
    outside.mkdir()
    (folder / "linked").mkdir()
    (folder / "linked/holiday").symlink_to(outside)
    ends_badly("a symbolic link at the destination", run(
        network, "dir", "download", "--replace", network.address, folder / "linked"), LOCAL,
        "symbolic link")
    tap.check(not list(outside.iterdir()), "nothing is written through it")
    ends_badly("a destination in a directory that is not there", run(
        network, "dir", "download", network.address, folder / "no/where"), LOCAL, str(folder / "no"))


def what_cannot_be_stored(network, folder):
    tree = folder / "mixed"
    tree.mkdir()
    random_file(tree / "good", 1000)
    random_file(tree / "empty", 0)
    ends_badly("an empty file", run(network, "dir", "upload", tree), USAGE, "mixed/empty", "3 bytes")
    (tree / "empty").unlink()
    (tree / "link").symlink_to("good")
    ends_badly("a symbolic link", run(network, "dir", "upload", tree), USAGE, "mixed/link")
    os.mkfifo(tree / "pipe")
    left = run(network, "dir", "upload", "--skip", tree)
    tap.check(left.code == DONE and "Number of files: 1\nLeft out: 2\n" in left.out,
              "--skip leaves them out and says so", left.out + left.err)
    ends_badly("a directory that is not there", run(network, "dir", "upload", folder / "nowhere"), LOCAL,
               "nowhere")


def without_archive(network, folder, tree):
    listed = answer(network, "dir upload --no-archive --json", "dir", "upload", "--public", "--no-archive",
                    tree)
    entries = {entry["path"]: entry for entry in listed["entries"]}
    tap.check(len(entries) == 8 and "address" not in listed, "it lists every file and no archive", listed)
    run(network, "file", "download", entries["holiday/b"]["address"], folder / "b")
    tap.check(same(tree / "b", folder / "b"), "each is a file of its own")
    text = run(network, "dir", "upload", "--public", "--no-archive", tree)
    tap.check(f"{entries['holiday/b']['address']}  holiday/b\n" in text.out, "and for people", text.out)


def few_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def many(network, folder):
    tree = folder / "many"
    for i in range(SMALL_FILES):
        path = tree / str(i % 7) / f"{i}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        random_file(path, 3 + i * 97)
    client = network.client("dir", "upload", "--public", "--quiet", tree)
    await_path(folder, "upload-*.journal")
    client.kill()
    client.wait(SECONDS_MAX)
    tap.check(client.code != DONE, "an upload of many files was killed")
    uploaded = answer(network, "the same upload again, with few descriptors", "dir", "upload", "--public",
                      tree, preexec=few_descriptors)
    tap.check(uploaded["files"] == SMALL_FILES, "it stores them all", uploaded)
    client = network.client("dir", "download", "--quiet", uploaded["address"], folder / "many-back")
    await_path(folder, "many-back/many/*/*.txt")
    client.kill()
    client.wait(SECONDS_MAX)
    answer(network, "a killed download again, with few descriptors", "dir", "download",
           uploaded["address"], folder / "many-back", preexec=few_descriptors)
    tap.check(is_same_tree(tree, folder / "many-back/many"), "the directory is the same")
    journals = [p for p in folder.rglob("upload-*.journal")]
    tap.check(not journals, "no journal is left", journals)


def text_of(text):
    raw = text if isinstance(text, bytes) else text.encode()
    return b"\xd9" + struct.pack("B", len(raw)) + raw


def archive_of(path):
    """A public archive in MessagePack with one file (semantics 2.10)."""
    address = b"\xdc" + struct.pack(">H", 32) + bytes([7] * 32)
    metadata = b"\x84" + b"".join(text_of(name) + b"\x00" for name in ("created", "modified", "size"))
    metadata += text_of("extra") + b"\xc0"
    return b"\x81" + text_of("V0") + b"\x81" + text_of("map") + b"\x81" + text_of(path) + b"\x92" + \
        address + metadata


def hostile(network, folder):
    target = folder / "target"
    for i, path in enumerate(("../escaped", "/tmp/autonomi-escaped", "a/../../escaped", b"a\0b", "")):
        bad = folder / f"hostile-{i}"
        bad.write_bytes(archive_of(path))
        stored = run(network, "file", "upload", "--public", "--json", bad).json()
        ends_badly(f"an archive with the path {path!r}", run(
            network, "dir", "download", stored["address"], target), DAMAGED, "nothing of this archive")
        tap.check(not target.exists() and not (folder / "escaped").exists() and
                  not Path("/tmp/autonomi-escaped").exists(), "nothing is written")
    text = run(network, "file", "upload", "--public", "--json", network.file).json()
    ends_badly("a file is no archive", run(network, "dir", "download", text["address"], target), DAMAGED,
               "no such archive")


def test(network, folder):
    network.file = random_file(folder / "file", 10_000)
    tree = make_tree(folder)
    there_and_back(network, folder, tree)
    what_is_there(network, folder, tree)
    what_cannot_be_stored(network, folder)
    without_archive(network, folder, tree)
    many(network, folder)
    hostile(network, folder)


perform("directories", test)
