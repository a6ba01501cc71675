# SPDX-License-Identifier: ISC
"""radvd is the router: our stack makes its addresses, and learns its way, the MTU and DNS servers, from what it announces."""

import contextlib
import ipaddress
import pathlib
import re
import signal
import subprocess
import tempfile

from capture import frames, frames_are_sound
from host import command, mac_of
from project import eventually, texts
from results import require

ELSEWHERE = "2001:db8:ffff::1"  # an address of the router on another network
NETWORK, SHORT = "2001:db8:1::/64", "2001:db8:2::/64"
MTU, HOP_LIMIT = 1400, 33
ETHERNET_HEADER = 14

# Announced every four seconds at most, so no lifetime can be shorter where the next announcement must renew it.
ANNOUNCED = f"""
interface tap0 {{
  AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; AdvDefaultLifetime %(router)d;
  AdvLinkMTU {MTU}; AdvCurHopLimit {HOP_LIMIT};
  prefix {NETWORK} {{ AdvValidLifetime 7200; AdvPreferredLifetime 3600; }};
  prefix {SHORT} {{ AdvValidLifetime %(short)d; AdvPreferredLifetime %(short)d; }};
  RDNSS 2001:db8::53 {{ AdvRDNSSLifetime %(dns)d; }};
}};
"""


@contextlib.contextmanager
def radvd(**lifetimes):
    """The router at tap0; gives its process."""
    with tempfile.TemporaryDirectory() as folder:
        configuration = pathlib.Path(folder, "radvd.conf")
        configuration.write_text(ANNOUNCED % lifetimes)
        with subprocess.Popen(["radvd", "--nodaemon", "-m", "stderr", "-C", configuration, "-p", f"{folder}/pid"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                yield process
            finally:
                process.kill()


def now_knows(output):
    """The last that our stack told of its link: (addresses, DNS servers, the default route or why there is none)."""
    told = [re.fullmatch(r"addresses(.*), DNS servers(.*?), (.*)", line) for line in texts("".join(output))]
    told = [line for line in told if line]
    require(told, "it tells what it knows", output)
    return told[-1][1].split(), told[-1][2].split(), told[-1][3]


def formed_in(network, addresses):
    """The one address in that network."""
    found = [address for address in map(ipaddress.IPv6Address, addresses) if address in ipaddress.IPv6Network(network)]
    require(len(found) == 1, f"there is one address in {network}", addresses)
    return found[0]


def identifiers_tell_nothing(addresses):
    """RFC 7217: another on each network, and none from the MAC address (RFC 4291, appendix A)."""
    found = {formed_in(network, addresses).packed[8:] for network in (NETWORK, SHORT, "fe80::/64")}
    require(len(found) == 3, "each network has an identifier of its own", addresses)
    require(all(identifier[3:5] != b"\xff\xfe" for identifier in found), "none is made from the MAC address", addresses)


def eventually_knows(output, holds, what, seconds=10):
    def known():
        require(holds(*now_knows(output)), what, now_knows(output))
    eventually(known, seconds)


def is_told_everything(output):
    def everything(addresses, servers, way):
        return len(addresses) == 3 and servers == ["2001:db8::53"] and way.endswith(f" with MTU {MTU}")

    eventually_knows(output, everything, "addresses, DNS server, default route and MTU")
    addresses, _, way = now_knows(output)
    identifiers_tell_nothing(addresses)
    ours = formed_in(NETWORK, addresses)
    require(way == f"default route from {ours} with MTU {MTU}", "the address that lives longest is sent from", way)
    # The answers find their way by the router, and fit the MTU.
    for address in (str(ours), str(formed_in(SHORT, addresses))):
        shown = command("ping", "-6", "-c", "5", "-i", "0.01", "-W", "5", "-s", "3000", "-I", ELSEWHERE, address)
        require(" 0% packet loss" in shown, f"{address} answers one that is elsewhere", shown)


def says_goodbye(announced, capture):
    """A router that ends in order takes back at once what it announced for half an hour."""
    with radvd(router=1800, short=1800, dns=1800) as router, announced.running(f"--pcap={capture}", "--offloads=false") as output:
        is_told_everything(output)
        router.send_signal(signal.SIGTERM)
        eventually_knows(output, lambda _, servers, way: not servers and way == "no route to the address", "no router any more")
        require(len(now_knows(output)[0]) == 3, "the addresses stay", now_knows(output))


def dies(announced, capture):
    """Of a router that says no more, everything ends when it said."""
    with radvd(router=4, short=5, dns=4) as router, announced.running(f"--pcap={capture}", "--offloads=false") as output:
        is_told_everything(output)
        router.kill()
        eventually_knows(output, lambda _, servers, way: not servers and way == "no route to the address", "no router any more")
        eventually_knows(output, lambda addresses, *_: len(addresses) == 2, "the address of short life is gone")
        formed_in(NETWORK, now_knows(output)[0])


def frames_are_as_announced(capture):
    ours = f"eth.src != {mac_of('tap0')}"
    frames_are_sound(capture, ours, least=30)
    for what in (f"frame.len > {ETHERNET_HEADER + MTU}", f"icmpv6.type == 129 and ipv6.hlim != {HOP_LIMIT}"):
        wrong = frames(capture, f"{ours} and {what}")
        require(not wrong, f"frames of ours with {what}", wrong[:5])


def hears_radvd(announced):
    """`announced` is the project beside this file."""
    for words in (f"addr add {ELSEWHERE}/128 dev lo", "route add 2001:db8:1::/64 dev tap0", "route add 2001:db8:2::/64 dev tap0"):
        command("ip", "-6", *words.split())
    for how in (says_goodbye, dies):
        capture = announced.folder / f"{how.__name__}.pcap"
        how(announced, capture)
        frames_are_as_announced(capture)
