# SPDX-License-Identifier: ISC
"""The configuration of a guest for xl (xl.cfg(5)), of a manifest and what the command line says."""

import json
import pathlib
import re

GUEST = "10.0.2.15"
GATEWAY = "10.0.2.2"


class Refused(Exception):
    """The command line asks for what cannot be; a sentence."""


def text(value):
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def quoted(word):
    """A word of the boot command line, which the image splits again as a shell does."""
    if word and not re.search(r"[ \t\r\n\"'\\]", word):
        return word
    return "'" + word.replace("'", "'\"'\"'") + "'"


class Manifest:
    def __init__(self, path):
        try:
            facts = json.loads(pathlib.Path(path).read_text()) if path else {}
        except OSError:
            raise Refused(f"cannot read {path}; run `mirage configure` first") from None
        attached = [device["attach"].partition(" ") for device in facts.get("devices", []) if device.get("attach")]
        self.name = facts.get("name", "guest")
        self.networks = [name for kind, _, name in attached if kind == "network"]
        self.disks = [name for kind, _, name in attached if kind == "block"]
        self.has_console = any(device.get("module") == "console" for device in facts.get("devices", []))
        self.takes_address = any(argument.get("name") == "ipv4" for argument in facts.get("arguments", []))


def files_of_disks(manifest, given):
    """The file of each disk, in order; without an option, the file is called as the disk."""
    chosen = {}
    for word in given:
        name, equals, file = word.partition("=")
        if not equals:
            raise Refused(f"--disk {word}: write NAME=FILE")
        if name not in manifest.disks:
            raise Refused(f"the image has no disk {name}")
        chosen[name] = file
    return [pathlib.Path(chosen.get(name, name)) for name in manifest.disks]


def forwarded(words):
    """`-p [ADDRESS:]HOST:GUEST[/udp]` as (kind, address, port, port of the guest)."""
    found = []
    for word in words:
        match = re.fullmatch(r"(?:(\[[^]]*\]|[^:]*):)?(\d+):(\d+)(?:/(udp|tcp))?", word)
        if not match or not all(0 < int(port) < 65536 for port in match.group(2, 3)):
            raise Refused(f"{word} says no ports; write HOST:GUEST, ADDRESS:HOST:GUEST, or HOST:GUEST/udp")
        found.append((match[4] or "tcp", match[1] or "127.0.0.1", int(match[2]), int(match[3])))
    return found


def taps_of(words, manifest):
    """`--network=tap:NAME`, one for each network of the image, or none at all."""
    for word in words:
        if not word.startswith("tap:"):
            raise Refused(f"--network={word}: on this machine, which is no Xen host, write tap:NAME")
    if words and len(words) != len(manifest.networks):
        raise Refused(f"the image has {len(manifest.networks)} networks; give --network as often, or not at all")
    return [word.removeprefix("tap:") for word in words]


def with_address(manifest, arguments):
    """The boot arguments, with an address in QEMU's network for an image that takes one and was given none."""
    def is_given(name):
        return any(word == f"--{name}" or word.startswith(f"--{name}=") for word in arguments)

    if not manifest.networks or not manifest.takes_address or is_given("ipv4"):
        return arguments
    gateway = [] if is_given("ipv4-gateway") else [f"--ipv4-gateway={GATEWAY}"]
    return [f"--ipv4={GUEST}/24", *gateway, *arguments]


def configuration(name, kernel, memory, arguments, networks=(), disks=()):
    """`networks` and `disks` as xl specifies them; all that the guest can come to ends the domain."""
    lines = [f"name = {text(name)}", 'type = "pvh"', f"kernel = {text(kernel)}", f"memory = {memory}", "vcpus = 1",
             f"extra = {text(' '.join(map(quoted, arguments)))}"]
    lines += [f'{event} = "destroy"' for event in ("on_poweroff", "on_reboot", "on_crash")]
    lines += [f"vif = [{', '.join(map(text, networks))}]", f"disk = [{', '.join(map(text, disks))}]"]
    return "".join(f"{line}\n" for line in lines)


def specification_of_disk(number, target):
    return f"format=raw,vdev=xvd{chr(ord('a') + number)},access=rw,target={target}"
