"""Sending one prepared call: settings, retries, the I/O edge, and what httpx and httpcore need from us.

Each workaround for httpx or httpcore has a module of its own, which names the behaviour upstream, and a test in
`tests/test_upstream.py` that fails once upstream no longer needs it: `cancelling.py`, `closing.py`, `encoding.py` and
`hooks.py`. Each does nothing where a transport has no httpcore below.
"""
