"""Runs openapi-python-client's own command, with readable names in what it refuses.

A program of its own, since it changes the generator for its process: a name of the document prints as
`<...UntrustedString object at 0x...>` there.
"""

from openapi_python_client.cli import app
from openapi_python_client.schema.untrusted_string import UntrustedString

if __name__ == "__main__":
    # Only for messages: templates have to escape what they print, and ours do.
    UntrustedString.__repr__ = lambda name: repr(name._value)  # type: ignore[method-assign, attr-defined]
    app()
