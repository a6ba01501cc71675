#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Collects which conformance suites run on which implementations, and fails for one that runs on none.

The registry is what the tests themselves say: CTest knows every test program, and each program lists its tests as
`flow_suite/memory.`: the suite, and the implementation that it runs on. Wanted is a suite for each module type of
v1.hpp, which are read off the table below, and below it is checked that the table forgets none.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys

# Every concept of v1.hpp that is a module type, or a thing that a module type hands out; by which suite it is
# tested where that is not its own.
MODULE_TYPES = ["flow", "listener", "channel", "console", "wall_clock", "monotonic_clock", "random", "network",
                "ethernet", "arp", "ip", "icmp", "udp", "tcp", "stack", "resolver", "block", "kv_ro", "kv_rw",
                "kv_assets", "fs", "http_server", "http_client"]
TESTED_WITHIN = {
    "device": "every suite of a device",
    "tcp_flow": "tcp",
    "http_request": "http_server",
    "http_exchange": "http_server",
    "http_reply": "http_client",
}
LISTED = re.compile(r"^(\w+_suite)/(\w+)\.$", re.MULTILINE)
CONCEPT = re.compile(r"^\s*(?:template <[^>]*>\s*)?concept (\w+) =(.*?);\n", re.MULTILINE | re.DOTALL)


def composed_concepts(header):
    """The concepts that only put others together: the module types, in contrast to single operations."""
    for name, body in CONCEPT.findall(header):
        if "requires(" not in body and "requires {" not in body and "&&" in body:
            yield name


def forgotten(header):
    known = set(MODULE_TYPES) | set(TESTED_WITHIN) | {"device_is_not_movable"}
    return [name for name in composed_concepts(header) if name not in known]


def test_programs(build):
    """The programs that CTest would run, those among them that exist."""
    listing = subprocess.run(["ctest", "--show-only=json-v1"], cwd=build, capture_output=True, text=True, check=True)
    commands = [test.get("command", [""])[0] for test in json.loads(listing.stdout)["tests"]]
    folder = build / "test"
    return sorted({pathlib.Path(command) for command in commands
                   if pathlib.Path(command).parent == folder and os.access(command, os.X_OK)})


def suites_of(program):
    listing = subprocess.run([program, "--gtest_list_tests"], capture_output=True, text=True, check=False, timeout=60)
    return LISTED.findall(listing.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--header", type=pathlib.Path, required=True, help="v1.hpp")
    parser.add_argument("build", type=pathlib.Path, help="a build folder with its tests built")
    arguments = parser.parse_args()

    complaints = [f"v1.hpp has the module type {name}, which conformance.py does not know"
                  for name in forgotten(arguments.header.read_text())]
    runs = {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(suites_of, test_programs(arguments.build.resolve())):
            for suite, implementation in found:
                runs.setdefault(suite.removesuffix("_suite"), set()).add(implementation)

    for name in MODULE_TYPES:
        print(f"{name:16} {' '.join(sorted(runs.get(name, []))) or '-'}")
        if name not in runs:
            complaints.append(f"no implementation runs {name}_suite: register one with MIRAGE_CONFORMANCE")
    complaints += [f"{name}_suite runs, but conformance.py does not know it" for name in sorted(set(runs) - set(MODULE_TYPES))]
    print(*complaints, sep="\n", end="\n" if complaints else "")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
