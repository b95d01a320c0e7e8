"""Interleaved rounds: every subject in turn, so that a machine that drifts meets all alike."""
import statistics
import sys
import time

from .load import wrk
from .processes import cores


def _steal(core):
    """Ticks that the hypervisor took from a core so far."""
    with open("/proc/stat") as f:
        for line in f:
            if line.startswith(f"cpu{core} "):
                return int(line.split()[8])
    return 0


def warm(subjects, seconds, connections):
    """Loads each subject on both cores, in slices, so that all compilers finish before counting."""
    slices = max(1, round(seconds / 15))
    for _ in range(slices):
        for subject in subjects:
            wrk(subject.url, max(1, round(seconds / slices)), subject.connections or connections, subject.script,
                needs_answers=False)


def measure(subject, seconds, connections, backend):
    """One run of one subject: rate, latency, and CPU of the proxy and of the backend per request."""
    before, behind, stolen = subject.process.cpu(), backend.cpu(), _steal(cores()[0])
    run = wrk(subject.url, seconds, subject.connections or connections, subject.script)
    run["cpu_us"] = (subject.process.cpu() - before) / run["requests"] * 1e6
    run["backend_cpu_us"] = (backend.cpu() - behind) / run["requests"] * 1e6
    run["steal_ticks"] = _steal(cores()[0]) - stolen
    run["rss_mib"] = round(subject.process.rss(), 1)
    return run


def interleave(subjects, rounds, seconds, connections, backend):
    """Rounds of all subjects, each round begun by the next one; a round with an error counts for nobody."""
    for subject in subjects:
        subject.process.pin(cores()[0])
    kept, void = [], []
    while len(kept) < rounds and len(void) <= rounds:
        shift = (len(kept) + len(void)) % len(subjects)
        one = {}
        for subject in subjects[shift:] + subjects[:shift]:
            one[subject.name] = measure(subject, seconds, connections, backend)
        bad = [f"{name}: {run['bad']}" for name, run in one.items() if run["bad"]]
        if bad:
            void.append(bad)
            print("a round does not count, bad answers of", *bad, file=sys.stderr)
            continue
        kept.append(one)
        print(time.strftime("%H:%M:%S", time.gmtime()), f"round {len(kept)}:",
              "  ".join(f"{name} {run['cpu_us']:.1f}" for name, run in one.items()), file=sys.stderr)
    if len(kept) < rounds:
        sys.exit(f"only {len(kept)} rounds without errors")
    return kept, void


def column(rounds, name, key):
    return [one[name][key] for one in rounds]


def ratios(rounds, name, reference, key):
    """The ratio of two subjects, round by round."""
    return [one[name][key] / one[reference][key] for one in rounds]


def spread(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}
