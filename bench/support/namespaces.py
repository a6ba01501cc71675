# SPDX-License-Identifier: ISC
"""Network namespaces for benchmarks that need both ends of a wire. All are gone when the script ends."""

import contextlib
import os
import subprocess
import sys

from server_process import CLIENT_CORE, SERVER_CORE


def enter_own():
    """Starts the script again in a network namespace of its own, unless it is in one."""
    if len(sys.argv) == 1:
        os.execvp("unshare", ["unshare", "--net", sys.executable, sys.argv[0], "inside"])
    ip("link set lo up")


def ip(words, enter=()):
    subprocess.run([*enter, "ip", *words.split()], check=True)


def make_tap(address, name="tap0"):
    """A tap where the kernel is at `address`."""
    ip(f"tuntap add dev {name} mode tap")
    ip(f"addr add {address}/24 dev {name}")
    ip(f"link set {name} up")


def forget_neighbours(name="tap0"):
    """Of who was at a tap before, Linux would believe in the MAC address for a while."""
    ip(f"neighbour flush dev {name}")


def receive_on(core, interface, enter=()):
    """What the kernel does for a frame that comes in at the interface, it does on that core (RPS)."""
    mask = f"{1 << int(core):x}"
    # The interfaces of a namespace are only in a sysfs that was mounted in it.
    script = f"mount -t sysfs none /sys && echo {mask} > /sys/class/net/{interface}/queues/rx-0/rps_cpus"
    subprocess.run([*enter, "unshare", "--mount", "sh", "-c", script], check=True)


@contextlib.contextmanager
def at_the_end_of_a_wire(here, there, address, other_address, on_own_cores=False):
    """A veth pair into a second namespace: `here` with `address` is in ours, `there` with `other_address` in that. Gives
    what a command is started with to run there.

    A veth pair by itself does the receiver's work in the sender's time: a server pays for its client's TCP, and the client
    for the server's. With `on_own_cores` the server, which is here, and the client receive each on its own, as two machines
    do."""
    keeper = subprocess.Popen(["unshare", "--net", "sh", "-c", "echo ready; exec sleep 3600"], stdout=subprocess.PIPE,
                              text=True)
    try:
        keeper.stdout.readline()
        enter = ["nsenter", "--net", "--target", str(keeper.pid)]
        ip(f"link add {here} type veth peer name {there} netns {keeper.pid}")
        for name, of, prefix in ((here, address, ()), (there, other_address, enter)):
            ip(f"addr add {of}/24 dev {name}", prefix)
            ip(f"link set {name} up", prefix)
        if on_own_cores:
            receive_on(SERVER_CORE, here)
            receive_on(CLIENT_CORE, there, enter)
        ip("link set lo up", enter)
        yield enter
    finally:
        keeper.kill()
        keeper.wait()
