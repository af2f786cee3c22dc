"""The page: every table and the plots, in one HTML file that needs no other. Plots are drawn by gnuplot, as SVG."""
import html
import shutil
import subprocess

from . import drivers, goals, table
from .measure import MANAGER

STYLE = """body { font: 15px/1.4 system-ui, sans-serif; margin: 2em; color: #222 }
table { border-collapse: collapse; font-variant-numeric: tabular-nums } caption { text-align: left; font-weight: 600; padding: .4em 0 }
td, th { padding: .15em .6em; text-align: right; border-bottom: 1px solid #ddd } td:first-child, th:first-child { text-align: left }
th { border-bottom: 2px solid #888 } th.group { text-align: center } .bad { color: #a00; font-weight: 600 }
pre { background: #f6f6f6; padding: .8em; overflow-x: auto } figure { display: inline-block; margin: 1em 1em 0 0 }"""


class Curve:
    """Points of one line: (size, nanoseconds)."""

    def __init__(self, title, points):
        self.title, self.points = title, points


class Plot:
    def __init__(self, title, x, y, curves):
        self.title, self.x, self.y, self.curves = title, x, y, curves


def svg(plot):
    """What gnuplot draws of a plot; both axes logarithmic, so that a cost that stays the same per row is a level line."""
    script = [f'set terminal svg size 620,380 font "sans,12" background "white"', f'set title "{plot.title}" noenhanced',
              f'set xlabel "{plot.x}"', f'set ylabel "{plot.y}"', "set logscale xy", "set key outside below", "set grid",
              "set format x '%.0s%c'", "set format y '%.0s%c'"]
    for number, curve in enumerate(plot.curves):
        script.append(f"$data{number} << END")
        script += [f"{size} {cost}" for size, cost in curve.points]
        script.append("END")
    lines = [f'$data{number} using 1:2 with linespoints linewidth 2 title "{curve.title}" noenhanced'
             for number, curve in enumerate(plot.curves)]
    script.append("plot " + ", ".join(lines))
    done = subprocess.run(["gnuplot"], input="\n".join(script) + "\n", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0 or "<svg" not in done.stdout:
        return f"<pre>{html.escape(done.stderr)}</pre>"
    return done.stdout[done.stdout.index("<svg"):]


def figure(plot):
    if not shutil.which("gnuplot"):
        rows = "\n".join(f"{curve.title}: " + ", ".join(f"{size:g}: {cost:.1f}" for size, cost in curve.points)
                         for curve in plot.curves)
        return f"<pre>{html.escape(plot.title)} (gnuplot is not installed)\n{html.escape(rows)}</pre>"
    return f"<figure>{svg(plot)}</figure>"


def ratios(results, names):
    groups = [table.limit_group(), *(table.driver_group(name) for name in names)]
    head = "".join(f'<th class="group" colspan="{len(group.columns)}">{html.escape(group.title)}</th>' for group in groups)
    columns = "".join(f"<th>{html.escape(heading)}</th>" for group in groups for heading, _, _ in group.columns)
    lines = []
    for result in results:
        cells = "".join(f"<td{' class=bad' if text in ('WRONG', 'FAILED') else ''}>{html.escape(text)}</td>"
                        for group in groups for text in (show(result) for _, _, show in group.columns))
        lines.append(f"<tr><td>{html.escape(result.name)}</td><td>{html.escape(result.unit)}</td>{cells}</tr>")
    return (f'<table><thead><tr><th></th><th></th>{head}</tr><tr><th></th><th>per</th>{columns}</tr></thead>'
            f'<tbody>{"".join(lines)}</tbody></table>')


def grid(rows):
    """Lines of texts as a table; the first has the headings."""
    head, *lines = rows
    cells = lambda tag, texts: "".join(f"<{tag}>{html.escape(text)}</{tag}>" for text in texts)
    return (f'<table><thead><tr>{cells("th", head)}</tr></thead><tbody>'
            f'{"".join("<tr>" + cells("td", line) + "</tr>" for line in lines)}</tbody></table>')


def plot_of(measured, names):
    curve = measured.curve
    unit, figure = measured.unit or "op", curve.figure.removesuffix("_ns")
    lines = [Curve(name, measured.line(name)) for name in ["raw", "decoded", *names] if measured.line(name)]
    return Plot(f"{measured.name}: {figure} for a {unit}, by {curve.title}", curve.axis, f"{figure}, ns for a {unit}", lines)


class Page:
    def __init__(self, names):
        self.names, self.parts = names, []

    def server(self, heading, results, names, version):
        self.parts.append(f"<h2>{html.escape(heading.strip().splitlines()[0])}</h2>")
        self.parts.append(ratios(results, names))
        for text in (table.troubles(results), goals.verdict(results, "Selkie", version, drivers.rivals(names))):
            if text.strip():
                self.parts.append(f"<pre>{html.escape(text.strip())}</pre>")

    def growth(self, measured):
        self.parts.append(figure(plot_of(measured, self.names)))

    def latency(self, trips):
        self.parts.append(f"<h3>Round trips {trips.way.words}, {html.escape(trips.place.words)}</h3>{grid(trips.rows())}"
                          f"<pre>{html.escape(trips.verdict())}</pre>")

    def write(self, path):
        note = ("Times are for one row, operation or piece; cpu is the client's, user and system. /raw and /dec are ratios to the "
                f"raw socket and to a hand-written decoder of exactly these columns, in the same run. {html.escape(MANAGER)}: a driver "
                "that does nothing.")
        path.write_text(f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Selkie\'s bench</title>'
                        f"<style>{STYLE}</style></head><body><h1>Selkie's bench</h1><p>{note}</p>{''.join(self.parts)}</body></html>\n",
                        encoding="utf-8")
