# SPDX-License-Identifier: ISC
"""Examples without a network. Each function is named after its example, and gets its built image."""

import re
import time

from project import LOG_LINE, texts
from results import require


def seconds_between(lines):
    stamps = [time.strptime(line[:19], "%Y-%m-%dT%H:%M:%S") for line in lines if LOG_LINE.match(line)]
    return [time.mktime(b) - time.mktime(a) for a, b in zip(stamps, stamps[1:])]


def app_info(image):
    found = image.messages()
    require(any(re.fullmatch(r"core \d+\.\d+\.\d+", line) for line in found), "core with its version", found)
    require(found[0].startswith(f"app-info for target {image.target}, "), "the name and the target", found)


def console(image):
    shown = image.run(typed="abc\nHello\r\nquit\nnever\n")
    require(shown.split() == ["cba", "olleH"], "the lines backwards", shown)
    shown = image.run(typed="no newline")
    require(shown.split() == ["enilwen", "on"], "a last line without its end", shown)


def kv_ro(image):
    wanted = ["Contents of extremely secret vital storage confirmed!", "no such key: there is no such key"]
    found = image.messages()
    require(found == wanted, "the secret, from the image", found)
    if image.target == "unix":
        image.build("--kv_ro=direct")
        found = image.messages()
        require(found == wanted, "the secret, from the folder", found)


def noop(image):
    require(image.run() == "", "it prints something")


def hello(image):
    output = image.run()
    require(texts(output) == ["hello"] * 4, "it must log hello four times", output)
    require(all(1 <= gap <= 2 for gap in seconds_between(output.splitlines())), "a second apart", output)


def hello_key(image):
    require(image.messages() == ["Hello World!"] * 4, "the default of --hello")
    require(image.messages("--hello=Moin moin") == ["Moin moin"] * 4, "--hello")
    shown = image.run("--help", status=63)
    require("--hello" in shown and "What to say" in shown, "--help tells of --hello", shown)
    refused = image.run("--helo=x", status=64)
    require("--helo" in refused and len(refused.splitlines()) == 1, "a bad argument gets one sentence", refused)


def local_library(image):
    require(image.messages() == ["at 8 o'clock: good morning", "at 15 o'clock: good afternoon",
                                   "at 20 o'clock: good evening"], "what the library says")


def heads1(image):
    output = image.run()
    require(texts(output) == ["Heads", "Tails", "Finished"], "the order", output)


def heads2(image):
    output = image.run()
    require(texts(output) == ["Heads", "Tails", "Finished"], "the order", output)


def timeout1(image):
    found = image.messages()
    require(found in (["Returned Heads"], ["Cancelled"]), "one of two", found)


def timeout2(image):
    found = image.messages()
    require(found in (["Returned Heads"], ["Cancelled"]), "one of two", found)


def echo_server(image):
    found = image.messages()
    require(len(found) == 10 and all(re.fullmatch("a{1,20}", line) for line in found), "ten lines of a", found)


def clock(image):
    found = image.messages()
    matches = [re.fullmatch(r"monotonic (\d+) ns, wall (\d+) s since 1970", line) for line in found]
    require(len(found) == 5 and all(matches), "five lines", found)
    steps = [int(b[1]) - int(a[1]) for a, b in zip(matches, matches[1:])]
    require(all(990_000_000 <= step < 2_000_000_000 for step in steps), "a second apart", found)
    require(abs(int(matches[-1][2]) - time.time()) < 5, "the wall clock is right", found)


def random(image):
    first, second = image.messages(), image.messages()
    require(re.fullmatch("32 bytes: [0-9a-f]{64}", first[0]), "32 bytes", first)
    require(first[0] != second[0], "two runs give other bytes", first)
    require(len(first) == 11 and all(re.fullmatch("die: [1-6]", line) for line in first[1:]), "ten throws", first)


def make_disk(image):
    (image.folder / "disk.img").write_bytes(bytes(64 * 1024))


def block(image):
    make_disk(image)
    found = image.messages()
    require(found[-1] == "10 tests started, 10 passed, 0 failed", "ten of ten", found)


def disk_lottery(image):
    make_disk(image)
    found = image.messages()
    require(found == ["slot 0: bad magic; --reset makes a new one"], "a blank disk", found)
    require(image.messages("--reset")[0] == "emptied 1 slots", "--reset")
    best = 0
    for _ in range(3):
        found = image.messages()
        match = re.fullmatch(r"slot 0: ticket (\d+), best so far (\d+)", found[0])
        require(match and int(match[2]) >= best, "the best survives a restart", found)
        require((int(match[1]) > int(match[2])) == (len(found) == 2), "a better ticket is kept", found)
        best = max(int(match[1]), int(match[2]))
    require(image.messages("--slot=1") == ["slot 1: bad magic; --reset makes a new one"], "another slot")
    disk = image.folder / "disk.img"
    content = bytearray(disk.read_bytes())
    content[9] ^= 1
    disk.write_bytes(content)
    require("bad checksum" in image.messages()[0], "a damaged slot is noticed")


PLAIN = (noop, hello, hello_key, app_info, local_library, heads1, heads2, timeout1, timeout2, echo_server, console, clock, random,
         kv_ro, block, disk_lottery)
