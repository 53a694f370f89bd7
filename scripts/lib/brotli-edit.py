#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits libbrotli 1.0.9's encoder, so that it gives the bytes of the Rust encoder that Autonomi's
clients use (semantics 7.8): the same file must get the same chunk addresses.

    brotli-edit.py FOLDER      the folder that has enc/

Four behaviours differ; each is an edit below. An edit whose place is not found exactly as often as
it says ends the program: then this is another version, and its bytes would be others.
"""
import pathlib
import re
import sys


def edit(path, count, pattern, replacement):
    text = path.read_text()
    text, found = re.subn(pattern, replacement, text, flags=re.S)
    if found != count:
        sys.exit(f"brotli-edit: {path.name}: /{pattern}/ matches {found} times, not {count}")
    path.write_text(text)


# After a copy, every position from the second on is stored in the hash table, however near the
# bytes lie that were copied.
def hash_after_copy(enc):
    edit(enc / "backward_references_inc.h", 1, r"if \(sr\.distance < \(sr\.len >> 2\)\) \{.*?\n        \}\n", "")


# After many misses, near the end of the block the rest is literals, and nothing of it is hashed.
TAIL = r"""if (position > apply_random_heuristics) {
        const size_t tail_margin = BROTLI_MAX(size_t, FN(StoreLookahead)() - 1, 4);
        if (position + 16 + tail_margin >= pos_end) {
          insert_length += pos_end - position;
          position = pos_end;
          continue;
        }
"""


def tail_literals(enc):
    edit(enc / "backward_references_inc.h", 1, r"if \(position > apply_random_heuristics\) \{\n", TAIL)


# The entropy takes each count modulo 65,536 before its logarithm, which comes from a table there:
# the float that is nearest to the exact one. Sums have all their bits, and log2f.
COUNT_LOG = r"""#define BROTLI_LOG2_TABLE_SIZE 256

static BROTLI_INLINE float CountLog2(size_t v) {
  const uint16_t low = (uint16_t)v;
  return low == 0 ? 0.0f : (float)(log2)((LONGER)low);
}
"""


def entropy_16_bit(enc):
    edit(enc / "bit_cost.h", 2, r"FastLog2\(p\)", "CountLog2(p)")
    edit(enc / "fast_log.h", 1, r"#define BROTLI_LOG2_TABLE_SIZE 256\n", COUNT_LOG)


# All sums, differences, thresholds and constants that entropy has to do with are 32-bit floats.
FLOAT_FILES = ["bit_cost.h", "bit_cost.c", "bit_cost_inc.h", "block_splitter.c",
               "block_splitter_inc.h", "cluster.c", "cluster.h", "cluster_inc.h", "encode.c",
               "fast_log.c", "fast_log.h", "histogram_inc.h", "literal_cost.c", "metablock.c",
               "metablock_inc.h"]


def float_entropy(enc):
    edit(enc / "fast_log.h", 1, r"return log2\(\(double\)v\)", "return log2f((double)v)")
    for name in FLOAT_FILES:
        path = enc / name
        text = re.sub(r"\bdouble\b", "float", path.read_text())
        text = re.sub(r"\b1e99\b", "1e38f", text)
        text = re.sub(r"(?<![\w.])(\d+\.\d+)(?![\w.])", r"\1f", text)
        path.write_text(text)
    edit(enc / "fast_log.h", 1, "LONGER", "double")


def main():
    enc = pathlib.Path(sys.argv[1]) / "enc"
    hash_after_copy(enc)
    tail_literals(enc)
    entropy_16_bit(enc)
    float_entropy(enc)


main()
