# SPDX-License-Identifier: ISC
"""DHCP with the servers and clients that people have: dnsmasq leases to our stack, dhclient leases from our server."""

import contextlib
import pathlib
import re
import socket
import subprocess
import tempfile

from host import OURS, PREFIX, command, mac_of
from project import eventually, texts
from results import require

LEASED = "10.0.0.50"
LEASED6 = "fd00::50"


@contextlib.contextmanager
def dnsmasq(*more, leased=LEASED):
    """A server at tap0 that has one address to lease, and does what `more` says; gives the file in which it notes its leases."""
    with tempfile.TemporaryDirectory() as folder:
        leases = pathlib.Path(folder) / "leases"
        options = ("no-daemon", "conf-file=/dev/null", "port=0", "user=root", "interface=tap0", "bind-interfaces", "no-ping",
                   f"pid-file={folder}/pid", f"dhcp-leasefile={leases}", f"dhcp-range={leased},{leased},2h",
                   "dhcp-option=option:dns-server,10.0.0.53", *more)
        process = subprocess.Popen(["dnsmasq", *(f"--{option}" for option in options)], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield leases
        finally:
            process.terminate()
            process.wait(timeout=10)


def answers_at(address, family):
    """udp-echo does, asked again and again: who has just got its address makes sure first that nobody else has it (RFC 4862 §5.4),
    and Linux forgets a datagram for which it finds no neighbour in three seconds."""
    with socket.socket(family, socket.SOCK_DGRAM) as client:
        client.settimeout(1)

        def once():
            client.sendto(b"leased", (address, 7))
            require(client.recv(100) == b"leased", "it answers at the address that it was leased")

        eventually(once)


def is_leased_by_dnsmasq(echo):
    """Our stack starts without an address; `echo` is udp-echo, built with --dhcp."""
    with dnsmasq() as leases, echo.running("--host-name=mirage-echo") as output:
        def told():
            require(f"dhcp_0: {LEASED}/24 for 7200s" in texts("".join(output)), "it tells of its lease", output)

        eventually(told)
        answers_at(LEASED, socket.AF_INET)
        noted = leases.read_text()
        require(re.search(rf" {re.escape(LEASED)} mirage-echo ", noted) is not None, "dnsmasq knows it by its name", noted)


def is_sent_to_dhcp6_by_dnsmasq(echo):
    """What dnsmasq advertises sends our stack to its DHCPv6, for an address too, or only for DNS servers."""
    dns = "dhcp-option=option6:dns-server,[fd00::53]"
    for more, address in (((f"dhcp-range={LEASED6},{LEASED6},64,2h", dns), LEASED6), (("dhcp-range=fd00::,ra-stateless", dns), None)):
        with dnsmasq("enable-ra", *more) as leases, echo.running() as output:
            def told():
                lines = texts("".join(output))
                require("dhcp_0: DNS server fd00::53" in lines, "it tells of the DNS server", output)
                require((f"dhcp_0: {LEASED6} for 7200s" in lines) == (address is not None), "it has an address if it shall", output)

            eventually(told, 20)
            if address is None:
                continue
            answers_at(address, socket.AF_INET6)
            noted = leases.read_text()
            require(f" {address} " in noted, "dnsmasq knows whom it gave it", noted)


def is_leased_to_dhclient(server):
    """`server` is examples/dhcp. dhclient is told to change nothing of the host."""
    with tempfile.TemporaryDirectory() as folder, \
            server.running("--ipv4", PREFIX, f"--first={LEASED}", "--last=10.0.0.51", "--lease=2h") as output:
        words = ["-4", "-sf", "/bin/true", "-cf", "/dev/null", "-lf", f"{folder}/leases", "-pf", f"{folder}/pid", "tap0"]
        eventually(lambda: command("ping", "-c", "1", "-W", "1", OURS))
        command("dhclient", "-1", *words)
        noted = pathlib.Path(folder, "leases").read_text()

        def told(line):
            require(line in texts("".join(output)), f"our server says {line!r}", output)

        for line in (f"fixed-address {LEASED};", f"option routers {OURS};", "option dhcp-lease-time 7200;",
                     f"option dhcp-server-identifier {OURS};"):
            require(line in noted, f"dhclient notes {line!r}", noted)
        eventually(lambda: told(f"{LEASED} is leased to {mac_of('tap0')}"))
        command("dhclient", "-r", *words)
        eventually(lambda: told(f"{LEASED} is free again"))
