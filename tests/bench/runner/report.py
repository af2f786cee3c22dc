"""The page: every table and the plots, in one HTML file that needs no other. Plots are drawn by gnuplot, as SVG."""
import html
import shutil
import subprocess

from . import goals, table
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


def curves_of(results_by_scale, names):
    """Cost per row over the number of rows, of the limits and the drivers."""
    curves = []
    for name in ["raw", "decoded", *names]:
        points = [(result.runs[name][0]["count"], result.each(name, "cpu_ns")) for result in results_by_scale
                  if result.runs.get(name) and result.right(name)]
        if points:
            curves.append(Curve(name, points))
    return curves


class Page:
    def __init__(self, names):
        self.names, self.parts = names, []

    def server(self, heading, results, growth, rivals, version):
        self.parts.append(f"<h2>{html.escape(heading.strip().splitlines()[0])}</h2>")
        self.parts.append(ratios(results, self.names))
        for text in (table.troubles(results), goals.verdict(results, "Selkie", version, rivals)):
            if text.strip():
                self.parts.append(f"<pre>{html.escape(text.strip())}</pre>")
        for workload, by_scale in growth.items():
            unit = by_scale[0].unit or "row"
            self.parts.append(figure(Plot(f"{workload}: cost as the result grows", f"{unit}s", f"client CPU, ns per {unit}",
                                          curves_of(by_scale, self.names))))

    def write(self, path):
        note = ("Times are for one row, operation or piece; cpu is the client's, user and system. /raw and /dec are ratios to the "
                f"raw socket and to a hand-written decoder of exactly these columns, in the same run. {html.escape(MANAGER)}: a driver "
                "that does nothing.")
        path.write_text(f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Selkie\'s bench</title>'
                        f"<style>{STYLE}</style></head><body><h1>Selkie's bench</h1><p>{note}</p>{''.join(self.parts)}</body></html>\n",
                        encoding="utf-8")
