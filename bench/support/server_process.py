# SPDX-License-Identifier: ISC
"""A server that is measured: on a core of its own, with the CPU time that it has used."""

import pathlib
import signal
import subprocess
import sys

SERVER_CORE, CLIENT_CORE = "0", "1"


class ServerProcess:
    """Runs pinned to its core until it is stopped; the CPU time is that of `pid`, which does the work."""

    def __init__(self, name, command, cores=SERVER_CORE, stdout=subprocess.DEVNULL, **how):
        self.name = name
        self.process = subprocess.Popen(["taskset", "-c", cores, *map(str, command)], stdin=subprocess.DEVNULL,
                                        stdout=stdout, stderr=subprocess.DEVNULL, **how)
        self.pid = self.process.pid

    def must_run(self):
        """Ends the script if the server has ended."""
        if self.process.poll() is not None:
            sys.exit(f"{self.name} ended with {self.process.returncode}")

    def cpu_seconds(self):
        tasks = pathlib.Path(f"/proc/{self.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
