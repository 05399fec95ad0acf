"""Streams: bytes -> server-sent events -> chat events -> the answer that they add up to."""
