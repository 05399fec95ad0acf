"""The command `cohere-chat`. Requires `cohere-chat[cli]`."""

import sys


def main() -> None:
    """Runs the command and exits: 0, 1 if a call failed, 2 for wrong usage or a missing extra, 130 after Ctrl-C."""
    try:
        try:
            from .commands import run
        except ImportError as error:
            print(f"cohere-chat: {error}. pip install 'cohere-chat[cli]'", file=sys.stderr)
            sys.exit(2)
        run()
    except KeyboardInterrupt:  # while it starts or ends
        sys.exit(130)
