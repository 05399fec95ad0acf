"""Traces and metrics of calls, streams and tool runs, read from OpenTelemetry's in-memory exporters."""

from __future__ import annotations

import asyncio
import gc
import inspect
import json
import multiprocessing
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import cohere_chat as c
from cohere_chat import AsyncChatClient, ChatClient, otel
from cohere_chat.streaming import stream as streams
from cohere_chat.testing import ChatEmulator

from .conftest import HI

CALL: dict[str, Any] = {"model": "a-model", "messages": HI}


class Telemetry:
    def __init__(self) -> None:
        self.exporter, self.reader = InMemorySpanExporter(), InMemoryMetricReader()
        self.tracers = TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.meters = MeterProvider([self.reader])

    def instrument(self, **options: Any) -> None:
        otel.instrument(tracer_provider=self.tracers, meter_provider=self.meters, **options)

    def spans(self) -> dict[str, ReadableSpan]:
        return {span.name: span for span in self.exporter.get_finished_spans()}

    def points(self) -> dict[str, Any]:
        data = self.reader.get_metrics_data()
        every = (
            [metric for one in data.resource_metrics for scope in one.scope_metrics for metric in scope.metrics]
            if data
            else []
        )
        return {metric.name: metric.data.data_points for metric in every}


@pytest.fixture
def telemetry() -> Iterator[Telemetry]:
    made = Telemetry()
    made.instrument()
    yield made
    otel.uninstrument()


def attributes(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


def plain() -> object:
    with ChatClient() as client:
        return client.chat(**CALL, temperature=0.5, p=0.9, k=4, stop_sequences=["zzz"], seed=1)


def plain_async() -> object:
    async def main() -> object:
        async with AsyncChatClient() as client:
            return await client.chat(**CALL, temperature=0.5, p=0.9, k=4, stop_sequences=["zzz"], seed=1)

    return asyncio.run(main())


@pytest.mark.parametrize("ask", [plain, plain_async])
def test_a_plain_call_is_a_client_span_with_its_request_and_its_answer(
    ask: Callable[[], c.ChatResponse], telemetry: Telemetry, chat_emulator: ChatEmulator
) -> None:
    response = ask()
    (span,) = telemetry.spans().values()
    assert (span.name, span.kind, span.status.is_ok) == ("chat a-model", trace.SpanKind.CLIENT, True)
    assert attributes(span) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "cohere",
        "gen_ai.request.model": "a-model",
        "server.address": "127.0.0.1",
        "server.port": int(chat_emulator.url.rpartition(":")[2]),
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.top_p": 0.9,
        "gen_ai.request.top_k": 4,
        "gen_ai.request.stop_sequences": ("zzz",),
        "gen_ai.request.seed": 1,
        "gen_ai.response.id": response.id,
        "gen_ai.response.finish_reasons": ("complete",),
        "gen_ai.usage.input_tokens": 4,
        "gen_ai.usage.output_tokens": 10,
        "gen_ai.usage.cache_read.input_tokens": 0,
        "cohere_chat.request_id": response.request_id,
    }
    points = telemetry.points()
    assert points["gen_ai.client.inference.duration"][0].count == 1
    assert points["gen_ai.client.inference.usage.input_tokens"][0].value == 4
    assert points["gen_ai.client.inference.usage.output_tokens"][0].attributes["gen_ai.token.modality"] == "unknown"
    assert points["gen_ai.client.inference.operation.output_tokens"][0].sum == 10
    assert "gen_ai.client.inference.time_to_first_chunk" not in points


def whole(client: ChatClient) -> None:
    assert client.chat_stream(**CALL).get_final_response().text


def entered(client: ChatClient) -> None:
    with client.chat_stream(**CALL) as stream:
        assert list(stream.text_stream)


def whole_async(_: ChatClient) -> None:
    async def main() -> None:
        async with AsyncChatClient() as client:
            assert (await client.chat_stream(**CALL).get_final_response()).text

    asyncio.run(main())


def entered_async(_: ChatClient) -> None:
    async def main() -> None:
        async with AsyncChatClient() as client, client.chat_stream(**CALL) as stream:
            assert [text async for text in stream.text_stream]

    asyncio.run(main())


READERS = [whole, entered, whole_async, entered_async]


