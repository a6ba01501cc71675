# SPDX-License-Identifier: ISC
"""The Linux that an image talks to over a wire: its commands, and its address at the tap of a network of its own."""

import contextlib
import ctypes
import json
import subprocess

from results import require

HOST, OURS = "10.0.0.1", "10.0.0.2"
PREFIX = f"{OURS}/24"
CLONE_NEWNET = 0x40000000


def command(*words, limit=60):
    done = subprocess.run(list(map(str, words)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace", timeout=limit)
    require(done.returncode == 0, f"{' '.join(map(str, words))} ended with {done.returncode}", done.stdout[-2000:])
    return done.stdout


def shown_of(interface):
    return json.loads(command("ip", "-json", "link", "show", interface))[0]


def mac_of(interface):
    return shown_of(interface)["address"]


def must_be_up(interface):
    """Linux may take a second until its end of a tap that is opened takes frames."""
    require(shown_of(interface)["operstate"] == "UP", f"{interface} is up")


def enter_new_network():
    """For this thread and whatever it starts; the network ends with the last of them."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "no network of its own; this needs root")
    command("ip", "link", "set", "lo", "up")


def make_tap(name):
    """An interface for an image, where the host has HOST."""
    command("ip", "tuntap", "add", "dev", name, "mode", "tap")
    give_address(name)


def give_address(interface):
    command("ip", "addr", "replace", f"{HOST}/24", "dev", interface)
    command("ip", "link", "set", interface, "up")


@contextlib.contextmanager
def machine_behind(interface, address):
    """A network namespace that has the interface; what runs there is behind `nsenter` and its arguments."""
    with subprocess.Popen(["unshare", "--net", "sh", "-c", "echo; exec sleep 600"], stdout=subprocess.PIPE) as process:
        try:
            process.stdout.readline()  # the namespace is there
            command("ip", "link", "set", interface, "netns", process.pid)
            inside = ["nsenter", "--net", "--target", str(process.pid)]
            for words in ("link set lo up", f"addr add {address}/24 dev {interface}", f"link set {interface} up"):
                command(*inside, "ip", *words.split())
            yield inside
        finally:
            process.kill()


@contextlib.contextmanager
def serving(machine, *words):
    """A program on that machine, until the block ends."""
    with subprocess.Popen([*machine, *map(str, words)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as server:
        try:
            yield
        finally:
            server.kill()
