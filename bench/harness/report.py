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
QUICK = os.path.join(ROOT, "target", "bench")


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


class Record:
    """One measurement, from before its first process to its files: NAME.json with every round, NAME.txt to read."""

    def __init__(self, chosen):
        self.directory = QUICK if chosen.quick else RESULTS
        self.machine, self.setup, self.began = machine(), chosen.setup, time.monotonic()

    def keep(self, name, text, **values):
        """Prints the text and writes both files; under the name "-" it only prints."""
        print(text, flush=True)
        if name == "-":
            return
        took = {"seconds_taken": round(time.monotonic() - self.began),
                "load_after": [round(x, 2) for x in os.getloadavg()]}
        os.makedirs(self.directory, exist_ok=True)
        head = {"machine": {**self.machine, **took}, "setup": self.setup}
        with open(os.path.join(self.directory, name + ".json"), "w") as f:
            f.write(json.dumps({**head, **values}, indent=1) + "\n")
        with open(os.path.join(self.directory, name + ".txt"), "w") as f:
            f.write(f"{head['machine']}\n{self.setup}\n\n{text}\n")


def load_json(name, directory=RESULTS):
    with open(os.path.join(directory, name + ".json")) as f:
        return json.load(f)


# Subject, reference, and the ratio of their CPU per request that is the floor, and the goal.
GOALS = [("sluice", "stock", 0.40, 0.25), ("sluice", "tuned", 0.80, 0.55), ("sluice", "raw", 1.5, 1.0),
         ("sluice", "nginx", 4.5, 3.0), ("chain", "stock-chain", 0.25, 0.12), ("chain", "sluice", 1.5, 1.25)]


def medians(rounds):
    """A line for each subject, the medians of its rounds, and below it the CPU per request of each round."""
    rows = [["subject", "CPU us/request", "requests/s", "p50 ms", "p99 ms", "RSS MiB", "backend CPU us"]]
    for name in rounds[0]:
        median = {key: statistics.median(column(rounds, name, key)) for key in rounds[0][name]}
        rows.append([name, f"{median['cpu_us']:.1f}", f"{median['rate']:.0f}", f"{median['p50']:.2f}",
                     f"{median['p99']:.2f}", f"{median['rss_mib']:.0f}", f"{median['backend_cpu_us']:.1f}"])
    each = [["CPU us/request by round", *(str(i + 1) for i in range(len(rounds)))]]
    each += [[name, *(f"{value:.1f}" for value in column(rounds, name, "cpu_us"))] for name in rounds[0]]
    return columns(rows) + "\n\n" + columns(each)


def goals(rounds):
    """Ratios of CPU per request, taken round by round, beside what was asked for."""
    rows = [["ratio of CPU per request", "median", "of the rounds", "floor", "goal"]]
    for name, reference, floor, goal in GOALS:
        if name in rounds[0] and reference in rounds[0]:
            ratio = spread(ratios(rounds, name, reference, "cpu_us"))
            rows.append([f"{name} / {reference}", f"{ratio['median']:.3f}", f"{ratio['min']:.3f}-{ratio['max']:.3f}",
                         f"{floor:.2f}", f"{goal:.2f}"])
    return columns(rows)


def against(rounds, reference):
    """Every other subject's CPU per request and rate against one of them, round by round."""
    rows = [["ratio to " + reference, "CPU", "of the rounds", "requests/s", "of the rounds"]]
    for name in rounds[0]:
        if name != reference:
            row = [name]
            for key in ("cpu_us", "rate"):
                ratio = spread(ratios(rounds, name, reference, key))
                row += [f"{ratio['median']:.3f}", f"{ratio['min']:.3f}-{ratio['max']:.3f}"]
            rows.append(row)
    return columns(rows)


def columns(rows):
    """Rows as aligned text, the first column to the left."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(w) if i == 0 else cell.rjust(w)
                               for i, (cell, w) in enumerate(zip(row, widths))).rstrip() for row in rows)
