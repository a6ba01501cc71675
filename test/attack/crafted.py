# SPDX-License-Identifier: ISC
"""Frames that no honest peer sends, made by scapy. Each is dropped, and counted under the layer and the reason beside it."""

import logging

logging.getLogger("scapy").setLevel(logging.ERROR)  # it misses an address at lo

from scapy.layers.dhcp import BOOTP, DHCP  # noqa: E402
from scapy.layers.inet import ICMP, IP, TCP, UDP, IPOption, IPOption_LSRR, IPOption_SSRR  # noqa: E402
from scapy.layers.inet6 import (  # noqa: E402
    HBHOptUnknown, ICMPv6DestUnreach, ICMPv6EchoRequest, ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6ND_RA, ICMPv6ND_Redirect,
    ICMPv6NDOptSrcLLAddr, ICMPv6PacketTooBig, ICMPv6Unknown, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting)
from scapy.layers.l2 import ARP, LLC, Dot1AD, Dot1Q, Ether  # noqa: E402
from scapy.packet import Raw  # noqa: E402

STRANGER, STRANGER6, ROUTER = "198.51.100.7", "2001:db8::bad", "fe80::bad"
COMMON = "00:00:5e:00:53:01"
SERVICE = 8080


def segment(**fields):
    return TCP(**{"sport": 1025, "dport": SERVICE, "flags": "S", "seq": 1, **fields})


def link_layer(here, there, ours):
    """What is wrong with frames and ARP: (name, layer and reason, frame)."""
    def frame(**fields):
        return Ether(**{"src": here, "dst": there, **fields})

    good = IP(src=STRANGER, dst=ours) / segment()
    yield "two VLAN tags", "ethernet other_vlan", frame() / Dot1Q(vlan=1) / Dot1Q(vlan=2) / good
    yield "a tag in a priority tag", "ethernet other_type", frame() / Dot1Q(vlan=0) / Dot1Q(vlan=0) / good
    yield "a tag of a provider", "ethernet other_type", frame() / Dot1AD(vlan=0) / good
    yield "a tag cut short", "ethernet too_short", frame(type=0x8100) / Raw(b"\0")
    yield "a frame of IEEE 802.3", "ethernet other_type", frame(type=3) / LLC()
    yield "a frame from a group", "ethernet bad_source", frame(src="01:00:5e:00:00:01") / good
    yield "ARP of Token Ring", "arp malformed", frame() / ARP(hwtype=6, psrc=STRANGER, pdst=ours)
    yield "ARP from a group", "arp malformed", frame() / ARP(hwsrc="ff:ff:ff:ff:ff:ff", psrc=STRANGER, pdst=ours)
    yield "ARP in our name", "arp own", frame() / ARP(hwsrc=there, psrc=STRANGER, pdst=ours)


