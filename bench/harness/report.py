"""Results: what the machine was, a JSON file with every round, and a table of the medians."""
import json
import os
import re
import statistics
import subprocess
import time

from . import jvm
from .processes import ROOT, tool
from .rounds import column, ratios, spread

RESULTS = os.path.join(ROOT, "bench", "results")


def _first(command, pattern):
    out = subprocess.run(command, capture_output=True, text=True)
    found = re.search(pattern, out.stdout + out.stderr)
    return found[0] if found else "?"


def machine():
    """What a reader needs to judge the figures."""
    release = open(os.path.join(jvm.jdk(), "release")).read()
    git = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short=10", "HEAD"], capture_output=True, text=True)
    return {
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "commit": git.stdout.strip() or "?",
        "processor": re.search(r"model name\s*: (.*)", open("/proc/cpuinfo").read())[1],
        "processors": os.cpu_count(),
        "kernel": os.uname().release,
        "java": re.search(r'JAVA_RUNTIME_VERSION="(.*)"', release)[1],
        "nginx": _first([tool("nginx"), "-v"], r"nginx/\S+"),
        "wrk": _first([tool("wrk"), "-v"], r"wrk \S+"),
        "load": [round(x, 2) for x in os.getloadavg()],
    }


def save(name, text):
    os.makedirs(RESULTS, exist_ok=True)
    path = os.path.join(RESULTS, name)
    with open(path, "w") as f:
        f.write(text)
    return path


def save_json(name, value):
    return save(name + ".json", json.dumps(value, indent=1) + "\n")


def load_json(name):
    with open(os.path.join(RESULTS, name + ".json")) as f:
        return json.load(f)


def table(rounds, references):
    """Medians of each subject, and its CPU per request against the references, with the spread of the rounds."""
    names = list(rounds[0])
    references = [r for r in references if r in names]
    head = ["subject", "CPU us/request", "requests/s", "p50 ms", "p99 ms", "RSS MiB"]
    rows = [head + [f"CPU / {reference}" for reference in references]]
    for name in names:
        median = {key: statistics.median(column(rounds, name, key)) for key in ("cpu_us", "rate", "p50", "p99", "rss_mib")}
        row = [name, f"{median['cpu_us']:.1f}", f"{median['rate']:.0f}", f"{median['p50']:.2f}",
               f"{median['p99']:.2f}", f"{median['rss_mib']:.0f}"]
        for reference in references:
            ratio = spread(ratios(rounds, name, reference, "cpu_us"))
            row.append(f"{ratio['median']:.3f} ({ratio['min']:.3f}-{ratio['max']:.3f})")
        rows.append(row)
    return columns(rows)


def columns(rows):
    """Rows as aligned text, the first column to the left."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(w) if i == 0 else cell.rjust(w)
                               for i, (cell, w) in enumerate(zip(row, widths))).rstrip() for row in rows)
