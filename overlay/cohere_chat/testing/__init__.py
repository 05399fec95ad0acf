"""A local stand-in for the service, for tests and for trying things without a key. Needs `cohere-chat[testing]`."""

from .emulator import ChatEmulator

__all__ = ["ChatEmulator"]
