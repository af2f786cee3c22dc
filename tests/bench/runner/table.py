"""The table: a line for each workload, a group of columns for the limits and for each driver."""
import datetime
import os
import platform
import subprocess

from .measure import MANAGER


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        model = next((line.partition(":")[2].strip() for line in info if line.startswith("model name")), platform.machine())
    return f"{model}, {os.cpu_count()} cores, Linux {platform.release()}"


def driver_manager():
    done = subprocess.run(["odbcinst", "--version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout.split()[-1] if done.returncode == 0 and done.stdout else "?"


def duration(ns):
    if ns is None:
        return "-"
    for limit, divisor, unit in ((1e3, 1, "n"), (1e6, 1e3, "u"), (1e9, 1e6, "m"), (float("inf"), 1e9, "s")):
        if ns < limit:
            value = ns / divisor
            return f"{value:.0f}{unit}" if value >= 100 or unit == "n" else f"{value:.1f}{unit}"


def ratio(value, limit):
    return "-" if value is None or not limit else f"{value / limit:.2f}"


def mebibytes(kib):
    return "-" if kib is None else f"{kib / 1024:.1f}"


class Group:
    """Columns under one title, each with its heading, its width and what it shows of a result."""

    def __init__(self, title, *columns):
        self.title, self.columns = title, columns
        self.width = sum(width for _, width, _ in columns)

    def line(self, texts):
        return "".join(f"{text:>{width}}" for (_, width, _), text in zip(self.columns, texts))


def limit_group():
    return Group("limit: raw, decoded; driver manager",
                 ("cpu", 7, lambda r: duration(r.each("raw", "cpu_ns"))),
                 ("wall", 7, lambda r: duration(r.each("raw", "wall_ns"))),
                 ("cpu", 7, lambda r: duration(r.each("decoded", "cpu_ns"))),
                 ("wall", 7, lambda r: duration(r.each("decoded", "wall_ns"))),
                 ("dm cpu", 8, lambda r: duration(r.each(MANAGER, "cpu_ns"))))


def driver_group(name):
    def against(figure, limit):
        return lambda r: ratio(r.each(name, figure), r.each(limit, figure))

    return Group(name,
                 ("cpu", 7, lambda r: duration(r.each(name, "cpu_ns"))),
                 ("/raw", 7, against("cpu_ns", "raw")),
                 ("/dec", 7, against("cpu_ns", "decoded")),
                 ("wall", 8, lambda r: duration(r.each(name, "wall_ns"))),
                 ("/raw", 7, against("wall_ns", "raw")),
                 ("/dec", 7, against("wall_ns", "decoded")),
                 ("+MiB", 7, lambda r: mebibytes(r.each(name, "grown_kib"))),
                 ("", 6, lambda r: "" if r.right(name) else "FAILED" if not r.runs.get(name) else "WRONG"))


class Table:
    """Printed line by line, as the workloads end."""

    def __init__(self, names):
        self.groups = [limit_group(), *(driver_group(name) for name in names)]

    def head(self):
        titles = " | ".join(f"{group.title:^{group.width}}" for group in self.groups)
        headings = " | ".join(group.line([heading for heading, _, _ in group.columns]) for group in self.groups)
        return f"{'':34}{titles}\n{'per':>33} {headings}"

    def row(self, result):
        cells = (group.line([show(result) for _, _, show in group.columns]) for group in self.groups)
        return f"{result.name:<28} {result.unit:>4} " + " | ".join(cells)


def plain(rows):
    """Lines of texts, in columns."""
    lines = [list(row) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(f"{line[0]:<{widths[0]}}" + "".join(f"  {text:>{width}}" for text, width in zip(line[1:], widths[1:]))
                     for line in lines) + "\n"


def troubles(results):
    """What was wrong, in the drivers' and the checks' own words."""
    return "\n".join(f"{result.name}, {who}: {what}" for result in results for who, what in result.trouble.items())


def heading(server, way, version, scale, runs):
    return (f"\n{server.name}, {way.words}: {version}; scale {scale:g}, medians of {runs}; {datetime.date.today()}; {machine()}\n"
            "Times are for one row, operation or piece, in n(ano), u (micro), m(illi) seconds; cpu is the client's, user and system.\n")
