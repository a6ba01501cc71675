# SPDX-License-Identifier: ISC
"""A web server of the host, for clients to fetch from."""

import contextlib
import http.server
import threading


@contextlib.contextmanager
def web_server(address, body, **headers):
    """Answers every GET with `body`, and gives its port. A header's underscores are hyphens."""
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer((address, 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
