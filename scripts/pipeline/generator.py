"""Runs openapi-python-client's own command, with readable names in its error messages.

It is a separate program because it patches the generator for the whole process. Unpatched, a name from the document
prints as `<...UntrustedString object at 0x...>`.
"""

from openapi_python_client.cli import app
from openapi_python_client.schema.untrusted_string import UntrustedString

if __name__ == "__main__":
    # Only messages use it: templates must escape what they print, and ours do.
    UntrustedString.__repr__ = lambda name: repr(name._value)  # type: ignore[method-assign, attr-defined]
    app()
