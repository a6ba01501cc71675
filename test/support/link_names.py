# SPDX-License-Identifier: ISC
"""Another host with a name on the link, RFC 6762: Avahi; and who asks the link for a name.

It tells no IPv6 address: whether the interface has a link-local one already is a matter of time, and RFC 6724 puts that first.
"""

import contextlib
import pathlib
import socket
import struct
import tempfile

from host import serving

GROUP = ("224.0.0.251", 5353)
CONFIGURATION = """[server]
host-name={name}
use-ipv4=yes
use-ipv6=no
allow-interfaces={interface}
enable-dbus=no
[publish]
publish-workstation=no
publish-hinfo=no
publish-aaaa-on-ipv4=no
"""


@contextlib.contextmanager
def avahi(name, interface):
    """It runs while the block does. Its state is in a /run of its own, so that several can run at once."""
    with tempfile.TemporaryDirectory() as folder:
        configuration = pathlib.Path(folder) / "avahi.conf"
        configuration.write_text(CONFIGURATION.format(name=name, interface=interface))
        daemon = f"mount -t tmpfs none /run && exec avahi-daemon --no-drop-root --no-chroot --no-rlimits -f {configuration}"
        with serving((), "unshare", "--mount", "sh", "-c", daemon):
            yield


def ask_link(name, host):
    """The IPv4 address that the link answers to whoever has the address `host`, as a plain client of DNS asks."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    question = struct.pack("!HHHHHH", 7, 0, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!HH", 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(host))
        asker.settimeout(1)
        asker.sendto(question, GROUP)
        answer, _ = asker.recvfrom(1500)
    return socket.inet_ntoa(answer[-4:])
