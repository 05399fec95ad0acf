"""`make test-httpx2` puts this folder into PYTHONPATH, so that each Python of the tests has httpx2 in place of httpx."""

import httpx2

httpx2.alias_httpx()
