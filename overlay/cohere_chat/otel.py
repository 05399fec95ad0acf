"""Traces and metrics, by OpenTelemetry's conventions for generative AI. Requires `cohere-chat[otel]`.

    from cohere_chat import otel
    otel.instrument()

The names are those of https://github.com/open-telemetry/semantic-conventions-genai as of October 2026, which are still
in development. Nothing is wrapped until `instrument()`.

Belongs here: spans, metrics, and the methods that they wrap. Not known here: how a call is sent, how a tool is called.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from functools import partial, wraps
from inspect import iscoroutinefunction
from time import monotonic
from typing import Any, TypeAlias

import httpx
from opentelemetry import metrics, trace
from opentelemetry.trace import Span, SpanKind, StatusCode

from cohere_chat import __version__, types
from cohere_chat.body import messages_to_json
from cohere_chat.client import AsyncChatClient, ChatClient
from cohere_chat.streaming import stream
from cohere_chat.tools import runs
from cohere_chat.tools.loop import ToolLoop, ToolResult
from cohere_chat.tools.methods import AsyncToolMethods, ToolMethods
from cohere_chat.types import ChatResponse

_COMMON = {"gen_ai.provider.name": "cohere"}
_SAME = ("temperature", "max_tokens", "seed", "stop_sequences", "frequency_penalty", "presence_penalty")
_REQUEST = {"p": "top_p", "k": "top_k"} | {name: name for name in _SAME}  # our parameters, and the attributes for them
Keeping: TypeAlias = Generator[Callable[[Any], None]]  # Any: the result of what is wrapped
_SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]
_TOKENS = [4**power for power in range(14)]


class _Telemetry:
    """The tracer and the instruments."""

    def __init__(self, tracer_provider: Any, meter_provider: Any, content: bool) -> None:  # Any: of the API or the SDK
        self.content = content
        self.tracer = trace.get_tracer("cohere_chat", __version__, tracer_provider)
        meter = metrics.get_meter("cohere_chat", __version__, meter_provider)
        seconds = partial(meter.create_histogram, unit="s", explicit_bucket_boundaries_advisory=_SECONDS)
        tokens = partial(meter.create_histogram, unit="{token}", explicit_bucket_boundaries_advisory=_TOKENS)
        self.duration = seconds("gen_ai.client.inference.duration")
        self.first_chunk = seconds("gen_ai.client.inference.time_to_first_chunk")
        self.tool_duration = seconds("gen_ai.execute_tool.duration")
        self.tokens = {}
        for kind in ("input", "output"):
            counter = meter.create_counter(f"gen_ai.client.inference.usage.{kind}_tokens", "{token}")
            self.tokens[kind] = counter, tokens(f"gen_ai.client.inference.operation.{kind}_tokens")


class _Chat:
    """The span and the metrics of one call. It begins when the request is sent, and ends once, in the same process."""

    _span: Span | None = None  # while it is open

    def __init__(
        self, telemetry: _Telemetry, client: Any, request: Mapping[str, Any], stream: bool
    ) -> None:  # Any: ours
        url = httpx.URL(client._settings.base_url)
        self._telemetry, self._stream = telemetry, stream
        self._begun, self._opened, self._chunks, self._process = 0.0, False, 0, os.getpid()
        self._common: dict[str, Any] = {
            **_COMMON,
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": str(request.get("model")),
            "server.address": url.host,
            "server.port": url.port or (443 if url.scheme == "https" else 80),
        }
        given = [(_REQUEST[name], value) for name, value in request.items() if name in _REQUEST and value is not None]
        self._attributes = self._common | {f"gen_ai.request.{name}": value for name, value in given}
        if stream:
            self._attributes["gen_ai.request.stream"] = True
        if request.get("response_type") or "json_object" in str(request.get("response_format")):
            self._attributes["gen_ai.output.type"] = "json"
        if telemetry.content:
            with suppress(Exception):  # what is not a message: the service, or `chat`, says what is wrong
                said = [_message(message) for message in messages_to_json(request.get("messages"))]
                self._attributes["gen_ai.input.messages"] = json.dumps(said)

    @contextmanager
    def active(self) -> Generator[None]:
        """Makes the span the current one while the call is sent; begins it the first time."""
        if not self._begun:
            self._begun, name = monotonic(), f"chat {self._common['gen_ai.request.model']}"
            self._span = self._telemetry.tracer.start_span(name, kind=SpanKind.CLIENT, attributes=self._attributes)
        with trace.use_span(self._span or trace.INVALID_SPAN, record_exception=False, set_status_on_exception=False):
            try:
                yield
            except BaseException as error:
                self.end(error=error)
                raise

    def opened(self) -> None:
        """Notes the time to the first chunk of a stream, once."""
        if self._span is not None and not self._opened:
            took, self._opened = monotonic() - self._begun, True
            self._span.set_attribute("gen_ai.response.time_to_first_chunk", took)
            self._telemetry.first_chunk.record(took, self._common)

    def count(self, add: Callable[[types.ChatEvent], None], event: types.ChatEvent) -> None:
        """Counts an event on its way to `Accumulator.add`."""
        self._chunks += 1
        add(event)

    def __del__(self) -> None:
        """Ends the span of a stream that was entered and neither read nor closed."""
        with suppress(Exception):  # the interpreter may be ending
            self.end()

    def close(self, reader: Any) -> None:  # Any: a Reader
        """Ends the span of a stream with what has arrived, unless it has ended."""
        if self._span is not None:
            self.end(reader.snapshot(), reader.failure)

    def end(self, response: ChatResponse | None = None, error: BaseException | None = None) -> None:
        """Ends the span, the first time that it is called."""
        span: Span | None = vars(self).pop("_span", None)  # one step: another thread may close the stream too
        if span is not None and self._process == os.getpid():  # after a fork, the parent ends it
            answer: Any = error if response is None else response  # Any: a ChatResponse, any exception, or None
            told = {"cohere_chat.request_id": getattr(answer, "request_id", None)}
            told |= {"cohere_chat.response.chunks": self._chunks} if self._stream else {}
            told |= _of_response(response, self._telemetry.content)
            span.set_attributes({name: value for name, value in told.items() if value is not None})
            failed = _fail(span, error, self._telemetry.content)
            self._telemetry.duration.record(monotonic() - self._begun, self._common | failed)
            for kind, (counter, histogram) in self._telemetry.tokens.items():
                if (count := told.get(f"gen_ai.usage.{kind}_tokens")) is not None:
                    counter.add(count, self._common | {"gen_ai.token.modality": "unknown"})
                    histogram.record(count, self._common)
            span.end()


def _of_response(response: ChatResponse | None, content: bool) -> dict[str, Any]:  # Any: values of attributes, or None
    """The attributes of an answer. Tokens are the billed ones, as the conventions ask for."""
    ended = str(response.finish_reason or "error").lower() if response is not None else "error"
    told: dict[str, Any] = {"gen_ai.response.finish_reasons": [ended]}
    if response is not None:
        told["gen_ai.response.id"] = response.id
        usage = response.usage or types.Usage()
        units = usage.billed_units or types.BilledUnits()
        tokens = {"input": units.input_tokens, "output": units.output_tokens, "cache_read.input": usage.cached_tokens}
        counts = {kind: count for kind, count in tokens.items() if count is not None and math.isfinite(count)}
        told |= {f"gen_ai.usage.{kind}_tokens": int(count) for kind, count in counts.items()}
        if content:
            with suppress(Exception):  # parts of an unknown shape
                said = _message(response.message.to_dict()) | {"finish_reason": ended}
                told["gen_ai.output.messages"] = json.dumps([said])
    return told


def _message(message: Mapping[str, Any]) -> dict[str, Any]:  # Any: JSON
    """A message in the shape of the conventions."""
    content = message.get("content") or []
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
    named = {"text": "text", "thinking": "reasoning"}
    made: list[Any] = [
        {"type": named[part["type"]], "content": part.get(part["type"])} if part.get("type") in named else part
        for part in parts
    ]
    if message.get("role") == "tool":
        made = [{"type": "tool_call_response", "id": message.get("tool_call_id"), "response": content}]
    for call in message.get("tool_calls") or ():
        made.append({"type": "tool_call", "id": call.get("id"), **(call.get("function") or {})})
    return {"role": message.get("role"), "parts": made}


def _fail(span: Span, error: BaseException | None, content: bool) -> dict[str, str]:
    """Marks a span as failed, and returns the attribute for it. The text of an error may repeat content."""
    if error is None:
        return {}
    span.set_attribute("error.type", type(error).__name__)
    span.set_status(StatusCode.ERROR, str(error) if content else None)
    return {"error.type": type(error).__name__}


# --- calls, runs, tools ----------------------------------------------------------------------------------------------


@contextmanager
def _chatting(telemetry: _Telemetry, client: Any, **request: Any) -> Keeping:  # Any: a client, arguments of `chat`
    call = _Chat(telemetry, client, request, stream=False)
    with call.active():
        yield call.end


@contextmanager
def _opening(reader: Any) -> Keeping:  # Any: a Reader, with the call as `chat` if it is traced
    with reader.chat.active() if hasattr(reader, "chat") else nullcontext():
        yield lambda _: reader.chat.opened() if hasattr(reader, "chat") else None


@contextmanager
def _closing(reader: Any) -> Keeping:  # Any: as above
    try:
        yield lambda _: None
    finally:  # also if closing is cancelled
        if hasattr(reader, "chat"):
            reader.chat.close(reader)


@contextmanager
def _running(telemetry: _Telemetry, _: Any, **request: Any) -> Keeping:  # Any: as above
    model = str(request.get("model"))
    told = _COMMON | {"gen_ai.operation.name": "invoke_agent", "gen_ai.request.model": model}
    with _internal(telemetry, "invoke_agent", told):
        yield lambda _: None


@contextmanager
def _calling(telemetry: _Telemetry, _: ToolLoop, call: types.ToolCall) -> Keeping:
    common = {"gen_ai.tool.name": call.function.name, "gen_ai.tool.type": "function"}
    attributes = common | {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.call.id": call.id}
    begun, failed = monotonic(), dict[str, str]()
    try:
        with _internal(telemetry, f"execute_tool {call.function.name}", attributes) as span:

            def keep(result: ToolResult) -> None:
                failed.update(_fail(span, result.error, telemetry.content))
                if telemetry.content:
                    span.set_attribute("gen_ai.tool.call.arguments", call.function.arguments)
                    span.set_attribute("gen_ai.tool.call.result", json.dumps(result.message.to_dict()["content"]))

            yield keep
    except BaseException as error:
        failed["error.type"] = type(error).__name__
        raise
    finally:
        telemetry.tool_duration.record(monotonic() - begun, common | failed)


@contextmanager
def _internal(telemetry: _Telemetry, name: str, attributes: Mapping[str, Any]) -> Generator[Span]:  # Any: as in the API
    """A span of this process. It is the current one, and fails with what it holds."""
    quiet = partial(telemetry.tracer.start_as_current_span, record_exception=False, set_status_on_exception=False)
    with quiet(name, attributes=attributes) as span:
        try:
            yield span
        except BaseException as error:
            _fail(span, error, telemetry.content)
            raise


# --- wrapping --------------------------------------------------------------------------------------------------------

_wrapped: list[tuple[Any, str, Any]] = []  # Any: a class or a module, and what it had under the name


def uninstrument() -> None:
    """Undoes `instrument()`. Calls that are under way still end their spans."""
    while _wrapped:
        setattr(*_wrapped.pop())


def instrument(*, tracer_provider: Any = None, meter_provider: Any = None, content: bool = False) -> None:
    """Traces and measures all calls from now on, of every client in this process. A second call replaces the first.

    tracer_provider, meter_provider: those of OpenTelemetry. `None` uses the global ones.
    content:                         whether spans have messages, tool arguments and results, and the texts of errors.
    """  # Any: of the API or the SDK
    uninstrument()
    telemetry = _Telemetry(tracer_provider, meter_provider, content)
    if not hasattr(stream._open, "__wrapped__"):  # once; they stay for the streams that are open at `uninstrument()`
        for name in ("_open", "_open_async"):
            _wrap(stream, name, _opening)
        for name in ("_close", "_close_async"):
            _wrap(stream, name, _closing)
        _wrapped.clear()
    for client, tools in ((ChatClient, ToolMethods), (AsyncChatClient, AsyncToolMethods)):
        _put(client, "chat_stream", _streaming(telemetry, client.chat_stream))
        _wrap(client, "chat", partial(_chatting, telemetry))
        _wrap(tools, "run_tools", partial(_running, telemetry))
    _wrap(ToolLoop, "run", partial(_calling, telemetry))
    _wrap(runs, "_call", partial(_calling, telemetry))


def _streaming(telemetry: _Telemetry, original: Any) -> Any:  # Any: as above
    def traced(client: Any, **request: Any) -> Any:
        made = original(client, **request)
        made._reader.chat = chat = _Chat(telemetry, client, request, stream=True)
        made._reader.accumulator.add = partial(chat.count, made._reader.accumulator.add)
        return made

    return traced


def _put(owner: Any, name: str, traced: Any) -> None:  # Any: as above
    original = getattr(owner, name)
    _wrapped.append((owner, name, original))
    setattr(owner, name, wraps(original)(traced))


def _wrap(owner: Any, name: str, within: Callable[..., Any]) -> None:  # Any: as above; a context manager
    """Runs a function or coroutine function within a context manager, which gets its result."""
    original = getattr(owner, name)

    def traced(*args: Any, **named: Any) -> Any:
        with within(*args, **named) as keep:
            result = original(*args, **named)
            keep(result)
        return result

    async def traced_async(*args: Any, **named: Any) -> Any:
        with within(*args, **named) as keep:
            result = await original(*args, **named)
            keep(result)
        return result

    _put(owner, name, traced_async if iscoroutinefunction(original) else traced)