@pytest.mark.parametrize("read", READERS)
def test_a_stream_is_a_span_with_the_time_to_its_first_chunk_and_the_number_of_its_events(
    read: Callable[[ChatClient], None],
    telemetry: Telemetry,
    chat_emulator: ChatEmulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with ChatEmulator(latency=0.2) as slow:
        monkeypatch.setenv("CO_API_URL", slow.url)
        with ChatClient() as client:
            read(client)
    (span,) = telemetry.spans().values()
    told = attributes(span)
    assert told["gen_ai.request.stream"] is True
    assert 0.2 <= told["gen_ai.response.time_to_first_chunk"] < 10
    assert told["cohere_chat.response.chunks"] > 10
    assert told["gen_ai.response.finish_reasons"] == ("complete",)
    assert told["gen_ai.usage.output_tokens"] == 10
    assert told["cohere_chat.request_id"]
    assert span.end_time is not None
    assert span.start_time is not None
    assert span.end_time - span.start_time >= 0.2 * 1e9
    assert telemetry.points()["gen_ai.client.inference.time_to_first_chunk"][0].count == 1


def test_a_stream_that_is_closed_early_or_abandoned_ends_its_span_once(
    telemetry: Telemetry, chat_emulator: ChatEmulator
) -> None:
    with ChatClient() as client:
        with client.chat_stream(**CALL) as stream:
            next(stream)
        next(client.chat_stream(**CALL))
        client.chat_stream(**CALL).close()  # was never sent
    spans = telemetry.exporter.get_finished_spans()
    assert [attributes(span)["gen_ai.response.finish_reasons"] for span in spans] == [("error",)] * 2
    assert all(attributes(span)["cohere_chat.response.chunks"] == 1 for span in spans)


def test_a_stream_that_is_open_when_tracing_ends_or_begins_again_ends_its_span_once(
    telemetry: Telemetry, chat_emulator: ChatEmulator
) -> None:
    with ChatClient() as client:
        for change in (otel.uninstrument, telemetry.instrument, telemetry.instrument):
            with client.chat_stream(**CALL) as stream:
                next(stream)
                change()
    first, second = telemetry.exporter.get_finished_spans()  # that of the second round was made untraced
    assert attributes(first)["cohere_chat.response.chunks"] == attributes(second)["cohere_chat.response.chunks"] == 1


def test_a_stream_that_is_entered_and_dropped_ends_its_span(telemetry: Telemetry, chat_emulator: ChatEmulator) -> None:
    with ChatClient() as client:
        client.chat_stream(**CALL).__enter__()
        gc.collect()
        assert "chat a-model" in telemetry.spans()


def test_a_forked_child_leaves_the_spans_of_open_streams_to_its_parent(
    telemetry: Telemetry, chat_emulator: ChatEmulator
) -> None:
    def child(told: Any) -> None:
        stream.close()
        told.put(len(telemetry.spans()))

    forked = multiprocessing.get_context("fork")
    with ChatClient() as client, client.chat_stream(**CALL) as stream:
        next(stream)
        queue = forked.SimpleQueue()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12: threads and fork
            process = forked.Process(target=child, args=[queue])
            process.start()
        process.join()
        assert queue.get() == 0
    assert len(telemetry.spans()) == 1


def test_a_stream_whose_closing_is_cancelled_ends_its_span(
    telemetry: Telemetry, chat_emulator: ChatEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cancelled(_: object) -> None:
        raise asyncio.CancelledError

    async def main() -> None:
        async with AsyncChatClient() as client:
            stream = client.chat_stream(**CALL)
            await anext(stream)
            monkeypatch.setattr(streams, "close_async", cancelled)
            with pytest.raises(asyncio.CancelledError):
                await stream.aclose()
            assert len(telemetry.spans()) == 1
            monkeypatch.undo()

    asyncio.run(main())


ODD: list[Any] = [
    {"role": "user", "content": ["a"]},
    {"role": "user", "content": [None]},
    {"role": "assistant", "tool_calls": ["a"]},
    {"role": "assistant", "tool_calls": {"id": "a"}},
]


@pytest.mark.parametrize("message", ODD, ids=str)
def test_telemetry_never_changes_how_a_call_ends(
    message: dict[str, Any], telemetry: Telemetry, chat_emulator: ChatEmulator
) -> None:
    telemetry.instrument(content=True)
    with ChatClient() as client, pytest.raises(c.BadRequestError):
        client.chat(model="a-model", messages=[message])
    assert len(telemetry.spans()) == 1


def test_usage_that_is_no_number_is_left_out(telemetry: Telemetry, chat_emulator: ChatEmulator) -> None:
    usage = b'{"billed_units": {"input_tokens": NaN, "output_tokens": 1}}'
    answer = b'{"id": "1", "finish_reason": "COMPLETE", "message": {"role": "assistant"}, "usage": %s}' % usage
    chat_emulator.raw(answer, content_type="application/json")
    with ChatClient() as client:
        assert client.chat(**CALL).id == "1"
    told = attributes(telemetry.spans()["chat a-model"])
    assert told["gen_ai.usage.output_tokens"] == 1
    assert "gen_ai.usage.input_tokens" not in told


def test_an_exception_of_a_hook_is_passed_on(telemetry: Telemetry, chat_emulator: ChatEmulator) -> None:
    class OddError(Exception):
        headers = None

    def fail(_: object) -> None:
        raise OddError

    with (
        httpx.Client(event_hooks={"response": [fail]}) as http,
        ChatClient(http_client=http) as client,
        pytest.raises(OddError),
    ):
        client.chat(**CALL)
    assert attributes(telemetry.spans()["chat a-model"])["error.type"] == "OddError"


FAULTS: dict[str, tuple[Callable[[ChatEmulator], None], str]] = {
    "status": (lambda emulator: emulator.fail(404, "hidden text"), "NotFoundError"),
    "cut": (lambda emulator: emulator.cut(after_events=3, how="end"), "StreamTruncatedError"),
    "model": (lambda emulator: emulator.error_end("hidden text"), "GenerationError"),
}


@pytest.mark.parametrize(("fault", "error"), FAULTS.values(), ids=FAULTS)
def test_a_failure_has_its_class_and_no_text(
    fault: Callable[[ChatEmulator], None], error: str, telemetry: Telemetry, chat_emulator: ChatEmulator
) -> None:
    fault(chat_emulator)
    with ChatClient(max_retries=0) as client, pytest.raises(c.CohereChatError):
        client.chat_stream(**CALL).get_final_response()
    (span,) = telemetry.spans().values()
    assert (span.status.status_code, span.status.description) == (trace.StatusCode.ERROR, None)
    assert attributes(span)["error.type"] == error
    assert attributes(span)["cohere_chat.request_id"]
    assert "hidden" not in span.to_json()
    (point,) = telemetry.points()["gen_ai.client.inference.duration"]
    assert point.attributes["error.type"] == error


def test_the_text_of_an_exception_that_a_tool_raises_is_not_recorded(
    telemetry: Telemetry, chat_emulator: ChatEmulator
) -> None:
    chat_emulator.reply(tool_calls=[("weather", {"city": "nowhere"})])
    with ChatClient() as client, pytest.raises(LookupError):
        client.run_tools(model="a-model", messages=HI, tools=[weather], on_tool_error="raise")
    spans = telemetry.spans()
    assert "hidden" not in "".join(span.to_json() for span in spans.values())
    for name in ("invoke_agent", "execute_tool weather"):
        assert attributes(spans[name])["error.type"] == "LookupError"
    (point,) = telemetry.points()["gen_ai.execute_tool.duration"]
    assert point.attributes["error.type"] == "LookupError"


def test_the_type_of_the_output_and_the_default_port_are_told(
    telemetry: Telemetry, chat_emulator: ChatEmulator
) -> None:
    with ChatClient() as client:
        client.chat(**CALL, response_format={"type": "json_object"})
    with pytest.raises(c.APIConnectionError):
        ChatClient("k", base_url="https://127.0.0.1", max_retries=0, timeout=0.5).chat(**CALL)
    first, second = telemetry.exporter.get_finished_spans()
    assert attributes(first)["gen_ai.output.type"] == "json"
    assert attributes(second)["server.port"] == 443


def test_retries_are_one_span(telemetry: Telemetry, chat_emulator: ChatEmulator) -> None:
    chat_emulator.fail(503, retry_after=0.1)
    plain()
    (span,) = telemetry.spans().values()
    assert span.status.is_ok
    assert len(chat_emulator.requests) == 2


def weather(city: str) -> str:
    """The weather."""
    trace.get_current_span().set_attribute("seen.by", threading.current_thread().name)
    if city == "nowhere":
        raise LookupError("hidden text")
    return "clear"


async def weather_async(city: str) -> str:
    """The weather."""
    return weather(city)


def run_sync() -> None:
    with ChatClient() as client:
        client.run_tools(model="a-model", messages=HI, tools=[weather])


def run_threads() -> None:
    async def main() -> None:
        async with AsyncChatClient() as client:
            await client.run_tools(model="a-model", messages=HI, tools=[weather])

    asyncio.run(main())


def run_async() -> None:
    async def main() -> None:
        async with AsyncChatClient() as client:
            await client.run_tools(
                model="a-model", messages=HI, tools=[c.Tool.from_function(weather_async, name="weather")]
            )

    asyncio.run(main())


@pytest.mark.parametrize("run", [run_sync, run_threads, run_async])
def test_a_tool_run_is_a_span_over_its_calls_and_its_tools_in_threads_too(
    run: Callable[[], None], telemetry: Telemetry, chat_emulator: ChatEmulator
) -> None:
    chat_emulator.reply(tool_calls=[("weather", {"city": "Rome"}), ("weather", {"city": "nowhere"})])
    run()
    spans = telemetry.exporter.get_finished_spans()
    assert sorted(span.name for span in spans) == ["chat a-model"] * 2 + ["execute_tool weather"] * 2 + ["invoke_agent"]
    (top,) = [span for span in spans if span.name == "invoke_agent"]
    assert all(span.parent and span.parent.span_id == top.context.span_id for span in spans if span is not top)
    tools = sorted((span for span in spans if span.name == "execute_tool weather"), key=lambda span: span.status.is_ok)
    assert [attributes(span).get("error.type") for span in tools] == ["LookupError", None]
    assert all(attributes(span)["gen_ai.tool.call.id"] for span in tools)
    assert all("seen.by" in attributes(span) for span in tools)
    assert not any("hidden" in span.to_json() or "Rome" in span.to_json() for span in spans)
    counts = {
        point.attributes.get("error.type"): point.count for point in telemetry.points()["gen_ai.execute_tool.duration"]
    }
    assert counts == {None: 1, "LookupError": 1}


def test_content_is_recorded_when_it_is_asked_for(telemetry: Telemetry, chat_emulator: ChatEmulator) -> None:
    telemetry.instrument(content=True)
    chat_emulator.reply(tool_calls=[("weather", {"city": "Rome"})], tool_plan="I look.")
    chat_emulator.fail(400, "a reason")
    with ChatClient() as client, pytest.raises(c.BadRequestError):
        client.run_tools(model="a-model", messages=HI, tools=[weather])
    first, second = [span for span in telemetry.exporter.get_finished_spans() if span.name == "chat a-model"]
    hi = {"role": "user", "parts": [{"type": "text", "content": HI[0]["content"]}]}
    assert json.loads(attributes(first)["gen_ai.input.messages"]) == [hi]
    (said,) = json.loads(attributes(first)["gen_ai.output.messages"])
    assert (said["role"], said["finish_reason"]) == ("assistant", "tool_call")
    assert said["parts"][0] | {"id": ""} == {
        "type": "tool_call",
        "id": "",
        "name": "weather",
        "arguments": '{"city": "Rome"}',
    }
    assert [message["role"] for message in json.loads(attributes(second)["gen_ai.input.messages"])] == [
        "user",
        "assistant",
        "tool",
    ]
    assert "a reason" in str(second.status.description)
    tool = telemetry.spans()["execute_tool weather"]
    assert attributes(tool)["gen_ai.tool.call.arguments"] == '{"city": "Rome"}'
    assert "clear" in attributes(tool)["gen_ai.tool.call.result"]


def test_calls_are_children_of_the_current_span_in_threads_and_tasks(
    telemetry: Telemetry, chat_emulator: ChatEmulator
) -> None:
    async def main() -> None:
        async with AsyncChatClient() as client:
            await asyncio.gather(*(client.chat(**CALL) for _ in range(3)))

    with telemetry.tracers.get_tracer("app").start_as_current_span("app") as app:
        asyncio.run(main())
        plain()
    spans = [span for span in telemetry.exporter.get_finished_spans() if span.name == "chat a-model"]
    assert len(spans) == 4
    assert all(span.parent and span.parent.span_id == app.get_span_context().span_id for span in spans)


def test_the_span_is_not_the_current_one_between_two_events(telemetry: Telemetry, chat_emulator: ChatEmulator) -> None:
    with ChatClient() as client, client.chat_stream(**CALL) as stream:
        for _ in stream:
            assert not trace.get_current_span().get_span_context().is_valid


def test_uninstrument_puts_everything_back(chat_emulator: ChatEmulator) -> None:
    before = [ChatClient.chat, AsyncChatClient.chat, ChatClient.chat_stream, ChatClient.run_tools]
    made = Telemetry()
    made.instrument()
    made.instrument()
    assert inspect.iscoroutinefunction(AsyncChatClient.chat)
    assert ChatClient.chat.__doc__ == before[0].__doc__
    otel.uninstrument()
    assert [ChatClient.chat, AsyncChatClient.chat, ChatClient.chat_stream, ChatClient.run_tools] == before
    plain()
    assert made.spans() == {}


def test_opentelemetry_is_not_loaded_unless_it_is_asked_for() -> None:
    program = "import sys, cohere_chat, cohere_chat.tools.public; print('opentelemetry' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
