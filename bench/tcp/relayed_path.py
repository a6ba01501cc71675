# SPDX-License-Identifier: ISC
"""Two network namespaces with a lossy cable between them, and transfers across it by Linux's stack and by ours.

In the namespace at the left is the interface `left`, in the other one `right`; between them frames are relayed by
lossy_relay.cpp. Linux has an address at each interface, and our stack, in a process of its own, another one.
"""

import contextlib
import ctypes
import os
import pathlib
import socket
import subprocess
import sys
import threading
import time

HELPERS = pathlib.Path(os.environ["MIRAGE_BUILD"]) / "bench/tcp/helpers"
LINUX_LEFT, LINUX_RIGHT, OURS = "10.1.0.1", "10.1.0.2", "10.1.0.9"
RELAY_CORE = "1"
NETWORK_NAMESPACE = 0x40000000  # CLONE_NEWNET
LIMIT = 120  # seconds for one transfer
# What Linux remembers of a peer would tell one transfer what the one before has learnt.
SETTINGS = "cd /proc/sys/net && echo 1 | tee ipv4/tcp_no_metrics_save ipv6/conf/all/disable_ipv6 ipv6/conf/default/disable_ipv6"


def go_first():
    """A wire does not wait for its turn, and the stacks at its ends are to be delayed by nothing but the wire: so all of this
    script, and what it starts, is scheduled as real-time work, before what else the machine does."""
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(os.sched_get_priority_min(os.SCHED_FIFO)))


class Namespace:
    """A network namespace that lives as long as the process that keeps it."""

    def __init__(self):
        self.keeper = subprocess.Popen(["unshare", "--net", "sh", "-c", "echo ready; exec sleep 3600"], stdout=subprocess.PIPE,
                                       text=True)
        self.keeper.stdout.readline()
        self.run("sh", "-c", SETTINGS, stdout=subprocess.DEVNULL)
        self.ip("link set lo up")

    def enter(self, *words):
        return ["nsenter", "--net", "--target", str(self.keeper.pid), *map(str, words)]

    def run(self, *words, **how):
        subprocess.run(self.enter(*words), check=True, **how)

    def ip(self, words):
        self.run("ip", *words.split())

    def make(self, function, *arguments):
        """What the function gives, called inside; so a socket of this namespace is made."""
        made = []

        def inside():
            with open(f"/proc/{self.keeper.pid}/ns/net", "rb") as namespace:
                if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), NETWORK_NAMESPACE) != 0:
                    raise OSError(ctypes.get_errno(), "setns")
            made.append(function(*arguments))

        # Only this thread enters.
        thread = threading.Thread(target=inside)
        thread.start()
        thread.join()
        return made[0]

    def end(self):
        self.keeper.kill()
        self.keeper.wait()


class Path:
    """The two namespaces; cables between them come and go."""

    def __init__(self):
        self.left, self.right = Namespace(), Namespace()

    def end(self):
        self.left.end()
        self.right.end()

    @contextlib.contextmanager
    def cable(self, **options):
        """`options` are the relay's arguments."""
        words = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
        relay = subprocess.Popen(self.left.enter("taskset", "-c", RELAY_CORE, HELPERS / "lossy_relay", "--left=left",
                                                 "--right=right", *words), stdout=subprocess.PIPE, text=True)
        try:
            if relay.stdout.readline() != "ready\n":
                sys.exit("the relay does not start")
            self.left.ip(f"link set right netns {self.right.keeper.pid}")
            for namespace, name, address in ((self.left, "left", LINUX_LEFT), (self.right, "right", LINUX_RIGHT)):
                # A queue in front of the cable that never is the one that overflows.
                namespace.ip(f"link set {name} txqueuelen 20000 up")
                namespace.ip(f"addr add {address}/24 dev {name}")
            yield
        finally:
            relay.terminate()
            relay.communicate()

    def from_linux_to_linux(self, total):
        with self.right.make(listen) as listener:
            sender = threading.Thread(target=send, args=(self.left, (LINUX_RIGHT, port_of(listener)), total))
            sender.start()
            seconds = receive(listener, total)
            sender.join()
        return seconds

    def from_ours_to_linux(self, total):
        with self.right.make(listen) as listener:
            words = [HELPERS / "direct", "packet:left", f"{OURS}/24", "send-bytes", LINUX_RIGHT, port_of(listener), total]
            with subprocess.Popen(self.left.enter(*words), stdout=subprocess.DEVNULL) as sender:
                try:
                    return receive(listener, total)
                finally:
                    end(sender)

    def from_linux_to_ours(self, total):
        port = 5001
        words = [HELPERS / "direct", "packet:right", f"{OURS}/24", "receive", port]
        with subprocess.Popen(self.right.enter(*words), stdout=subprocess.PIPE, text=True) as receiver:
            try:
                if receiver.stdout.readline() != "ready\n":
                    sys.exit("our receiver does not start")
                send(self.left, (OURS, port), total)
                got, seconds = receiver.stdout.readline().split()
            finally:
                end(receiver)
        return when_whole(int(got), float(seconds), total)


def end(process):
    try:
        process.wait(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        sys.exit(f"{process.args} does not end")


def listen():
    listener = socket.create_server((LINUX_RIGHT, 0))
    listener.settimeout(LIMIT)
    return listener


def port_of(listener):
    return listener.getsockname()[1]


def cubic(sender):
    """Where it is not the default, a namespace cannot make it so."""
    sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"cubic")


def send(namespace, to, total):
    with namespace.make(socket.socket) as sender:
        cubic(sender)
        sender.settimeout(LIMIT)
        sender.connect(to)
        sender.sendall(bytes(total))


def receive(listener, total):
    """Seconds from the accepted connection to its end."""
    connection, _ = listener.accept()
    with connection:
        connection.settimeout(LIMIT)
        start, got = time.monotonic(), 0
        while part := connection.recv(1 << 17):
            got += len(part)
        return when_whole(got, time.monotonic() - start, total)


def when_whole(got, seconds, total):
    if got != total:
        sys.exit(f"{got} bytes of {total} arrived")
    return seconds
