# SPDX-License-Identifier: ISC
"""Mirage in gdb: `source mirage.py`, or `gdb -x mirage.py PROGRAM`.

Prints tasks, scopes, buffers, results, addresses and times as one would say them, and adds the command
`mirage tasks`: every live task, what it waits for, and the calls in which it does. It only reads memory, so it
works on a core file and over a remote stub, too. docs/debugging.md shows it.
"""

import re
import string

import gdb
import gdb.printing

POINTER = gdb.lookup_type("long").sizeof
LONGEST_FRAME = 4096  # a larger one ends the list of its calls, nothing worse


def read_word(address):
    memory = gdb.selected_inferior().read_memory(address, POINTER)
    return int.from_bytes(memory.tobytes(), "little")


def text_at(pointer):
    """The C string at a pointer, or None where it is null."""
    return pointer.string(errors="replace") if int(pointer) else None


def function_of(coroutine):
    """The name of the coroutine whose frame is at this address, without its arguments."""
    # The first word is the function that resumes it, null at its end; the second destroys it.
    place = read_word(coroutine) or read_word(coroutine + POINTER)
    said = gdb.execute(f"info symbol {place}", to_string=True)
    name = re.sub(r"( \[clone \.\w+\]|\.(resume|destroy))? (\+ \d+ )?in section .*", "", said.strip())
    return without_arguments(name)


def without_arguments(name):
    """`r a::b<c(d)>(e) const` gives `a::b<c(d)>`; a lambda keeps the function that it is in."""
    name = name.replace("(anonymous namespace)::", "")
    name = re.sub(r"(\{lambda\([^{}]*\)#\d+\}|\$_\d+)::operator\(\)", "lambda", name)
    depth, begin = 0, 0
    for place, character in enumerate(name):
        depth += (character == "<") - (character == ">")
        if character == " " and depth == 0:
            begin = place + 1  # what was before is the type that it returns
        if character == "(" and depth == 0:
            return name[begin:place] + ("::lambda" if "::lambda" in name[place:] else "")
    return name


class Frames:
    """Where a promise lies in its frame, and what it says."""

    def __init__(self):
        self.frame = gdb.lookup_type("mirage::detail::frame")
        self.link = gdb.lookup_type("mirage::list_link")

    def at(self, coroutine):
        # The two functions, then the promise: core asserts that nothing in between is needed.
        return gdb.Value(coroutine + 2 * POINTER).cast(self.frame.pointer()).dereference()

    @staticmethod
    def coroutine_of(frame):
        return int(frame.address) - 2 * POINTER

    def on_list(self, of):
        """The frames that hang on a mirage::list by their link."""
        head = of["head_"]
        at = head["next_"]
        while int(at) and int(at) != int(head.address):
            yield at.cast(self.frame.pointer()).dereference()
            at = at["next_"]

    def calls(self, root):
        """The coroutine of a task and those that it awaits, outermost first. A frame keeps the task that it awaits,
        and that one names the root and the frame that goes on after it: what fits both ways is no chance."""
        calls = [self.coroutine_of(root)]
        while (nested := self.awaited_by(calls[-1], int(root.address))) is not None and nested not in calls:
            calls.append(nested)
        return calls

    def awaited_by(self, coroutine, root):
        memory = gdb.selected_inferior()
        for offset in range(2 * POINTER, LONGEST_FRAME, POINTER):
            try:
                candidate = read_word(coroutine + offset)
                if candidate % 16 or candidate < 4096 or candidate == coroutine:
                    continue
                frame = self.at(candidate)
                if int(frame["root"]) == root and int(frame["continuation"]) == coroutine:
                    return candidate
            except gdb.MemoryError:
                if not readable(memory, coroutine + offset):
                    return None
        return None


def readable(memory, address):
    try:
        memory.read_memory(address, POINTER)
    except gdb.MemoryError:
        return False
    return True


# ---- The command ----------------------------------------------------------------------------------------


class Mirage(gdb.Command):
    """Commands for a unikernel; `help mirage` lists them."""

    def __init__(self):
        super().__init__("mirage", gdb.COMMAND_DATA, prefix=True)


