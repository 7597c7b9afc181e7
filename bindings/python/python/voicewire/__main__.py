"""`python -m voicewire`: the command line."""

import argparse
import sys
from typing import List, Optional

from . import __version__, _outbox, _say


def main(arguments: Optional[List[str]] = None) -> int:
    """Runs a command line; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m voicewire", description="Speech from cloud voices.")
    parser.add_argument("--version", action="version", version=f"voicewire {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _say.add_to(commands)
    _outbox.add_to(commands)
    options = parser.parse_args(arguments)
    exit_code: int = options.run(options)
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
