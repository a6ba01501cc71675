# SPDX-License-Identifier: ISC
"""A server in its steady state asks for no memory: every call for some is counted in the running image."""

import mmap
import os
import pathlib
import socket
import struct
import subprocess

from results import equal, require
from server import Server

HERE = pathlib.Path(__file__).resolve().parent
ROUNDS = 200

# What a browser, a crawler and a download manager ask for. Each is answered from memory that is there already.
REQUESTS = {
    "GET": b"GET /small.txt HTTP/1.1\r\nHost: a\r\n\r\n",
    "HEAD": b"HEAD /small.txt HTTP/1.1\r\nHost: a\r\n\r\n",
    "304": b"GET /small.txt HTTP/1.1\r\nHost: a\r\nIf-None-Match: *\r\n\r\n",
    "Range": b"GET /small.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=1-2\r\n\r\n",
    "chunked": b"GET /small.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
}
CLOSING = b"GET /small.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


def build_counter(folder):
    library = folder / "count_allocations.so"
    subprocess.run(["clang++-19", "-std=c++23", "-O1", "-shared", "-fPIC", "-o", library, HERE / "count_allocations.cpp"], check=True)
    return library


def read_until_closed(stream):
    parts = []
    while part := stream.recv(65536):
        parts.append(part)
    return b"".join(parts)


def one_connection(port, requests):
    """Sends all of it at once, and waits until the server has answered everything and closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as stream:
        stream.sendall(b"".join(requests) + CLOSING)
        answers = read_until_closed(stream)
    statuses = answers.count(b"HTTP/1.1 2") + answers.count(b"HTTP/1.1 3")
    equal(statuses, len(requests) + 1, "the number of good answers")


def takes_no_memory(image, folder):
    library, shared = build_counter(folder), folder / "allocations"
    shared.write_bytes(bytes(8))
    with open(shared, "r+b") as file, mmap.mmap(file.fileno(), 8) as memory:
        environment = {**os.environ, "LD_PRELOAD": str(library), "ALLOCATION_COUNT": str(shared)}
        with Server(image, "-l", "*:warning", environment=environment) as server:

            def calls_during(requests):
                before = struct.unpack("Q", memory)[0]
                for _ in range(ROUNDS):
                    one_connection(server.port, requests)
                return struct.unpack("Q", memory)[0] - before

            mixed = list(REQUESTS.values()) * 4
            calls_during(mixed)
            require(struct.unpack("Q", memory)[0] > 0, "starting takes memory, and that is counted")
            for name, request in REQUESTS.items():
                equal(calls_during([request]), 0, f"calls for memory during {ROUNDS} new connections with {name}")
            equal(calls_during(mixed), 0, f"calls for memory during {ROUNDS} times {len(mixed)} pipelined requests")
