"""Processes of a measurement: each started here, pinned to a core, counted by /proc and ended by its pid."""
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

TICKS = os.sysconf("SC_CLK_TCK")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PACKAGES = {"nginx": "nginx", "haproxy": "haproxy", "wrk": "wrk", "h2load": "nghttp2-client",
            "redis-server": "redis-server", "openssl": "openssl", "cc": "gcc"}


def cores():
    """The core of the proxy and the core of generator and backends."""
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2:
        sys.exit("two cores are needed: one for the proxy, one for the generator and the backends")
    return allowed[0], allowed[1]


def tool(name):
    """The path of a program; without it the measurement ends and says what to install."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if found is None:
        sys.exit(f"{name} is missing: install the package {PACKAGES.get(name, name)}")
    return found


def free_ports(count):
    """Distinct ports on which nothing listens."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for s in sockets:
            s.bind(("127.0.0.1", 0))
        return [s.getsockname()[1] for s in sockets]


def free_port():
    return free_ports(1)[0]


def pin(pid, core):
    """Every thread there is of the process; threads it starts later inherit the core."""
    for tid in os.listdir(f"/proc/{pid}/task"):
        try:
            os.sched_setaffinity(int(tid), {core})
        except ProcessLookupError:
            pass


class Process:
    """One program, with the workers it forks."""

    def __init__(self, name, popen, log):
        self.name, self.popen, self.log, self.pid = name, popen, log, popen.pid

    def tree(self):
        pids = [self.pid]
        for pid in pids:
            try:
                for task in os.listdir(f"/proc/{pid}/task"):
                    with open(f"/proc/{pid}/task/{task}/children") as f:
                        pids += [int(child) for child in f.read().split()]
            except OSError:
                pass
        return pids

    def pin(self, core):
        for pid in self.tree():
            pin(pid, core)

    def cpu(self):
        """Seconds of user and system time so far."""
        ticks = 0
        for pid in self.tree():
            try:
                with open(f"/proc/{pid}/stat") as f:
                    fields = f.read().rsplit(")", 1)[1].split()
                ticks += int(fields[11]) + int(fields[12])
            except OSError:
                pass
        return ticks / TICKS

    def rss(self):
        """Resident MiB."""
        kib = 0
        for pid in self.tree():
            try:
                with open(f"/proc/{pid}/status") as f:
                    kib += sum(int(line.split()[1]) for line in f if line.startswith("VmRSS"))
            except OSError:
                pass
        return kib / 1024

    def threads(self):
        return sum(len(os.listdir(f"/proc/{pid}/task")) for pid in self.tree())

    def output(self):
        with open(self.log, errors="replace") as f:
            return f.read()

    def alive(self):
        return self.popen.poll() is None

    def stop(self):
        if self.alive():
            self.popen.send_signal(signal.SIGTERM)
            try:
                self.popen.wait(15)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait()


class Lab:
    """Holds the scratch directory and what was started; leaving the block ends all of it, newest first."""

    def __init__(self):
        self.scratch = tempfile.mkdtemp(prefix="sluice-bench-")
        os.chmod(self.scratch, 0o755)  # nginx, started by root, reads it as somebody else
        self.started = []

    def __enter__(self):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
        return self

    def __exit__(self, *_):
        for process in reversed(self.started):
            process.stop()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def file(self, name, text):
        path = os.path.join(self.scratch, name)
        with open(path, "w") as f:
            f.write(text)
        return path

    def start(self, name, command, core=None, env=None):
        """Starts a program, on a core if one is named."""
        # Apart from the configuration, whose directory Sluice watches.
        os.makedirs(os.path.join(self.scratch, "logs"), exist_ok=True)
        log = os.path.join(self.scratch, "logs", f"{name}-{len(self.started)}.log")
        with open(log, "w") as out:
            popen = subprocess.Popen(
                command, stdout=out, stderr=subprocess.STDOUT, cwd=self.scratch,
                env={**os.environ, **(env or {})},
                preexec_fn=None if core is None else lambda: os.sched_setaffinity(0, {core}))
        process = Process(name, popen, log)
        self.started.append(process)
        return process

    def stop(self, process):
        process.stop()
        self.started.remove(process)


def await_true(what, condition, seconds=120, process=None, every=0.1):
    """Waits for a condition; ends the measurement when it does not come, or the process has died."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process is not None and not process.alive():
            sys.exit(f"{process.name} ended:\n{process.output()[-4000:]}")
        if condition():
            return
        time.sleep(every)
    sys.exit(f"{what} did not come in {seconds} s" + (f":\n{process.output()[-4000:]}" if process else ""))


def listens(port, address="127.0.0.1"):
    try:
        socket.create_connection((address, port), 1).close()
        return True
    except OSError:
        return False
