"""Structured output: an answer's text -> a value of the type that was asked for.

Belongs here: ParsedResponse and how it comes of an answer. What asks for it is `schemas.response_format_of`. Not known
here: requests, the network.
"""

from __future__ import annotations

from typing import Generic, TypeVar

import attrs

from .response import ChatResponse
from .schemas import decode

T = TypeVar("T")


@attrs.define
class ParsedResponse(Generic[T]):
    """An answer that was asked for as a type.

    response: the whole answer.
    parsed:   its text as a value of the type; `None` when the text does not fit.
    error:    why it does not fit, and where (`$.address.zip`); `None` when it does.
    """

    response: ChatResponse
    parsed: T | None = None
    error: str | None = None

    @property
    def text(self) -> str:
        """The text as it came."""
        return self.response.text


def parse_response(response: ChatResponse, response_type: type[T]) -> ParsedResponse[T]:
    """Reads an answer's text as JSON of a type; for a stream, of `stream.get_final_response()`.

    response_type: an attrs class, dataclass, TypedDict, msgspec.Struct or pydantic model.

    What the text, or the type's own code, has against it is in `.error`: nothing that was answered is lost.

    >>> from cohere_chat import AssistantMessage, TextContent
    >>> answer = ChatResponse(message=AssistantMessage(content=[TextContent('{"name": "Ada", "age": 36}')]))
    >>> parse_response(answer, dict[str, str | int]).parsed
    {'name': 'Ada', 'age': 36}
    """
    try:
        return ParsedResponse(response, decode(response.text, response_type))
    except Exception as error:  # noqa: BLE001  # a validator of the type's may raise anything
        ended = response.finish_reason
        cut = f"the answer ended in {ended}: " if ended is not None and ended != "COMPLETE" else ""
        return ParsedResponse(response, error=f"{cut}{error}")
