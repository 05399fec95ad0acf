"""A local stand-in for the service, for tests and experiments without a key. Requires `cohere-chat[testing]`.

In a test, use the fixture `chat_emulator`; elsewhere, use `with ChatEmulator() as emulator`.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .emulator import ChatEmulator
    from .scripts import EmulatedRequest

__all__ = ["ChatEmulator", "EmulatedRequest"]


def __getattr__(name: str) -> object:
    """Imports names on first use: pytest loads this package for its plugin even if the extra is not installed."""
    if name in __all__:
        try:
            from . import emulator
        except ImportError as error:
            raise ImportError(f"cohere_chat.testing: {error}. pip install 'cohere-chat[testing]'") from error
        return getattr(emulator, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
