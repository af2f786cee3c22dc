"""Runs a workload under callgrind, and reads what it wrote. Format: valgrind's manual, "Callgrind Format Specification"."""
import collections
import dataclasses
import json
import pathlib
import re
import subprocess
import sys
import tempfile

NAME = re.compile(r"\((\d+)\)(?: (.*))?$")          # a number, with the name where it comes first
COST = re.compile(r"(\+\d+|-\d+|\*|\d+) (\d+)$")    # a line, absolute or relative to the one before, and its instructions


@dataclasses.dataclass
class Costs:
    """Instructions spent in the place itself: by function, by (file, line), and by the library or program it belongs to."""
    functions: collections.Counter
    lines: collections.Counter
    objects: collections.Counter


@dataclasses.dataclass
class Profile:
    count: int  # rows or operations
    unit: str
    costs: Costs


def profiled(binaries, driver, server, workload, scale):
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["valgrind", "--tool=callgrind", "--dump-line=yes", f"--callgrind-out-file={folder}/%p",
                               binaries.odbc_bench, "--driver", driver, "--scale", f"{scale:.9f}", "--spread", "--json", workload],
                              env=server.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if not done.stdout:
            sys.exit(done.stderr)
        figures = json.loads(done.stdout.splitlines()[-1])
        if "error" in figures:
            sys.exit(f"{workload}: {figures['error']}")
        # The parent only waits: its output is the smaller one.
        output = max(pathlib.Path(folder).iterdir(), key=lambda path: path.stat().st_size)
        return Profile(figures["count"], figures["unit"], costs(output))


def profiled_twice(binaries, driver, server, workload, scale):
    """The second time with twice the count: the difference is what a row or an operation costs, without what is done once."""
    once = profiled(binaries, driver, server, workload, scale)
    twice = profiled(binaries, driver, server, workload, 2 * scale)
    if twice.count == once.count:
        sys.exit(f"{workload}: {once.count} is the least it does; try --scale {5 * scale:g}")
    return once, twice


def costs(path):
    found = Costs(collections.Counter(), collections.Counter(), collections.Counter())
    names = {}

    def name(kind, text):
        number, new = NAME.match(text).groups()
        if new:
            names[kind, number] = new
        return names[kind, number]

    function = file = function_file = library = ""
    line, is_call = 0, False
    with open(path, encoding="utf-8", errors="replace") as output:
        for text in output:
            key, _, value = text.rstrip("\n").partition("=")
            if key == "ob":
                library = name("object", value)
            elif key == "cob":
                name("object", value)
            elif key == "fl":
                file = function_file = name("file", value)
            elif key in ("fi", "fe"):
                file = name("file", value)
            elif key == "fn":
                function, file = name("function", value), function_file
            elif key in ("cfi", "cfl"):
                name("file", value)
            elif key == "cfn":
                name("function", value)
            elif key == "calls":
                is_call = True  # the next line is what the callee cost
            elif cost := COST.match(key):
                where = cost.group(1)
                line = line if where == "*" else line + int(where) if where[0] in "+-" else int(where)
                if not is_call:
                    instructions = int(cost.group(2))
                    found.functions[function] += instructions
                    found.lines[file, line] += instructions
                    found.objects[library] += instructions
                is_call = False
    return found
