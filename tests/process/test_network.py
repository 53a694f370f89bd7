#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The networks that the other tests and the scripts start: what a node is while it starts again.

    test_network.py BUILD_FOLDER
"""

import os

from command_line import DONE, perform, run, tap


def a_node_that_starts_again(network, _):
    first, second, third = network.nodes[:3]
    known = [second.address, third.address]
    said = first.text()
    os.truncate(first.output, 0)  # as it is from its start to its first line
    tap.check(first.is_up() and network.addresses(2) == known,
              "a node that does not listen yet is nobody's peer", network.addresses(2))
    client = run(network, "node", "peers", "--json")
    tap.check(client.code == DONE, "a client takes the others", client.err)
    listening = next(line for line in said.splitlines() if line.startswith("Listening on "))
    first.output.write_text(listening[:-5])
    tap.check(first.address is None, "an address that is not written to its end is none", first.address)
    second.kill()
    network.restart(second)
    second.wait_for("Connected to the network")
    tap.check(second.options == ("--peer", third.address),
              "a node that comes back joins by one that listens", second.options)
    first.output.write_text(said)
    tap.check(network.addresses(2) == [first.address, second.address], "both are peers again",
              network.addresses(2))


perform("network", a_node_that_starts_again)
