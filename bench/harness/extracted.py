"""The jars unpacked as the image has them, with bench/peers/probe beside them on the class path."""
import os
import subprocess

from . import jvm

MAIN = {"sluice": "io.sluice.SluiceApplication", "stock": "peer.StockGateway"}


def extract(lab, jar):
    """Unpacks a jar once; the path of the small jar that names all others."""
    home = os.path.join(lab.scratch, "extracted-" + os.path.basename(jar))
    if not os.path.exists(home):
        subprocess.run([jvm.java(), "-Djarmode=tools", "-jar", jar, "extract", "--destination", home],
                       check=True, capture_output=True)
    return os.path.join(home, os.path.basename(jar))


def with_probe(lab, kind):
    """What follows the JVM's flags to start a gateway, Sluice or stock, with the probe."""
    jar = extract(lab, jvm.sluice_jar() if kind == "sluice" else jvm.peer_jar("stock"))
    return ["-cp", jar + os.pathsep + jvm.peer_jar("probe"), MAIN[kind]]
