"""The table that the README shows: some of the workloads, as multiples of the limit and of Selkie."""
import dataclasses
import datetime
import re

from . import goals, measure, table
from .build import ROOT

HEADING = "## How fast"


@dataclasses.dataclass
class Line:
    words: str
    workload: str
    against: str = "decoded"  # the limit


LINES = [
    Line("a row of 8 mixed columns, native C types, 1,000 a call, `SQLExecDirect`", "scan.native.rs1000.direct", "own protocol"),
    Line("the same, prepared", "scan.native.rs1000.prepared"),
    Line("the same, `SQLExecDirect`, one a call", "scan.native.rs1.direct", "decoded + manager"),
    Line("the same, 1,000 a call, `SQL_C_WCHAR`", "scan.wchar.rs1000.direct", "own protocol"),
    Line("the same, `SQL_C_CHAR`", "scan.char.rs1000.direct", "own protocol"),
    Line("the same, cell by cell with `SQLGetData`", "scan.native.get.direct", "decoded + manager"),
    Line("the same, 1,000 a call, kept while another statement runs", "parked.rs1000"),
    Line("the same, through a static cursor", "scrollable.rs1000"),
    Line("a row of 2 integers, `SQLExecDirect`", "ints.rs1000.direct", "own protocol"),
    Line("the same, prepared", "ints.rs1000.prepared"),
    Line("connect and disconnect", "connect", "raw + manager"),
    Line("`SELECT 1`", "select1.direct", "raw + manager"),
    Line("prepared select of one row by its key", "point.prepared", "raw"),
    Line("`SQLExecDirect` of one text again and again", "repeat.direct", "raw + manager"),
    Line("prepare, execute, free of one text again and again", "repeat.prepare", "raw"),
    Line("prepared select of one row of 1,000 columns", "wide1000.bound"),
    Line("the same, its cells with `SQLGetData`", "wide1000.get", "decoded + manager"),
    Line("the same, bound, each column described after each execution", "wide1000.describe", "decoded + manager"),
    Line("a row of an array insert, 1,000 rows a call", "insert.array1000.column"),
    Line("the same, bound row-wise", "insert.array1000.row"),
    Line("64 KiB of a blob, `SQLGetData`", "blob.get.direct", "raw"),
    Line("64 KiB of a blob, `SQLPutData`", "blob.put", "raw"),
    Line("a row of `SQLColumns` of 2,000 tables", "columns"),
    Line("closing 100 million rows after the first, in 2 GiB of memory", "abandon", "raw"),
]
WORKLOADS = [line.workload for line in LINES]


def limit(line, result, figure):
    against = line.against
    if figure == "wall_ns" and line.workload.startswith(measure.STREAMED):  # the driver manager works while the server does
        against = against.removesuffix(goals.WITH_MANAGER)
    return goals.limit_of(goals.Goal(line.workload, figure, against, 0, 0), result, [])


def times(value, divisor):
    if value is None or not divisor:
        return "–"
    share = value / divisor
    return f"{share:.2f}" if share < 9.95 else f"{share:.0f}"


def duration(ns):
    text = table.duration(ns)
    return text if text == "-" else f"{text[:-1]} {({'n': 'ns', 'u': 'µs', 'm': 'ms', 's': 's'})[text[-1]]}"


def rival_cells(result, name):
    if not result.right(name):
        return ["wrong values", ""] if result.runs.get(name) else ["fails", ""]
    return [times(result.each(name, figure), result.each("Selkie", figure)) for figure in ("cpu_ns", "wall_ns")]


def of_server(name, version, results, rivals):
    head = ["", "CPU", "÷ limit", "wall", "÷ limit", "memory"]
    for rival in rivals:
        head += [f"{rival}: CPU ÷ Selkie's", "wall ÷ Selkie's"]
    lines = [f"**{name}** ({version.removeprefix('5.5.5-')})", "", "| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    by_name = {result.name: result for result in results}
    for line in LINES:
        result = by_name[line.workload]
        if not result.right("Selkie"):
            lines.append(f"| {line.words} | **wrong** |" + " |" * (len(head) - 2))
            continue
        cells = [line.words]
        for figure in ("cpu_ns", "wall_ns"):
            cells += [duration(result.each("Selkie", figure)), times(result.each("Selkie", figure), limit(line, result, figure))]
        cells.append(f"+{result.each('Selkie', 'grown_kib') / 1024:.1f} MiB")
        for rival in rivals:
            cells += rival_cells(result, rival)
        lines.append("| " + " | ".join(cells) + " |")
    words = {line.workload: line.words for line in LINES}
    troubles = [f"- {words[result.name]}, {who}: {what}" for result in results for who, what in result.trouble.items()]
    return "\n".join(lines + ([""] + troubles if troubles else [])) + "\n"


def section(rivals, tables, runs):
    rivals = ", ".join(f"{driver.name} {driver.version()}".strip() for driver in rivals)
    return (f"{HEADING}\n\n"
            "What the client takes for one row or operation, and what it takes in all, the server's part included (*wall*: client and\n"
            "server share one CPU, for rows they have one each). The limit is a program without a driver: it sends the same commands on\n"
            "a raw socket, and where rows or parameters are many decodes exactly these columns by hand into the same arrays, rows in\n"
            "binary where Selkie has them so. What the driver manager costs is added for connecting, for `SELECT 1` and its like, and\n"
            "where it is called for each row, cell or column. *memory* is what the process grows by. Values are checked on every driver.\n"
            "Less is better throughout, except for the rivals' columns: they say how many times as much as Selkie those take.\n\n"
            f"{datetime.date.today()}, {table.machine()}, unixODBC {table.driver_manager()}; {rivals}; median of {runs};\n"
            "`tests/bench/run --readme` measures it anew, [tests/bench](tests/bench/README.md) says how.\n\n" + "\n".join(tables))


def put_into_readme(text):
    """In the place of the section that is there, or before the one that says what it was tested with."""
    readme = ROOT / "README.md"
    old = readme.read_text(encoding="utf-8")
    if HEADING in old:
        new = re.sub(re.escape(HEADING) + r"\n.*?(?=^## )", lambda _: text + "\n", old, flags=re.DOTALL | re.MULTILINE)
    else:
        new = old.replace("## Tested with", text + "\n## Tested with")
    readme.write_text(new, encoding="utf-8")
