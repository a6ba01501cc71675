# SPDX-License-Identifier: ISC
"""One TCP connection between two programs of this folder, each on its core."""

import os
import pathlib
import subprocess
import sys

from namespaces import forget_neighbours

HELPERS = pathlib.Path(os.environ["MIRAGE_BUILD"]) / "bench/tcp/helpers"
SENDER_CORE, RECEIVER_CORE = "0", "1"
OURS, LINUX = "10.7.0.9", "10.7.0.1"  # at the two ends of tap0
KERNEL = HELPERS / "kernel"
DIRECT = [HELPERS / "direct", "tap:tap0", f"{OURS}/24"]


class Process:
    """One end of a connection, pinned to a core; `enter` is what it is started with to run in another namespace."""

    def __init__(self, core, words, enter=()):
        self.process = subprocess.Popen([*enter, "taskset", "-c", core, *map(str, words)], stdout=subprocess.PIPE, text=True)

    def wait_until_ready(self):
        if self.process.stdout.readline() != "ready\n":
            sys.exit(f"{self.process.args} does not get ready")

    def end(self):
        """Bytes, seconds by the clock, and seconds of CPU."""
        line = self.process.stdout.readline()
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = status
        if status != 0 or not line:
            sys.exit(f"{self.process.args} ended with {status}")
        count, seconds = line.split()
        return int(count), float(seconds), usage.ru_utime + usage.ru_stime


def transfer(sender, receiver):
    """What the receiver got: (Gbit/s, Gbit per CPU second of the sender, of the receiver)."""
    _, _, sender_cpu = sender.end()
    count, seconds, receiver_cpu = receiver.end()
    gbit = count * 8 / 1e9
    return gbit / seconds, gbit / sender_cpu, gbit / receiver_cpu


def to_linux(sender, seconds):
    """From a program at tap0, whose words these are but for what it is to do."""
    forget_neighbours()
    receiver = Process(RECEIVER_CORE, [KERNEL, "receive", LINUX, 5001])
    receiver.wait_until_ready()
    return transfer(Process(SENDER_CORE, [*sender, "send", LINUX, 5001, seconds]), receiver)


def from_linux(receiver, seconds):
    forget_neighbours()
    receiving = Process(RECEIVER_CORE, [*receiver, "receive", 5001])
    receiving.wait_until_ready()
    return transfer(Process(SENDER_CORE, [KERNEL, "send", OURS, 5001, seconds]), receiving)
