"""The load generators, on the generator's core: wrk for a closed loop, h2load for a given rate."""
import os
import re
import subprocess
import sys

from .processes import cores, tool

UNITS = {"us": 1e-3, "ms": 1, "s": 1e3, "m": 6e4}


def _run(command):
    core = cores()[1]
    return subprocess.run(command, capture_output=True, text=True,
                          preexec_fn=lambda: os.sched_setaffinity(0, {core})).stdout


def _ms(text):
    number, unit = re.match(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * UNITS[unit]


def wrk(url, seconds, connections=64, headers=(), script=None):
    """One closed-loop run: requests, requests/s, p50 and p99 in ms, and how many answers were not good."""
    command = [tool("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "10s"]
    for header in headers:
        command += ["-H", header]
    if script:
        command += ["-s", script]
    out = _run(command + [url])
    total = re.search(r"(\d+) requests in", out)
    if total is None or int(total[1]) == 0:
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


def open_loop(url, rate, seconds, connections, log):
    """Requests at a given rate whatever the answers take: p50, p99 and p99.9 in ms, and the rate there was."""
    command = [tool("h2load"), "--h1", "-t1", f"-c{connections}", f"-D{seconds}", "--warm-up-time=2",
               f"--rps={rate / connections:.3f}", f"--log-file={log}", url]
    out = _run(command)
    if os.path.exists(log):
        with open(log) as f:
            answers = [line.split() for line in f]
    if "succeeded" not in out or not answers:
        sys.exit(f"h2load had no answers from {url}:\n{out}")
    os.remove(log)
    times = sorted(int(answer[2]) / 1000 for answer in answers)
    at = lambda share: times[min(len(times) - 1, int(len(times) * share))]
    return {"asked": rate, "rate": len(times) / seconds, "p50": at(0.50), "p99": at(0.99), "p999": at(0.999),
            "bad": sum(answer[1] != "200" for answer in answers)}
