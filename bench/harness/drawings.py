"""Which chart shows a result: for each name a function from the result's JSON to the SVG."""
import statistics

from . import charts
from .rounds import column, ratios


def _medians(rounds, key="cpu_us"):
    return {name: statistics.median(column(rounds, name, key)) for name in rounds[0]}


def _side_by_side(result):
    return charts.bars("CPU of the proxy per request, microseconds", _medians(result["rounds"]), own=("sluice", "chain"))


def _routes(result):
    shares, own = {}, []
    for name in result["rounds"][0]:
        kind, count = name.split()
        shown = f"{kind}, {int(count):,} routes"
        shares[shown] = statistics.median(ratios(result["rounds"], name, f"{kind} 1", "rate"))
        own += [shown] if kind == "sluice" else []
    return charts.bars("requests/s as a share of those with one route", shares, own, digits=3)


def _route_memory(result):
    each = {f"{name.split()[0]}, {heap['count']:,} routes": heap["kib_per_route"]["asked_mib"]
            for name, heap in result["heaps"].items() if heap["count"] > 1}
    return charts.bars("live heap of a route, KiB", each, [name for name in each if name.startswith("sluice")], digits=2)


def _instances(result):
    values = {f"{int(name):,} instances": value for name, value in _medians(result["rounds"]).items()}
    return charts.bars("CPU per request by instances of the upstream, microseconds", values, values)


def _bodies(result):
    values = {label: statistics.median(ratios(rounds, "sluice", "nginx", "cpu_us"))
              for label, rounds in result["rounds"].items()}
    return charts.bars("CPU per request of Sluice / of nginx", values, values, digits=2)


def _latency(result):
    values = {f"{name}, {key}": statistics.median(column(result["rounds"], name, key))
              for name in result["rounds"][0] for key in ("p50", "p99")}
    return charts.bars("latency at a share of the own maximum, ms", values,
                       [name for name in values if name.startswith("sluice")], digits=3)


def _footprint(result):
    values = {name: statistics.median(one[name] for one in result["start_ms"]) for name in result["start_ms"][0]}
    return charts.bars("start to the first proxied 200, ms", values, ("sluice", "sluice-aot"), digits=0)


def _jvm_flags(result):
    values = {name: statistics.median(ratios(result["rounds"], name, "base", "cpu_us")) for name in result["rounds"][0]}
    return charts.bars("CPU per request / with the base's flags", values, ("base",), digits=3)


def _soak(result):
    samples = result["samples"]
    minutes = [(one["at"] - samples[0]["at"]) / 60 for one in samples]
    names = {"heap_mib": "heap, MiB", "direct_mib": "direct, MiB", "files": "open files", "pools": "pools"}
    return charts.lines("after a full collection, while instances come and go", minutes,
                        {shown: [one[key] for one in samples] for key, shown in names.items()})


def _jmh(result):
    scores = [one for one in result["scores"] if one["part"] != "stock's scan"]  # off any scale with many routes
    return charts.bars("microseconds; stock's scan of its routes is in the table", {one["name"]: one["us"] for one in scores},
                       [one["name"] for one in scores if one["own"]], digits=3)


CHARTS = {"side-by-side": _side_by_side, "routes": _routes, "route-memory": _route_memory, "instances": _instances,
          "bodies": _bodies, "latency": _latency, "footprint": _footprint, "jvm-flags": _jvm_flags, "soak": _soak,
          "jmh": _jmh}
