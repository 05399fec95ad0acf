"""Structured output: the text of an answer -> a value of the type that was requested.

Belongs here: ParsedResponse, and how an answer becomes one. `schemas.response_format_of` makes the request. Not known
here: requests, the network.
"""

from __future__ import annotations

from typing import Generic, TypeVar

import attrs

from cohere_chat.types import ChatResponse

from .schemas import by_pydantic, decode

T = TypeVar("T")


@attrs.define
class ParsedResponse(Generic[T]):
    """A response that was requested as JSON of a type.

    response: the complete response.
    parsed:   its text as a value of the type; `None` if the text does not fit.
    error:    why it does not fit, and where (`$.address.zip`); `None` if it does.
    """

    response: ChatResponse
    parsed: T | None = None
    error: str | None = None

    @property
    def text(self) -> str:
        """The text as received."""
        return self.response.text


def parse_response(response: ChatResponse, response_type: type[T]) -> ParsedResponse[T]:
    """Parses the text of a response as JSON of a type. For a stream, pass `stream.get_final_response()`.

    response_type: an attrs class, dataclass, TypedDict, msgspec.Struct or pydantic model.

    Never raises an exception: if the text does not fit, or code of the type fails, `.error` says why.

    >>> from cohere_chat import AssistantMessage, TextContent
    >>> answer = ChatResponse(AssistantMessage(content=[TextContent('{"name": "Ada", "age": 36}')]))
    >>> parse_response(answer, dict[str, str | int]).parsed
    {'name': 'Ada', 'age': 36}
    """
    try:
        return ParsedResponse(response, decode(response.text, by_pydantic(response_type)))
    except Exception as error:  # noqa: BLE001  # a validator of the type may raise anything
        ended = response.finish_reason
        cut = f"the answer ended with {ended}: " if ended is not None and ended != "COMPLETE" else ""
        return ParsedResponse(response, error=f"{cut}{error}")
