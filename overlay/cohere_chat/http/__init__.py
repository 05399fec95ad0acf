"""Sends one prepared call. The workarounds for httpx and httpcore do nothing if another transport is used."""
