# SPDX-License-Identifier: ISC
"""Virtual machines in QEMU without KVM: ours as `mirage run` starts it, and Linux in the same machine with the same devices."""

import shlex
import subprocess
import sys
import threading

from project import MIRAGE
from server_process import SERVER_CORE, ServerProcess

MEMORY = "512"  # MiB, of each guest


def command_of(image, *options, arguments=()):
    """The words with which `mirage run` starts QEMU for an image of project.build."""
    words = [MIRAGE, "run", "--dry-run", "--accel=tcg", f"--memory={MEMORY}", *options, "--", *arguments]
    shown = subprocess.run(list(map(str, words)), cwd=image.parent.parent, check=True, stdout=subprocess.PIPE, text=True).stdout
    return shlex.split(shown)


def with_linux(command, kernel, initramfs, arguments):
    """The same machine, with Linux in it."""
    words = list(command)
    words[words.index("-kernel") + 1] = str(kernel)
    words[words.index("-append") + 1] = arguments
    return [*words, "-initrd", str(initramfs)]


class VirtualMachine(ServerProcess):
    """A guest, from the start of QEMU until it is stopped; its lines on the serial port are read."""

    def __init__(self, name, command, cores=SERVER_CORE):
        super().__init__(name, command, cores, stdout=subprocess.PIPE, text=True, errors="replace")
        self.lines = []
        self.ended = False
        self.changed = threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.rstrip())
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def wait_for(self, text, seconds):
        """The first line that contains it."""
        def found():
            return next((line for line in self.lines if text in line), None)

        with self.changed:
            self.changed.wait_for(lambda: self.ended or found(), seconds)
            if found() is None:
                sys.exit(f"{self.name} does not say {text!r}; its last words: {self.lines[-5:]}")
            return found()

    def wait_until_ended(self, seconds):
        with self.changed:
            if not self.changed.wait_for(lambda: self.ended, seconds):
                sys.exit(f"{self.name} does not end; its last words: {self.lines[-5:]}")