class Tasks(gdb.Command):
    """mirage tasks: every live task of the node that runs, those in its scopes below it.

    A line a task: its name, what it waits for (or `ready`, or `running`), and the calls in which it waits."""

    def __init__(self):
        super().__init__("mirage tasks", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        try:
            here = gdb.parse_and_eval("mirage::os::here")
        except gdb.error as error:
            raise gdb.GdbError(f"this program has no mirage::os::here: {error}") from error
        if not int(here):
            raise gdb.GdbError("no node runs: mirage::os::here is null")
        loop = here.dereference()["tasks"]
        self.frames = Frames()
        self.running = int(loop["running_"])
        print(f"{int(loop['tasks_'])} tasks")
        self.show(loop["outer_scopes_"], 0)

    def show(self, scope, depth):
        while int(scope):
            for root in self.frames.on_list(scope["children_"]):
                name = text_at(root["name"]) or "cancelled"
                waiting = text_at(root["waiting_for"]) or "ready"
                if int(root.address) == self.running:
                    waiting = "running"
                calls = " > ".join(function_of(call) for call in self.frames.calls(root))
                print(f"{'  ' * depth}{name}: {waiting}, in {calls}")
                self.show(root["inner_scopes"], depth + 1)
            scope = scope["next_inner_"]


# ---- Values -----------------------------------------------------------------------------------------------


class TaskPrinter:
    """mirage::task<T>"""

    def __init__(self, value):
        self.coroutine = int(value["frame_"]["_M_fr_ptr"])

    def to_string(self):
        if not self.coroutine:
            return "no task"
        function = function_of(self.coroutine)
        if not read_word(self.coroutine):
            return f"{function}, ended"
        frame = Frames().at(self.coroutine)
        if not int(frame["root"]):
            return f"{function}, not started"
        return f"{function}, in the task {text_at(frame['root'].dereference()['name']) or 'cancelled'}"


class ScopePrinter:
    """mirage::scope: its tasks are its children."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        number = int(self.value["size_"])
        return f"scope of {number} task{'' if number == 1 else 's'}"

    def children(self):
        for number, root in enumerate(Frames().on_list(self.value["children_"])):
            waiting = text_at(root["waiting_for"]) or "ready"
            yield f"[{number}]", f"{text_at(root['name'])}: {waiting}"


class BufferPrinter:
    """mirage::buffer: its size, who else refers to it, and how it begins."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        data, size = self.value["data_"], int(self.value["size_"])
        if not int(data):
            return "no buffer"
        storage = self.value["storage_"]
        owners = f"{int(storage['references'])} references" if int(storage) else "static"
        memory = gdb.selected_inferior().read_memory(int(data), min(size, 64)).tobytes() if size else b""
        return f"{size} bytes, {owners}: {preview(memory)}{'...' if size > 64 else ''}"


def preview(memory):
    """Text in quotes; bytes as hexadecimal digits where more than a few are no text."""
    plain = set(string.printable.encode()) - set(b"\x0b\x0c")
    if sum(byte not in plain for byte in memory) > len(memory) // 8:
        return memory.hex(" ")
    return '"' + memory.decode("latin-1").encode("unicode_escape").decode().replace('"', '\\"') + '"'


class ResultPrinter:
    """mirage::result<T, E>, which is std::expected<T, E>."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        if not bool(self.value["_M_has_value"]):
            return f"error {self.value['_M_unex'].format_string()}"
        if self.value.type.strip_typedefs().template_argument(0).code == gdb.TYPE_CODE_VOID:
            return "value"
        return f"value {self.value['_M_val'].format_string()}"


def ipv4_text(value):
    return ".".join(str(value >> shift & 0xFF) for shift in (24, 16, 8, 0))


def ipv6_text(value):
    import ipaddress

    return str(ipaddress.IPv6Address(value))


def address_text(value):
    """An address of either family, from its value in the debugger."""
    name = value.type.strip_typedefs().unqualified().name
    if name == "mirage::ipv4_address":
        return ipv4_text(int(value["value_"]))
    if name == "mirage::ipv6_address":
        return ipv6_text(int(value["high_"]) << 64 | int(value["low_"]))
    inner = value["value_"]
    return address_text(inner) if bool(value["is_v6_"]) else ipv4_text(int(inner["low_"]) & 0xFFFFFFFF)


def seconds_text(nanoseconds):
    whole, rest = divmod(abs(nanoseconds), 10**9)
    return f"{'-' * (nanoseconds < 0)}{whole}{f'.{rest:09}'.rstrip('0') if rest else ''} s"


class DurationPrinter:
    """mirage::duration"""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        return seconds_text(int(self.value["__r"]))


class InstantPrinter:
    """mirage::instant, counted from when the clock began, and mirage::wall_time"""

    def __init__(self, value):
        self.wall = "wall_clock" in str(value.type.strip_typedefs())
        self.nanoseconds = int(value["__d"]["__r"])

    def to_string(self):
        if self.nanoseconds == 2**63 - 1:
            return "never"
        if not self.wall:
            return seconds_text(self.nanoseconds)
        import datetime

        seconds, rest = divmod(self.nanoseconds, 10**9)
        day = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
        return f"{day:%Y-%m-%dT%H:%M:%S}.{rest:09}Z"


class MacPrinter:
    """mirage::mac_address"""

    def __init__(self, value):
        self.octets = value["octets_"]["_M_elems"]

    def to_string(self):
        return ":".join(f"{int(self.octets[i]):02x}" for i in range(6))


class AddressPrinter:
    """mirage::ipv4_address, ipv6_address, ip_address"""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        return address_text(self.value)


class PrefixPrinter:
    """mirage::ipv4_prefix, ipv6_prefix, ip_prefix"""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        return f"{address_text(self.value['address_'])}/{int(self.value['length_'])}"


class EndpointPrinter:
    """mirage::endpoint"""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        address = address_text(self.value["address"])
        return f"{f'[{address}]' if ':' in address else address}:{int(self.value['port'])}"


def printers():
    of = gdb.printing.RegexpCollectionPrettyPrinter("mirage")
    of.add_printer("task", "^mirage::task<.*>$", TaskPrinter)
    of.add_printer("scope", "^mirage::scope$", ScopePrinter)
    of.add_printer("buffer", "^mirage::buffer$", BufferPrinter)
    of.add_printer("result", "^std::expected<.*>$", ResultPrinter)
    of.add_printer("duration", r"^std::chrono::duration<long, std::ratio<1l?, 1000000000l?> ?>$", DurationPrinter)
    of.add_printer("instant", "^std::chrono::time_point<mirage::(monotonic|wall)_clock, .*>$", InstantPrinter)
    of.add_printer("mac_address", "^mirage::mac_address$", MacPrinter)
    of.add_printer("address", "^mirage::(ipv4_address|ipv6_address|ip_address)$", AddressPrinter)
    of.add_printer("prefix", "^mirage::(basic_prefix<.*>|ip_prefix)$", PrefixPrinter)
    of.add_printer("endpoint", "^mirage::endpoint$", EndpointPrinter)
    return of


gdb.printing.register_pretty_printer(None, printers(), replace=True)
Mirage()
Tasks()
