"""A local stand-in for the service, for tests and experiments without a key. Requires `cohere-chat[testing]`.

In a test, use the fixture `chat_emulator`; elsewhere, use `with ChatEmulator() as emulator`.
"""

try:
    from .emulator import ChatEmulator
    from .scripts import EmulatedRequest
except ImportError as error:
    raise ImportError(f"cohere_chat.testing: {error}. pip install 'cohere-chat[testing]'") from error

__all__ = ["ChatEmulator", "EmulatedRequest"]
