"""The options that the commands of bench/ share."""
import argparse


def parse(doc, windows, add=None):
    """Reads the command line. `windows` gives for each number its value, what --quick makes of it, and its meaning."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true",
                        help="short windows, to see that the command works; its figures mean little and go to target/bench")
    for name, (value, short, meaning) in windows.items():
        parser.add_argument("--" + name, type=int, help=f"{meaning} (default {value}, quick {short})")
    if add:
        add(parser)
    chosen = parser.parse_args()
    for name, (value, short, _) in windows.items():
        if getattr(chosen, name) is None:
            setattr(chosen, name, short if chosen.quick else value)
    chosen.setup = {name: getattr(chosen, name) for name in windows}
    return chosen
