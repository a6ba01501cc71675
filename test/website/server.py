# SPDX-License-Identifier: ISC
"""A running image: started on free ports, ended in order."""

import pathlib
import signal
import socket
import subprocess
import tempfile
import time

from forwarded_ports import free_port

PATIENCE = 20  # seconds to start and to end


class Server:
    def __init__(self, image, *arguments, environment=None):
        self.port, self.metrics_port = free_port(), free_port()
        self.log = tempfile.NamedTemporaryFile(prefix="website.", suffix=".log")
        self.process = subprocess.Popen(
            [image, f"--port={self.port}", f"--metrics-port={self.metrics_port}", *arguments],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True,
            env=environment)
        try:
            for port in (self.port, self.metrics_port):
                self.wait_for(port)
        except Exception:
            self.end()
            raise

    def wait_for(self, port):
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                if self.process.poll() is not None:
                    raise RuntimeError(f"{self.process.args[0]} ended with {self.process.returncode}: {self.output()}") from None
                if time.monotonic() > deadline:
                    raise RuntimeError(f"nothing listens on port {port}: {self.output()}") from None
                time.sleep(0.02)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def metrics_url(self):
        return f"http://127.0.0.1:{self.metrics_port}"

    def output(self):
        return pathlib.Path(self.log.name).read_text(errors="replace")

    def end(self):
        """Asks it to end and gives its status; kills it if it does not."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()
        self.log.close()
