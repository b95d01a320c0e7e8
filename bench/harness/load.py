"""The load generators, on the generator's core: wrk for a closed loop, openloop for a given rate."""
import json
import os
import re
import subprocess
import sys

from .processes import ROOT, cores, tool

UNITS = {"us": 1e-3, "ms": 1, "s": 1e3, "m": 6e4}


def _run(command):
    core = cores()[1]
    return subprocess.run(command, capture_output=True, text=True,
                          preexec_fn=lambda: os.sched_setaffinity(0, {core})).stdout


def _ms(text):
    number, unit = re.match(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * UNITS[unit]


def wrk(url, seconds, connections=64, script=None, needs_answers=True):
    """One closed-loop run: requests, requests/s, p50 and p99 in ms, and how many answers were not good."""
    command = [tool("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "10s"]
    if script:
        command += ["-s", script]
    out = _run(command + [url])
    total = re.search(r"(\d+) requests in", out)
    if total is None or (int(total[1]) == 0 and needs_answers):
        sys.exit(f"wrk had no answer from {url}:\n{out}")
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", out)
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return {
        "requests": int(total[1]),
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]),
        "p50": _ms(re.search(r"^\s+50%\s+(\S+)", out, re.M)[1]),
        "p99": _ms(re.search(r"^\s+99%\s+(\S+)", out, re.M)[1]),
        "bad": (int(bad[1]) if bad else 0) + (sum(map(int, errors.groups())) if errors else 0),
    }


def generator():
    """The open-loop generator, compiled if its source is newer."""
    source = os.path.join(ROOT, "bench", "harness", "openloop.c")
    program = os.path.join(ROOT, "target", "bench", "openloop")
    if not os.path.exists(program) or os.path.getmtime(program) < os.path.getmtime(source):
        os.makedirs(os.path.dirname(program), exist_ok=True)
        subprocess.run([tool("cc"), "-O2", "-Wall", "-Wextra", "-o", program, source], check=True)
    return program


def open_loop(url, rate, seconds, connections, warm=1):
    """Requests at a given rate whatever the answers take; times in ms, from when each request was due."""
    host, port, path = re.fullmatch(r"http://([^:/]+):(\d+)(/.*)", url).groups()
    run = subprocess.run([generator(), host, port, path, f"{rate:.1f}", str(seconds), str(warm), str(connections)],
                         capture_output=True, text=True,
                         preexec_fn=lambda: os.sched_setaffinity(0, {cores()[1]}))
    if run.returncode:
        sys.exit(f"no answers from {url} at {rate:.0f}/s:\n{run.stderr}")
    return json.loads(run.stdout)
