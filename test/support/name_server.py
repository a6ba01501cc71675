# SPDX-License-Identifier: ISC
"""A name server for tests, RFC 1035: it knows the IPv4 addresses of some names, and that they have nothing else."""

import contextlib
import socket
import struct
import threading

A, IN = 1, 1
RESPONSE, NO_SUCH_NAME = 0x8180, 3


def read_question(message):
    """The name in lower case, its type, and where the question ends."""
    labels, at = [], 12
    while message[at]:
        labels.append(message[at + 1:at + 1 + message[at]].decode().lower())
        at += 1 + message[at]
    return ".".join(labels), struct.unpack_from("!H", message, at + 1)[0], at + 5


def answer(message, addresses):
    name, kind, end = read_question(message)
    code = 0 if name in addresses else NO_SUCH_NAME
    records = b""
    if name in addresses and kind == A:
        records = b"\xc0\x0c" + struct.pack("!HHIH", A, IN, 60, 4) + socket.inet_aton(addresses[name])
    return message[:2] + struct.pack("!HHHHH", RESPONSE | code, 1, bool(records), 0, 0) + message[12:end] + records


@contextlib.contextmanager
def name_server(address, addresses):
    """Answers at port 53 of the address, while the block runs."""
    def serve():
        while True:
            message, client = server.recvfrom(1024)
            if len(message) < 17:  # what ends it
                return
            server.sendto(answer(message, addresses), client)

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((address, 53))
        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        try:
            yield
        finally:
            server.sendto(b"", server.getsockname())
            serving.join(timeout=5)
