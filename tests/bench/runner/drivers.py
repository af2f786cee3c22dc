"""The drivers that are compared."""
import dataclasses
import pathlib
import shutil
import subprocess
import sys

# Where Debian and Ubuntu put the driver of their package odbc-mariadb.
MARIADB = ["/usr/lib/x86_64-linux-gnu/odbc/libmaodbc.so", "/usr/lib/aarch64-linux-gnu/odbc/libmaodbc.so"]


@dataclasses.dataclass
class Driver:
    name: str
    path: str
    keywords: str = ""  # added to the connection string

    def version(self):
        """Of the Debian package that the library belongs to; empty for others."""
        if not shutil.which("dpkg-query"):
            return ""
        owner = subprocess.run(["dpkg-query", "--search", self.path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        package = owner.stdout.partition(":")[0]
        if owner.returncode != 0:
            return ""
        asked = subprocess.run(["dpkg-query", "--show", "--showformat", "${Version}", package], stdout=subprocess.PIPE, text=True)
        return asked.stdout.strip()


def found(given, selkie, binaries):
    chosen = [Driver("Selkie", str(selkie or binaries.selkie))]
    chosen += [Driver("odbc-mariadb", path) for path in MARIADB if pathlib.Path(path).exists()]
    for text in given:
        name, separator, rest = text.partition("=")
        path, _, keywords = rest.partition(";")
        if not separator:
            sys.exit(f"--driver takes NAME=PATH, not '{text}'")
        chosen = [driver for driver in chosen if driver.name != name] + [Driver(name, path, keywords)]
    for driver in chosen:
        if not pathlib.Path(driver.path).exists():
            sys.exit(f"{driver.name}: there is no {driver.path}")
    return chosen


def rivals(names):
    return [name for name in names if not name.startswith("Selkie")]