def ipv4(ours, broadcast):
    """The same of IPv4 and what is above it, without the frame."""
    def packet(**fields):
        return IP(**{"src": STRANGER, "dst": ours, **fields})

    def option(kind, length):
        return IPOption(copy_flag=kind >> 7, optclass=kind >> 5 & 3, option=kind & 31, length=length, value=b"\0\0")

    report = ICMP(type=3, code=4, nexthopmtu=68)
    sent = TCP(sport=SERVICE, dport=1026, seq=7)
    yield "a land attack", "ipv4 martian", packet(src=ours) / segment(sport=SERVICE)
    for source in ("127.0.0.1", "224.0.0.1", broadcast, "255.255.255.255", "240.0.0.1", "0.0.0.0"):
        yield f"a packet from {source}", "ipv4 martian", packet(src=source) / segment()
    yield "a loose source route", "ipv4 source_routed", packet(options=IPOption_LSRR(routers=["10.0.0.1"])) / segment()
    yield "a strict source route", "ipv4 source_routed", packet(options=IPOption_SSRR(routers=["10.0.0.1"])) / segment()
    yield "an option without length", "ipv4 malformed", packet(options=option(0x44, 0)) / segment()
    yield "an option beyond the header", "ipv4 malformed", packet(options=option(7, 39)) / segment()
    yield "a header of 16 bytes", "ipv4 malformed", packet(ihl=4) / segment()
    yield "a packet cut short", "ipv4 malformed", packet(len=1500) / segment()
    yield "a wrong checksum of the header", "ipv4 bad_checksum", packet(chksum=1) / segment()
    yield "a protocol of nobody", "ipv4 unknown_protocol", packet(proto=253) / Raw(b"x")
    yield "a ping of death", "ipv4 fragment_malformed", packet(proto=1, frag=8189) / Raw(b"x" * 100)
    yield "a fragment of 7 bytes", "ipv4 fragment_malformed", packet(proto=17, flags="MF") / Raw(b"x" * 7)
    yield "a segment with a wrong checksum", "tcp_segments checksum", packet() / segment(chksum=1)
    yield "a segment to everybody", "tcp_segments address", packet(dst=broadcast) / segment()
    yield "a header of TCP beyond the segment", "tcp_segments malformed", packet() / segment(dataofs=15)
    yield "an option of TCP beyond the header", "tcp_segments malformed", packet() / segment(dataofs=6) / Raw(b"\x02\x05\x08\x02")
    yield "an option of TCP without length", "tcp_segments malformed", packet() / segment(dataofs=6) / Raw(b"\x08\x00\x00\x00")
    yield "a datagram longer than its packet", "udp malformed", packet() / UDP(sport=1, dport=7, len=1000)
    yield "a datagram from port 0", "udp malformed", packet() / UDP(sport=0, dport=7)
    yield "a datagram with a wrong checksum", "udp bad_checksum", packet() / UDP(sport=1, dport=7, chksum=1)
    yield "a smurf", "icmp echo_to_group", packet(dst=broadcast) / ICMP()
    yield "a redirect", "icmp ignored_type", packet() / ICMP(type=5, code=1, gw=STRANGER) / IP(src=ours, dst=STRANGER) / sent
    yield "a wrong checksum of ICMP", "icmp bad_checksum", packet() / ICMP(chksum=1)
    yield "a report about a packet of others", "icmp not_about_us", packet() / report / IP(src=STRANGER, dst=ours) / sent
    yield "a report with half a header", "icmp malformed", packet() / report / Raw(bytes(IP(src=ours, dst=STRANGER))[:10])
    yield "a report about no connection", "tcp_icmp_reports", packet() / report / IP(src=ours, dst=STRANGER) / sent


def ipv6(ours, whole=bytes(TCP(sport=1025, dport=SERVICE))):
    """The same of IPv6."""
    def packet(**fields):
        return IPv6(**{"src": STRANGER6, "dst": ours, **fields})

    def options(kind):
        return IPv6ExtHdrDestOpt(options=[HBHOptUnknown(otype=kind, optdata=b"\0" * 4)])

    def nine(header):
        chain = header()
        for _ in range(8):
            chain /= header()
        return chain

    sent = IPv6(src=ours, dst=STRANGER6) / TCP(sport=SERVICE, dport=1026, seq=7)
    yield "a land attack over IPv6", "ipv6 own_source", packet(src=ours) / segment(sport=SERVICE)
    for source in ("::1", "ff02::1", "::ffff:10.0.0.1", "::"):
        yield f"a packet from {source}".replace(":", "·"), "ipv6 martian", packet(src=source) / segment()
    yield "a packet of IPv6 cut short", "ipv6 malformed", packet(plen=1000) / segment()
    yield "nine extension headers", "ipv6 malformed", packet() / nine(IPv6ExtHdrDestOpt) / segment()
    yield "a fragment in a fragment", "ipv6 malformed", packet() / nine(IPv6ExtHdrFragment) / segment()
    yield "hop-by-hop options behind", "ipv6 parameter_problem", packet() / IPv6ExtHdrDestOpt() / IPv6ExtHdrHopByHop() / segment()
    yield "a routing header", "ipv6 parameter_problem", packet() / IPv6ExtHdrRouting(addresses=[ours], segleft=1) / segment()
    yield "an option to be told of", "ipv6 parameter_problem", packet() / options(0x9e) / segment()
    yield "an option to be silent about", "ipv6 option_says_so", packet() / options(0x5e) / segment()
    yield "an option beyond its header", "ipv6 malformed", packet(nh=60) / Raw(b"\x06\x00\x1e\x7f\0\0\0\0") / segment()
    yield "nothing behind the headers", "ipv6 no_next_header", packet(nh=59) / Raw(b"x")
    yield "a tiny first fragment", "ipv6 parameter_problem", packet() / IPv6ExtHdrFragment(nh=6, m=1) / Raw(whole[:8])
    yield "a fragment beyond the end", "ipv6 fragment_malformed", packet() / IPv6ExtHdrFragment(nh=6, offset=8191) / Raw(b"x" * 99)
    yield "a datagram without checksum", "udp bad_checksum", packet() / UDP(sport=1, dport=7, chksum=0)
    yield "a wrong checksum of ICMPv6", "icmpv6 bad_checksum", packet() / ICMPv6EchoRequest(cksum=1)
    yield "a report about others", "icmpv6 not_about_us", packet() / ICMPv6DestUnreach() / IPv6(src=STRANGER6, dst=ours) / segment()
    yield "a report over IPv6 with half a header", "icmpv6 malformed", packet() / ICMPv6PacketTooBig(mtu=1) / Raw(bytes(sent)[:20])
    yield "a report over IPv6 about no connection", "tcp_icmp_reports", packet() / ICMPv6PacketTooBig(mtu=1) / sent


