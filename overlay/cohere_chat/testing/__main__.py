"""Runs the emulator until Ctrl-C: `python -m cohere_chat.testing [PORT]`, which `make serve` calls."""

import argparse

from .serving import serve


def port_of(text: str) -> int:
    """Returns the port number. Raises ValueError, which argparse reports."""
    port = int(text)
    if not 0 <= port < 65536:
        raise ValueError(text)
    return port


port_of.__name__ = "port (0 to 65535)"  # shown in argparse's error message
parser = argparse.ArgumentParser(
    prog="python -m cohere_chat.testing", description="Runs an emulator of Cohere's chat API until Ctrl-C."
)
parser.add_argument("port", nargs="?", type=port_of, default=0, help="the port to serve on; default: any free port")
parser.add_argument("--models", nargs="+", metavar="MODEL", help="the models to serve; default: any model")
parser.add_argument("--api-key", metavar="KEY", help="the only valid API key; default: any key")
parser.add_argument(
    "--json-lines", action="store_true", help="stream JSON lines if a request accepts only application/json"
)
given = parser.parse_args()
serve(given.port, models=given.models, api_key=given.api_key, json_lines=given.json_lines)
