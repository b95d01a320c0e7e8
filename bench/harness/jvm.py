"""The JVM of a measurement: the JDK, the flags of the image and the jars."""
import json
import os
import re
import subprocess
import sys
import urllib.request

from .processes import ROOT, await_true

MEMORY = ["-Xms512m", "-Xmx512m"]


def jdk():
    """The first JDK 25 or newer of $JDK, $JAVA_HOME, the path and /usr/lib/jvm."""
    homes = [os.environ.get("JDK"), os.environ.get("JAVA_HOME")]
    for directory in os.environ.get("PATH", "").split(":"):
        java = os.path.join(directory, "java")
        if os.path.exists(java):
            homes.append(os.path.dirname(os.path.dirname(os.path.realpath(java))))
    if os.path.isdir("/usr/lib/jvm"):
        homes += [os.path.join("/usr/lib/jvm", name) for name in sorted(os.listdir("/usr/lib/jvm"))]
    for home in filter(None, homes):
        release = os.path.join(home, "release")
        if os.path.exists(release):
            version = re.search(r'JAVA_VERSION="(\d+)', open(release).read())
            if version and int(version[1]) >= 25:
                return home
    sys.exit("no JDK 25: name one in $JDK")


def java():
    return os.path.join(jdk(), "bin", "java")


def image_flags():
    """The flags of the image's entry point, which are kept there and nowhere else."""
    with open(os.path.join(ROOT, "Dockerfile")) as f:
        entrypoint = re.search(r"^ENTRYPOINT (\[.*?\])", f.read().replace("\\\n", ""), re.M | re.S)[1]
    command = json.loads(entrypoint)
    return command[1:command.index("-jar")]


def flags():
    """The image's flags with a heap of fixed size, one processor and one event loop for it, and no AOT cache."""
    kept = [o for o in image_flags() if not o.startswith(("-XX:MaxRAMPercentage", "-XX:AOTCache"))]
    return kept + MEMORY + ["-XX:ActiveProcessorCount=1", "-Dreactor.netty.ioWorkerCount=1"]


def _jcmd(pid, command):
    program = os.path.join(jdk(), "bin", "jcmd")
    return subprocess.run([program, str(pid), command], capture_output=True, text=True, check=True).stdout


def histogram(pid):
    """Live objects of each class, after full collections, and the bytes of all of them."""
    _jcmd(pid, "GC.run")
    out = _jcmd(pid, "GC.class_histogram")
    counts = {name: int(count) for count, name in re.findall(r"^ *\d+: +(\d+) +\d+ +(\S+)", out, re.M)}
    return counts, int(re.search(r"^Total +\d+ +(\d+)", out, re.M)[1])


def live_heap(pid):
    """MiB of live objects."""
    return histogram(pid)[1] / 2**20


def heap_used(pid):
    """MiB of the heap in use now, garbage included."""
    out = _jcmd(pid, "GC.heap_info")
    generations = r"^ *(?:DefNew|def new generation|Tenured|tenured generation|garbage-first heap|PSYoungGen|ParOldGen)"
    used = re.findall(generations + r".*used (\d+)K", out, re.M)
    if not used:
        sys.exit(f"jcmd tells no heap:\n{out}")
    return sum(map(int, used)) / 1024


def sluice_jar():
    """The packaged jar: $SLUICE_JAR, or the one in target/."""
    if "SLUICE_JAR" in os.environ:
        return os.path.abspath(os.environ["SLUICE_JAR"])
    target = os.path.join(ROOT, "target")
    found = [name for name in (os.listdir(target) if os.path.isdir(target) else ())
             if re.fullmatch(r"sluice-[\d.]+(-SNAPSHOT)?\.jar", name)]
    if not found:
        sys.exit("no jar in target/: run ./mvnw package first")
    return os.path.join(target, found[0])


def peer_jar(name):
    """The jar of bench/peers/NAME, built if its sources are newer."""
    home = os.path.join(ROOT, "bench", "peers", name)
    jar = os.path.join(home, "target", f"{name}-1.jar")
    sources = [os.path.join(home, "pom.xml")]
    for directory, _, files in os.walk(os.path.join(home, "src")):
        sources += [os.path.join(directory, file) for file in files]
    if not os.path.exists(jar) or os.path.getmtime(jar) < max(map(os.path.getmtime, sources)):
        maven = os.environ.get("MVN", os.path.join(ROOT, "mvnw")).split()
        built = subprocess.run([*maven, "-q", "-B", "-f", os.path.join(home, "pom.xml"), "package"])
        if built.returncode:
            sys.exit(f"the peer {name} could not be built")
    return jar


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return response.status == 200
    except OSError:
        return False


def await_ready(process, url):
    await_true(f"200 from {url}", lambda: answers(url), 180, process)