def discovery(ours):
    """The same of neighbour discovery."""
    def near(**fields):
        return IPv6(**{"src": ROUTER, "dst": ours, "hlim": 255, **fields})

    solicitation = ICMPv6ND_NS(tgt=ours) / ICMPv6NDOptSrcLLAddr(lladdr=COMMON)
    yield "a solicitation from afar", "ipv6 discovery_malformed", near(hlim=64) / solicitation
    yield "an option of no length", "ipv6 discovery_malformed", near() / ICMPv6ND_NS(tgt=ours) / Raw(b"\x01\x00" + b"\0" * 6)
    yield "a solicitation for a group", "ipv6 discovery_malformed", near() / ICMPv6ND_NS(tgt="ff02::1")
    yield "a solicitation cut short", "ipv6 discovery_malformed", near() / ICMPv6Unknown(type=135, code=0, msgbody=b"\0" * 4)
    yield "an advertisement of a group", "ipv6 discovery_malformed", near() / ICMPv6ND_NA(tgt="ff02::1")
    yield "a router that is no neighbour", "ipv6 discovery_malformed", near(src=STRANGER6) / ICMPv6ND_RA()
    yield "a redirect of a stranger", "ipv6 discovery_refused", near() / ICMPv6ND_Redirect(tgt=ROUTER, dst=STRANGER6)


def crafted(here, there, ours, broadcast, ours6):
    """(name, layer and reason, frame) of all; `here` and `there` are MAC addresses."""
    yield from link_layer(here, there, ours)
    for name, counted, packet in (*ipv4(ours, broadcast), *ipv6(ours6), *discovery(ours6)):
        yield name, counted, Ether(src=here, dst=there) / packet


def answers_to_dhcp(question, server):
    """Answers to a DHCPDISCOVER, from a server that nobody should believe: (name, reason, frame)."""
    asked = question[BOOTP]

    def reply(kind, *options, **fields):
        head = BOOTP(**{"op": 2, "xid": asked.xid, "chaddr": asked.chaddr, "yiaddr": "10.0.0.77", "siaddr": server, **fields})
        whole = [("message-type", kind), ("lease_time", 3600), ("subnet_mask", "255.255.255.0"), *options, "end"]
        return head / DHCP(options=whole)

    identified = ("server_id", server)
    whole = bytes(reply("offer", identified))
    for name, reason, message in (
            ("a message cut short", "malformed", Raw(whole[:100])),
            ("another cookie", "malformed", Raw(whole.replace(b"\x63\x82\x53\x63", b"\x63\x82\x53\x64"))),
            ("an option beyond the end", "malformed", Raw(whole[:-1] + b"\x06\xf0\x01")),
            ("a question as an answer", "malformed", reply("offer", identified, op=1)),
            ("the answer to another question", "not_ours", reply("offer", identified, xid=asked.xid ^ 1)),
            ("the answer to another host", "not_ours", reply("offer", identified, chaddr=b"\x02\0\0\0\0\x07")),
            ("an answer that was not asked for", "unexpected", reply("ack", identified)),
            ("a refusal that was not asked for", "unexpected", reply("nak", identified)),
            ("a type of nobody", "unexpected", reply(99, identified)),
            ("an offer of nobody", "refused", reply("offer")),
            ("an offer of a group's address", "refused", reply("offer", identified, yiaddr="224.0.0.1")),
            ("an offer of everybody's address", "refused", reply("offer", identified, yiaddr="255.255.255.255")),
            ("an offer of no address", "refused", reply("offer", identified, yiaddr="0.0.0.0"))):
        frame = Ether(src=COMMON, dst=question[Ether].src) / IP(src=server, dst="255.255.255.255") / UDP(sport=67, dport=68) / message
        yield name, reason, frame
