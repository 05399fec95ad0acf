"""`make test-httpx2` adds this folder to PYTHONPATH, so that httpx2 replaces httpx in every Python process of the tests."""

import httpx2

httpx2.alias_httpx()
