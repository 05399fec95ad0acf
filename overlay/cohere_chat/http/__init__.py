"""One prepared call is sent. The workarounds for httpx and httpcore do nothing where another transport is below."""
