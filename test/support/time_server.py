# SPDX-License-Identifier: ISC
"""A time server for tests, RFC 5905 §7.3: of stratum 2, and as many seconds ahead of this machine as one wants."""

import contextlib
import socket
import struct
import threading
import time

NTP_EPOCH = 2_208_988_800  # seconds from 1900 to 1970


def timestamp(seconds):
    whole = int(seconds)
    return struct.pack("!II", (whole + NTP_EPOCH) & 0xFFFFFFFF, int((seconds - whole) * 2**32))


def answer(question, now):
    head = struct.pack("!BBbbII4s", 4 << 3 | 4, 2, 6, -20, 0x100, 0x100, b"\x7f\x00\x00\x01")
    return head + timestamp(now - 10) + question[40:48] + timestamp(now) + timestamp(now)


@contextlib.contextmanager
def time_server(address, ahead):
    """Its port, while the block runs."""
    def serve():
        while True:
            try:
                question, client = server.recvfrom(1024)
            except OSError:
                return
            if len(question) < 48:  # what ends it
                return
            server.sendto(answer(question, time.time() + ahead), client)

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((address, 0))
        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.sendto(b"", server.getsockname())
            serving.join(timeout=5)
