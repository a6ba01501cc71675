# SPDX-License-Identifier: ISC
"""What the web server must do with a request, asked with curl, or with bytes on a socket where curl is too polite."""

import email.utils
import gzip
import json
import pathlib
import random
import re
import shutil
import socket
import subprocess
import tempfile

from results import equal, require

# The time of last modification of everything in the sample folder.
MODIFIED = 1_700_000_000


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def __getitem__(self, name):
        """A header's value; None if it is not there."""
        values = self.headers.get(name.lower())
        return ", ".join(values) if values else None


def curl(url, *options, head=False):
    """The answer as it came: redirects are not followed, nothing is unpacked."""
    with tempfile.TemporaryDirectory() as folder:
        body = pathlib.Path(folder) / "body"
        command = ["curl", "--silent", "--show-error", "--max-time", "10", "--path-as-is", "--globoff", *(["--head"] if head else []),
                   *options, "--output", body, "--write-out", '{"status": %{http_code}, "headers": %{header_json}}', url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
        require(done.returncode == 0, f"curl {url} ended with {done.returncode}", done.stderr.strip())
        facts = json.loads(done.stdout)
        content = body.read_bytes() if body.exists() and not head else b""
        return Answer(facts["status"], facts["headers"], content)


def accept(codings):
    return ("--header", f"Accept-Encoding: {codings}")


def unpacked(answer):
    coding = answer["Content-Encoding"]
    if coding == "gzip":
        return gzip.decompress(answer.body)
    if coding == "br":
        # Python has no decoder; curl has.
        raise ValueError("ask curl with --compressed")
    return answer.body


def exchange(port, request, end=False):
    """Sends bytes, reads until the server closes or is silent for a while."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(request)
        if end:
            connection.shutdown(socket.SHUT_WR)
        connection.settimeout(2)
        out = b""
        try:
            while part := connection.recv(1 << 16):
                out += part
        except TimeoutError:
            pass
        except ConnectionResetError:
            pass
        return out


def make_sample(folder):
    """A folder with one of everything."""
    shutil.rmtree(folder, ignore_errors=True)
    noise = random.Random(5)
    files = {
        "index.html": b"<!doctype html><title>Home</title><p>home</p>\n",
        "404.html": b"<!doctype html><title>No</title><p>not found here</p>\n",
        "text.txt": b"".join(b"line %d of a text that is worth compressing\n" % i for i in range(200)),
        "small.txt": b"0123456789",
        "empty.txt": b"",
        "noise.bin": noise.randbytes(300_000),
        "sub/index.html": b"<p>sub</p>\n",
        "sub/page.html": b"<p>page</p>\n",
        "sub/deep/only.txt": b"deep\n",
        "a b & c.txt": b"spaces\n",
        "caf\u00e9.txt": b"letters\n",
        ".secret": b"secret\n",
        ".well-known/security.txt": b"Contact: nobody\n",
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return files


# ---- The documentation ----


def every_file_is_served(server, site):
    paths = sorted(path for path in site.rglob("*") if path.is_file())
    require(len(paths) > 10, "the site has pages", len(paths))
    for path in paths:
        name = path.relative_to(site).as_posix()
        content = path.read_bytes()
        plain = curl(f"{server.url}/{name}", *accept("identity"))
        equal((plain.status, plain.body), (200, content), f"GET {name}")
        equal(plain["Content-Encoding"], None, f"the coding of {name}")
        packed = curl(f"{server.url}/{name}", *accept("gzip"))
        equal(unpacked(packed), content, f"GET {name} with gzip")
        brotli = curl(f"{server.url}/{name}", "--compressed", *accept("br"))
        equal(brotli.body, content, f"GET {name} with brotli")
        equal(plain["Content-Length"], str(len(content)), f"the length of {name}")


def pages_are_compressed(server, site):
    for name in ("index.html", "v1.html", "style.css"):
        answer = curl(f"{server.url}/{name}", *accept("gzip, br"))
        equal(answer["Content-Encoding"], "br", f"the coding of {name}")
        size = (site / name).stat().st_size
        require(len(answer.body) < 0.6 * size, f"{name} is compressed from {size} bytes", len(answer.body))


# ---- The sample folder ----


def types_are_told(server):
    for name, wanted in {"": "text/html; charset=utf-8", "text.txt": "text/plain; charset=utf-8",
                         "noise.bin": "application/octet-stream", ".well-known/security.txt": "text/plain; charset=utf-8"}.items():
        equal(curl(f"{server.url}/{name}")["Content-Type"], wanted, f"the type of /{name}")


def indexes_and_slashes(server):
    equal(curl(f"{server.url}/").body, curl(f"{server.url}/index.html").body, "the page at /")
    equal(curl(f"{server.url}/sub/").body, b"<p>sub</p>\n", "the page at /sub/")
    redirect = curl(f"{server.url}/sub")
    require(redirect.status in (301, 308), "/sub is redirected", redirect.status)
    equal(redirect["Location"], "/sub/", "where /sub leads")
    equal(curl(f"{server.url}/sub?x=1&y")["Location"], "/sub/?x=1&y", "where /sub?x=1&y leads")
    followed = curl(f"{server.url}/sub", "--location")
    equal((followed.status, followed.body), (200, b"<p>sub</p>\n"), "/sub, followed")
    equal(curl(f"{server.url}/sub/deep/").status, 404, "a folder without an index")
    equal(curl(f"{server.url}/small.txt/").status, 404, "a file with a slash behind it")
    # `//evil.example/..` as a Location would lead to another host.
    location = curl(f"{server.url}//sub")["Location"] or "/"
    require(not location.startswith("//"), "no redirect to another host", location)


def names_are_decoded(server):
    equal(curl(f"{server.url}/a%20b%20%26%20c.txt").body, b"spaces\n", "a name with spaces")
    equal(curl(f"{server.url}/caf%C3%A9.txt").body, b"letters\n", "a name with accents")
    equal(curl(f"{server.url}/%73mall.txt?query=ignored#x").body, b"0123456789", "an escaped letter and a query")


def not_found_has_its_page(server):
    answer = curl(f"{server.url}/no/such/page")
    equal((answer.status, answer["Content-Type"]), (404, "text/html; charset=utf-8"), "a page that is not there")
    equal(answer.body, b"<!doctype html><title>No</title><p>not found here</p>\n", "its body")
    head = curl(f"{server.url}/no/such/page", head=True)
    equal(head.status, 404, "HEAD of it")
    conditional = curl(f"{server.url}/no/such/page", "--header", "If-None-Match: *")
    equal(conditional.status, 404, "a condition on it")
    ranged = curl(f"{server.url}/no/such/page", "--range", "0-3")
    equal(ranged.status, 404, "a range of it")


def nothing_outside_is_served(server):
    for path in ("/../small.txt", "/sub/../small.txt", "/sub/../../etc/passwd", "/..", "/sub/..", "/%2e%2e/etc/passwd", "/sub/%2E%2E/small.txt",
                 "/..%2fetc/passwd", "/sub%2f..%2fsmall.txt", "/./small.txt", "/sub/./page.html", "/..%5cetc", "/%00", "/small.txt%00.html",
                 "//small.txt", "/sub//page.html"):
        answer = curl(f"{server.url}{path}")
        require(answer.status in (400, 404), f"{path} is refused", answer.status)
        require(b"0123456789" not in answer.body and b"root:" not in answer.body, f"{path} gives nothing away")


def hidden_files_stay_hidden(server):
    equal(curl(f"{server.url}/.secret").status, 404, "/.secret")
    equal(curl(f"{server.url}/%2esecret").status, 404, "/%2esecret")
    equal(curl(f"{server.url}/.well-known/security.txt").body, b"Contact: nobody\n", "/.well-known/security.txt")


def head_is_get_without_body(server):
    for name in ("", "text.txt", "noise.bin", "empty.txt", "sub"):
        get, head = curl(f"{server.url}/{name}"), curl(f"{server.url}/{name}", head=True)
        equal(head.status, get.status, f"HEAD /{name}")
        for headers in (get.headers, head.headers):
            headers.pop("date", None)
        equal(head.headers, get.headers, f"the head of /{name}")
    raw = exchange(server.port, b"HEAD /text.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    require(raw.endswith(b"\r\n\r\n"), "nothing follows the head", raw[-40:])


def methods(server):
    for method in ("POST", "PUT", "DELETE"):
        answer = curl(f"{server.url}/small.txt", "--request", method, "--data", "x")
        equal(answer.status, 405, method)
        require({"GET", "HEAD"} <= set(re.split(r"[, ]+", answer["Allow"] or "")), f"{method} is told what is allowed", answer["Allow"])
    require(curl(f"{server.url}/small.txt", "--request", "BREW").status in (405, 501), "an unknown method is refused")


def conditions(server):
    first = curl(f"{server.url}/text.txt", *accept("identity"))
    etag, modified = first["ETag"], first["Last-Modified"]
    require(re.fullmatch(r'"[!#-~]+"', etag or ""), "the entity tag is strong", etag)
    equal(modified, email.utils.formatdate(MODIFIED, usegmt=True), "Last-Modified")

    def status(*headers, url="/text.txt"):
        options = [word for header in headers for word in ("--header", header)]
        return curl(f"{server.url}{url}", *accept("identity"), *options).status

    same = curl(f"{server.url}/text.txt", *accept("identity"), "--header", f"If-None-Match: {etag}")
    equal((same.status, same.body, same["ETag"], same["Content-Length"] in (None, first["Content-Length"])), (304, b"", etag, True), "If-None-Match")
    equal(status(f'If-None-Match: "x", {etag}'), 304, "a list of tags")
    equal(status(f"If-None-Match: W/{etag}"), 304, "a weak tag")
    equal(status("If-None-Match: *"), 304, "any tag")
    equal(status('If-None-Match: "x"'), 200, "another tag")
    equal(status(f"If-Modified-Since: {modified}"), 304, "If-Modified-Since")
    equal(status("If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT"), 200, "an older date")
    equal(status("If-Modified-Since: soon"), 200, "no date")
    equal(status('If-None-Match: "x"', f"If-Modified-Since: {modified}"), 200, "the tag counts more than the date")
    equal(status('If-Match: "x"'), 412, "If-Match")
    equal(status(f"If-Match: {etag}"), 200, "If-Match of the right tag")
    equal(status("If-Unmodified-Since: Sat, 01 Jan 2000 00:00:00 GMT"), 412, "If-Unmodified-Since")


def variants_have_tags_of_their_own(server):
    tags = {coding: curl(f"{server.url}/text.txt", *accept(coding))["ETag"] for coding in ("identity", "gzip", "br")}
    equal(len(set(tags.values())), 3, f"the number of tags in {tags}")
    for coding, tag in tags.items():
        equal(curl(f"{server.url}/text.txt", *accept(coding), "--header", f"If-None-Match: {tag}").status, 304, f"the tag of {coding}")


def negotiation(server):
    def coding(field):
        options = accept(field) if field is not None else ("--header", "Accept-Encoding:")
        answer = curl(f"{server.url}/text.txt", *options)
        require("accept-encoding" in (answer["Vary"] or "").lower(), f"Vary for {field!r}", answer["Vary"])
        return answer["Content-Encoding"]

    for field, wanted in {None: None, "": None, "identity": None, "gzip": "gzip", "br": "br", "gzip, br": "br", "br;q=0.5, gzip": "gzip", "GZIP": "gzip",
                          "gzip;q=0": None, "gzip;q=0, br;q=0": None, "*": "br", "*;q=0.1, gzip": "gzip", "br;q=0, *": "gzip", "zstd, compress": None,
                          "gzip;q=0.001": "gzip", "identity, gzip;q=0.5": None, "deflate, gzip;q=1.0": "gzip"}.items():
        equal(coding(field), wanted, f"the coding for {field!r}")
    equal(curl(f"{server.url}/noise.bin", *accept("gzip, br"))["Content-Encoding"], None, "the coding of noise")


def ranges(server, files):
    noise = files["noise.bin"]

    def part(value, *more):
        return curl(f"{server.url}/noise.bin", "--header", f"Range: {value}", *more)

    equal(curl(f"{server.url}/noise.bin")["Accept-Ranges"], "bytes", "Accept-Ranges")
    for value, first, last in (("bytes=0-0", 0, 0), ("bytes=0-99", 0, 99), ("bytes=100-", 100, 299_999), ("bytes=-7", 299_993, 299_999),
                               ("bytes=299999-400000", 299_999, 299_999), ("bytes=-400000", 0, 299_999)):
        answer = part(value)
        equal((answer.status, answer["Content-Range"]), (206, f"bytes {first}-{last}/300000"), value)
        equal(answer.body, noise[first:last + 1], f"the bytes of {value}")
    for value in ("bytes=300000-", "bytes=-0"):
        answer = part(value)
        equal((answer.status, answer["Content-Range"]), (416, "bytes */300000"), value)
    for value in ("bytes=5-4", "lines=0-1", "bytes=x", "bytes="):
        equal(part(value).status, 200, value)
    etag = curl(f"{server.url}/noise.bin")["ETag"]
    equal(part("bytes=0-9", "--header", f"If-Range: {etag}").status, 206, "If-Range of the right tag")
    equal(part("bytes=0-9", "--header", 'If-Range: "x"').body, noise, "If-Range of another tag")
    equal(part("bytes=0-9", "--header", f"If-None-Match: {etag}").status, 304, "a condition before a range")

    several = part("bytes=0-3,10-13")
    equal(several.status, 206, "two ranges")
    boundary = re.fullmatch(r'multipart/byteranges; boundary="?([^"]+)"?', several["Content-Type"] or "")
    require(boundary, "two ranges are a multipart answer", several["Content-Type"])
    sections = several.body.split(b"--" + boundary[1].encode())
    equal([section.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for section in sections[1:-1]], [noise[0:4], noise[10:14]], "the two parts")
    equal(curl(f"{server.url}/noise.bin", "--header", "Range: bytes=0-9", head=True).status in (200, 206), True, "a range of HEAD")


def caching_is_said(server):
    for name in ("", "text.txt", "noise.bin"):
        require(curl(f"{server.url}/{name}")["Cache-Control"], f"/{name} has Cache-Control")


def max_age_is_obeyed(image_server):
    require("max-age=3600" in (curl(f"{image_server.url}/")["Cache-Control"] or ""), "Cache-Control has max-age=3600")


def pipelined_requests(server):
    request = b"".join(b"GET /small.txt HTTP/1.1\r\nHost: x\r\n\r\n" for _ in range(20))
    raw = exchange(server.port, request + b"GET /empty.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    equal(raw.count(b"HTTP/1.1 200 OK\r\n"), 21, "the number of answers")
    equal(raw.count(b"\r\n\r\n0123456789"), 20, "the number of bodies")


def bad_requests(server):
    for request in (b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
                    b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", b"GET / HTTP/1.1\nHost: x\n\n", b"nonsense\r\n\r\n",
                    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"):
        raw = exchange(server.port, request)
        require(raw.startswith(b"HTTP/1.1 400 "), f"{request!r} is refused", raw[:60])
        require(b"connection: close" in raw.lower(), f"{request!r} ends the connection", raw[:200])
    require(exchange(server.port, b"GET / HTTP/2.0\r\nHost: x\r\n\r\n")[9:12] in (b"505", b"400"), "HTTP/2.0 in plain is refused")


def old_clients(server):
    raw = exchange(server.port, b"GET /small.txt HTTP/1.0\r\n\r\n")
    head, _, body = raw.partition(b"\r\n\r\n")
    equal((head.split(b" ", 2)[1], body), (b"200", b"0123456789"), "an HTTP/1.0 request")


def counters(server):
    def metrics():
        answer = curl(f"{server.metrics_url}/metrics")
        equal(answer.status, 200, "/metrics")
        require((answer["Content-Type"] or "").startswith("text/plain; version=0.0.4"), "the type of /metrics", answer["Content-Type"])
        return answer.body.decode()

    def total(text, name):
        return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if re.match(rf"{name}[ {{]", line))

    before = metrics()
    for line in before.splitlines():
        require(re.fullmatch(r'# (HELP|TYPE) .*|[a-zA-Z_:][a-zA-Z0-9_:]*(\{.*\})? \S+', line), "a line of Prometheus text", line)
    names = [name for name in re.findall(r"^# TYPE (\w+) counter$", before, re.MULTILINE) if "request" in name]
    require(names, "a counter of requests", before[:300])
    for _ in range(5):
        curl(f"{server.url}/small.txt")
    after = metrics()
    require(any(total(after, name) >= total(before, name) + 5 for name in names), "five requests are counted", names)
    equal(curl(f"{server.url}/metrics").status, 404, "/metrics on the public port")
    equal(curl(f"{server.metrics_url}/index.html").status, 404, "a page on the port of the counters")
    equal(curl(f"{server.metrics_url}/metrics", head=True).status, 200, "HEAD /metrics")
    equal(curl(f"{server.metrics_url}/metrics", "--data", "x").status, 405, "POST /metrics")


def tasks(server):
    answer = curl(f"{server.metrics_url}/tasks")
    equal((answer.status, answer["Content-Type"]), (200, "text/plain; charset=utf-8"), "/tasks")
    require(len(answer.body.splitlines()) >= 2, "tasks are listed", answer.body)


def access_log(server):
    size = len(curl(f"{server.url}/small.txt?who=me").body)
    curl(f"{server.url}/no-such-page")
    curl(f"{server.url}/%0aforged")
    lines = [line for line in server.output().splitlines() if "[access]" in line]
    require(any(re.search(rf"GET /small\.txt\?who=me\b.* 200 {size} ", line) for line in lines), "a page is logged with its bytes", lines[-3:])
    require(any(re.search(r"GET /no-such-page\b.* 404 ", line) for line in lines), "a missing page is logged", lines[-3:])
    require(not any(line.startswith("forged") for line in server.output().splitlines()), "a line cannot be forged")
