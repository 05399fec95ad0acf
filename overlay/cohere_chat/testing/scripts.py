"""Scripts for tests: replies, refusals and faults, one for each of the next requests.

Belongs here: the scripting methods, and the queue that they fill. Not known here: the server, answers without a script.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

import attrs
from werkzeug import Request, Response

from cohere_chat.body import to_json
from cohere_chat.types import ChatResponse, ToolCall

from .answers import JSON, make_answer
from .faults import Fault

Body: TypeAlias = Mapping[str, Any]  # Any: JSON, the body of a plain answer


@attrs.frozen
class EmulatedRequest:
    """A request that the emulator has received.

    method, path: e.g. `POST` and `/v2/chat`.
    headers:      with lower-case names. Not in the repr, since one holds the key.
    body:         the raw bytes.
    query:        the query string of the URL, without `?`; `""` if it has none.
    json:         the parsed body; `None` if it is not JSON.
    """

    method: str
    path: str
    headers: dict[str, str] = attrs.field(repr=False)
    body: bytes = attrs.field(repr=False)
    json: Any  # Any: JSON
    query: str = ""


Reply: TypeAlias = str | Body | ChatResponse | Callable[[EmulatedRequest], "str | Body | ChatResponse"]


Play: TypeAlias = Callable[[Request, EmulatedRequest, JSON], Response]  # JSON: the emulator's own answer


class Scripted:
    """The scripting methods of an emulator. The server takes the scripts from `_plays`."""

    _plays: deque[Play]

    def _respond(
        self, status: int, body: JSON, request: EmulatedRequest, headers: Mapping[str, str] | None = None
    ) -> Response:
        raise NotImplementedError

    def _send(self, http: Request, request: EmulatedRequest, answer: JSON, fault: Fault | None = None) -> Response:
        raise NotImplementedError

    def _headers(self, status: int = 200) -> dict[str, str]:
        raise NotImplementedError

    def reply(
        self,
        text: Reply = "",
        *,
        tool_calls: Sequence[tuple[str, Mapping[str, Any] | str] | ToolCall] = (),  # Any: JSON
        tool_plan: str = "",
        citations: Sequence[Any] = (),  # Any: Citation, or JSON
        thinking: str = "",
        finish_reason: str = "",
    ) -> None:
        """Sends this answer to the next request, whole or streamed as requested.

        text:          the text, the body of a plain answer, or a ChatResponse; or a function that returns one of these
                       for an EmulatedRequest. If a body has no id or usage, they are filled in.
        tool_calls:    for each call, a function name and its arguments (a mapping or JSON text), or a ToolCall.
        citations:     Citation objects, or dicts in the wire format.
        finish_reason: default TOOL_CALL with tool calls, else COMPLETE.

        An exception in the function is raised again at the end of the `with` block or of the test.

        >>> from cohere_chat.testing import ChatEmulator
        >>> with ChatEmulator() as emulator:
        ...     emulator.reply("Hello")
        ...     emulator.reply(tool_calls=[("lookup", {"q": "x"})], tool_plan="I will look.")
        ...     emulator.reply(lambda request: f"{len(request.json['messages'])} messages")
        """
        parts: dict[str, Any] = {  # Any: the arguments of make_answer
            "thinking": thinking,
            "tool_plan": tool_plan,
            "tool_calls": [_name_and_arguments(call) for call in tool_calls],
            "citations": to_json(list(citations), "citations"),
            "finish_reason": finish_reason,
        }
        self._script(text, parts)

    def fail(
        self,
        status: int,
        message: str = "the emulator was told to fail",
        *,
        retry_after: float | None = None,
        error_type: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Refuses the next request.

        status:      the HTTP status, e.g. 429 or 503.
        retry_after: seconds, sent as Retry-After; `None` sends no such header.
        error_type:  for the 422 of a failed generation, e.g. `INVALID_TOOL_GENERATION`.
        """
        body = {"message": message} | ({"error_type": error_type} if error_type else {})
        more = dict(headers or {}) | ({} if retry_after is None else {"retry-after": str(retry_after)})
        self._plays.append(lambda _, request, __: self._respond(status, body, request, more))

    def raw(self, body: bytes, *, status: int = 200, content_type: str = "text/event-stream") -> None:
        """Sends these bytes as the body of the next response."""
        self._plays.append(lambda *_: Response(body, status, self._headers(), content_type=content_type))

    def cut(
        self, after_events: int = 3, how: Literal["close", "reset", "end"] = "close", *, text: Reply | None = None
    ) -> None:
        """Cuts off the next answer.

        after_events: the number of stream events before the cut, 0 or more. A plain answer is cut off in the middle.
        how:          `"close"` or `"reset"` the connection, or `"end"` the body as if it were complete.
        text:         the text of the complete answer. Default: the emulator's own.

        A stream with fewer events is cut off before its last one. Raises ValueError for other values.
        """
        if how not in ("close", "reset", "end"):
            raise ValueError(f"how is {how!r}: use 'close', 'reset' or 'end'")
        self._fault(Fault("cut", after_events, how=how), text)

    def stall(self, seconds: float, after_events: int = 3, *, text: Reply | None = None) -> None:
        """Pauses the next answer for that many seconds, then continues. Other arguments as for `cut`."""
        self._fault(Fault("stall", after_events, seconds=seconds), text)

    def bad_json(self, after_events: int = 3, *, text: Reply | None = None) -> None:
        """Puts an event that is not JSON into the next stream; a plain answer is not JSON. Arguments as for `cut`."""
        self._fault(Fault("garble", after_events), text)

    def unknown_event(
        self, event: Mapping[str, Any] | None = None, after_events: int = 3, *, text: Reply | None = None
    ) -> None:  # Any: JSON
        """Puts an event of an unknown type into the next stream. A plain answer is not changed.

        event: the event, with its `type`; default `{"type": "emulated-novelty"}`. Other arguments as for `cut`.
        """
        told = {**(event or {"type": "emulated-novelty"})}
        if not isinstance(told.get("type"), str):
            raise TypeError("the event has no type: pass one as a string")
        self._fault(Fault("insert", after_events, event=told), text)

    def error_end(
        self,
        error: str = "the emulator was told that the model fails",
        error_type: str = "INVALID_TOOL_GENERATION",
        after_events: int = 3,
        *,
        text: Reply | None = None,
    ) -> None:
        """Ends the next stream with finish reason ERROR; a plain call gets a 422 with `error_type` (WIRE section 5)."""
        self._fault(Fault("error", after_events, error=error, error_type=error_type), text)

    def _fault(self, fault: Fault, text: Reply | None) -> None:
        if fault.after_events < 0:
            raise ValueError(f"after_events is {fault.after_events}: use 0 or more")
        self._script(text, {}, fault)

    def _script(self, text: Reply | None, parts: Mapping[str, Any], fault: Fault | None = None) -> None:
        """Any: the arguments of make_answer."""
        if text is not None and not callable(text):
            _body(text)  # raises an error for a wrong type here, where the caller sees it

        def play(http: Request, request: EmulatedRequest, own: JSON) -> Response:
            if text is None:
                return self._send(http, request, own, fault)
            body = _body(text(request) if callable(text) else text)
            if isinstance(body, str):
                return self._send(http, request, make_answer(request.json, text=body, **parts), fault)
            return self._send(http, request, make_answer(request.json) | body, fault)

        self._plays.append(play)


def _body(said: Any) -> str | JSON:  # Any: what a function returns
    """Returns a text or the body of a plain answer. Raises TypeError for anything else."""
    if isinstance(said, ChatResponse):
        return said.to_dict()
    if isinstance(said, str):
        return said
    if not isinstance(said, Mapping):
        raise TypeError(
            f"a reply is of type {type(said).__name__}: pass a text, a plain answer's body or a ChatResponse"
        )
    return {**said}


def _name_and_arguments(call: Any) -> tuple[str, str]:  # Any: what a caller passes
    if isinstance(call, ToolCall):
        return call.function.name, call.function.arguments
    if not isinstance(call, tuple | list) or len(call) != 2 or not isinstance(call[0], str):
        raise TypeError(f"a tool call is {call!r}: pass (name, arguments) or a ToolCall")
    name, arguments = call
    return name, arguments if isinstance(arguments, str) else json.dumps(arguments)
