"""Streams: bytes -> server-sent events -> chat events -> the complete answer."""
