# SPDX-License-Identifier: ISC
"""A machine with a real Xen and a Linux dom0, in QEMU. The processor is emulated, so it needs no more than QEMU; Xen and dom0
are up after about ten seconds.
"""

import base64
import ctypes
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from debian_packages import Initramfs

HERE = pathlib.Path(__file__).resolve().parent
SCRIPTS = {"init": "init", **{f"etc/xen/scripts/{name}": name for name in ("vif-bridge", "block")}}
GUEST_ADDRESS = "10.0.2.15"  # where ports of the host lead to
BOOT_LIMIT = 300  # seconds; ten where nothing else computes


def end_with_parent():
    set_death_signal = 1
    ctypes.CDLL(None).prctl(set_death_signal, signal.SIGKILL)


class Failed(Exception):
    """The machine or a command on it did not do what it must; what it said."""


class Host:
    """The machine, from its start until `close`. `files` are in dom0 from the beginning (path without a slash in front: content).

    Output of Xen and of dom0's kernel is in `log`.
    """

    def __init__(self, folder, files=None, forward=(), disks=(), memory=768, capture=None, taps=(), dom0_memory=256):
        """`folder` as xen_machine prepares it; `forward`: (tcp or udp, address, port, port of the guest); `disks`: files, /dev/vda
        and so on in dom0; `taps`: in the place of a network of QEMU's, each at a bridge of its own, xenbr0 and so on."""
        self.capture = capture
        self.working = pathlib.Path(tempfile.mkdtemp(prefix="mirage-xen-"))
        self.log = self.working / "log"
        initrd = self.working / "initrd"
        extra = Initramfs()
        for path, script in SCRIPTS.items():
            extra.add_file(path, (HERE / "dom0" / script).read_bytes(), executable=True)
        for path, content in (files or {}).items():
            extra.add_file(path, content, executable=True)
        extra.write(self.working / "extra")
        with open(initrd, "wb") as out:
            for part in (folder / "dom0", self.working / "extra"):
                out.write(part.read_bytes())
        server = socket.socket(socket.AF_UNIX)
        server.bind(str(self.working / "dom0"))
        server.listen()
        networks = [f"tap,script=no,downscript=no,ifname={tap}" for tap in taps] or [
            "user" + "".join(f",hostfwd={kind}:{address}:{port}-{GUEST_ADDRESS}:{inner}" for kind, address, port, inner in forward)]
        words = ["qemu-system-x86_64", "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
                 # Without SMAP, because the emulated processor would have it trip over dom0's own stack. And with registers of
                 # SSE switched at once: left to a trap, the emulation gives programs of dom0 those of a guest.
                 "-machine", "q35,accel=tcg", "-cpu", "max,-smap", "-m", f"{memory}M", "-smp", "1",
                 "-chardev", f"stdio,id=log,signal=off,logfile={self.log}", "-serial", "chardev:log",
                 "-chardev", f"socket,id=dom0,path={self.working}/dom0", "-serial", "chardev:dom0",
                 "-kernel", folder / "xen", "-append",
                 f"com1=115200,8n1 console=com1 dom0_mem={dom0_memory}M,max:{dom0_memory}M spec-ctrl=eager-fpu",
                 "-initrd", f"{folder}/vmlinux console=hvc0 rdinit=/init panic=1 quiet,{initrd}"]
        for number, network in enumerate(networks):
            words += ["-netdev", f"{network},id=net{number}", "-device", f"e1000,netdev=net{number}"]
        if capture:
            words += ["-object", f"filter-dump,id=capture,netdev=net0,file={capture}"]
        for number, disk in enumerate(disks):
            words += ["-drive", f"if=none,id=disk{number},format=raw,discard=unmap,file={str(disk).replace(',', ',,')}",
                      "-device", f"virtio-blk-pci,drive=disk{number}"]
        with open(self.working / "errors", "wb") as errors:
            self.process = subprocess.Popen(list(map(str, words)), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors,
                                            process_group=0, preexec_fn=end_with_parent)
        server.settimeout(10)
        try:
            self.channel = server.accept()[0]
        except TimeoutError:
            self.close()
            raise Failed(f"QEMU does not start: {self.said()}") from None
        finally:
            server.close()
        self.heard = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        if hasattr(self, "channel"):
            self.channel.close()
        shutil.rmtree(self.working, ignore_errors=True)

    def said(self):
        """The last words on the serial port, or of QEMU."""
        texts = [path.read_text(errors="replace") for path in (self.working / "errors", self.log) if path.exists()]
        return "".join(texts)[-2000:]

    def wait_until_up(self):
        self.hear_until(b"ready\n", BOOT_LIMIT)

    def hear_until(self, mark, limit):
        """What comes before `mark`."""
        end = time.monotonic() + limit
        while mark not in self.heard:
            self.channel.settimeout(max(0.01, end - time.monotonic()))
            try:
                piece = self.channel.recv(65536)
            except TimeoutError:
                piece = b""
            if not piece:
                raise Failed(f"dom0 does not answer; it said {self.heard[-500:]!r}; Xen and Linux said {self.said()}")
            self.heard += piece
        before, _, self.heard = self.heard.partition(mark)
        return before

    def send(self, script):
        """Has dom0's shell begin with it; what it reads and writes goes over `channel`."""
        self.channel.sendall(base64.b64encode(script.encode()) + b"\n")

    def command(self, script, limit=120):
        """Status and output of a script in dom0's shell."""
        mark = secrets.token_hex(8)
        self.send(f"( {script}\n) </dev/null; echo \"{mark}$?\"")
        output = self.hear_until(mark.encode(), limit)
        return int(self.hear_until(b"\n", 10)), output.decode(errors="replace").replace("\r\n", "\n")

    def run(self, script, limit=120):
        """Output of a script that must end well."""
        status, output = self.command(script, limit)
        if status != 0:
            raise Failed(f"{script!r} ended with {status}: {output}")
        return output

    def type_beside(self, line):
        """A line for the other shell, which hears it even while a command runs."""
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()
