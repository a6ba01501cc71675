# SPDX-License-Identifier: ISC
"""A headless Chromium, driven by its DevTools protocol over a pair of pipes: no driver, no port, no library."""

import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-pipe",
         "--disable-dev-shm-usage"]
# The protocol's fixed descriptors in Chromium.
COMMANDS, EVENTS = 3, 4


class BrowserError(Exception):
    pass


class Browser:
    """Use it in a `with`: the process and its profile go when it ends."""

    def __init__(self, program="chromium", patience=60):
        self.patience = patience
        self.profile = tempfile.mkdtemp(prefix="chromium.")
        command_read, self.commands = os.pipe()
        self.events, event_write = os.pipe()

        def set_descriptors():
            # Out of the way first: a pipe may have got 3 or 4 itself.
            source, sink = (os.dup(end) for end in (command_read, event_write))
            while source in (COMMANDS, EVENTS):
                source = os.dup(source)
            while sink in (COMMANDS, EVENTS):
                sink = os.dup(sink)
            os.dup2(source, COMMANDS)
            os.dup2(sink, EVENTS)

        self.process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={self.profile}", "about:blank"], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, pass_fds=(COMMANDS, EVENTS),
            preexec_fn=set_descriptors)
        os.close(command_read)
        os.close(event_write)
        self.buffer = b""
        self.pending = []
        self.next_id = 0
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        except ProcessLookupError:
            self.process.wait()
        os.close(self.commands)
        os.close(self.events)
        shutil.rmtree(self.profile, ignore_errors=True)

    def call(self, method, **parameters):
        """One command and its result."""
        self.next_id += 1
        message = {"id": self.next_id, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + self.patience
        while True:
            answer = self.read(deadline, method)
            if answer.get("id") != self.next_id:
                self.pending.append(answer)
                continue
            if "error" in answer:
                raise BrowserError(f"{method}: {answer['error']['message']}")
            return answer["result"]

    def events_until(self, method):
        """Every event up to the first of that name."""
        deadline = time.monotonic() + self.patience
        seen = []
        while True:
            event = self.pending.pop(0) if self.pending else self.read(deadline, method)
            seen.append(event)
            if event.get("method") == method:
                return seen

    def read(self, deadline, what):
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.events], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise BrowserError(f"no answer to {what} within {self.patience} s")
            part = os.read(self.events, 1 << 16)
            if not part:
                raise BrowserError("the browser has ended")
            self.buffer += part
        line, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(line)

    # ---- What a test asks ----

    def window(self, width, height, dark=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, url):
        """Loads a page; gives what went wrong meanwhile, a sentence each: requests that failed, scripts that threw."""
        self.pending.clear()
        self.call("Page.navigate", url=url)
        troubles = []
        for event in self.events_until("Page.loadEventFired"):
            facts = event.get("params", {})
            if event.get("method") == "Network.responseReceived" and facts["response"]["status"] >= 400:
                troubles.append(f"{facts['response']['url']} is answered with {facts['response']['status']}")
            elif event.get("method") == "Network.loadingFailed":
                troubles.append(f"a request failed: {facts.get('errorText')}")
            elif event.get("method") == "Runtime.exceptionThrown":
                troubles.append(f"a script failed: {facts['exceptionDetails'].get('text')}")
        return troubles

    def evaluate(self, expression):
        """The value of a JavaScript expression, which must be JSON."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise BrowserError(f"the script failed: {result['exceptionDetails'].get('exception', {}).get('description')}")
        return result["result"].get("value")

    def screenshot(self, path, whole_page=False):
        import base64
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole_page,
                         **({"clip": self.whole_page_clip()} if whole_page else {}))["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def whole_page_clip(self):
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        return {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
