"""Instructions by function and by source line, from callgrind's output. Format: valgrind's manual, "Callgrind Format Specification"."""
import collections
import re

NAME = re.compile(r"\((\d+)\)(?: (.*))?$")          # a number, with the name where it comes first
COST = re.compile(r"(\+\d+|-\d+|\*|\d+) (\d+)$")    # a line, absolute or relative to the one before, and its instructions


def costs(path):
    """Two counters of instructions spent in the place itself: by function, and by (file, line)."""
    functions, lines = collections.Counter(), collections.Counter()
    names = {}

    def name(kind, text):
        number, new = NAME.match(text).groups()
        if new:
            names[kind, number] = new
        return names[kind, number]

    function = file = function_file = ""
    line, is_call = 0, False
    with open(path, encoding="utf-8", errors="replace") as output:
        for text in output:
            key, _, value = text.rstrip("\n").partition("=")
            if key == "fl":
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
                    functions[function] += int(cost.group(2))
                    lines[file, line] += int(cost.group(2))
                is_call = False
    return functions, lines
