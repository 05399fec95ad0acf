"""Streams over a real socket: how they end, how they break, what is closed."""

from __future__ import annotations

import asyncio
import gc
import threading
from typing import Any

import anyio
import anyio.to_thread
import httpx
import pytest
import trio

from cohere_chat import (
    APIConnectionError,
    APIResponseError,
    APITimeoutError,
    AsyncChatClient,
    ChatClient,
    ContentDeltaEvent,
    GenerationError,
    StreamDecodeError,
    StreamError,
    StreamTruncatedError,
    UnknownEvent,
)

from .conftest import HI, AsyncFace, SyncFace
from .server import (
    CLOSE,
    DONE,
    RESET,
    RawServer,
    answer,
    chunked,
    frame,
    frames,
    head,
    text_answer,
    text_events,
)

Face = SyncFace | AsyncFace
EVENTS = text_events("It ", "is ", "42.")
WHOLE = chunked(frames(EVENTS), x_debug_trace_id="trace")


def client(server: RawServer, **options: Any) -> ChatClient:
    return ChatClient("k", base_url=server.url, **options)


def test_a_stream_gives_its_events_and_then_the_answer(face: Face, server: RawServer) -> None:
    server.play(WHOLE)
    streamed = face.stream(server.url)
    assert [event.type for event in streamed.events] == [event["type"] for event in EVENTS]
    assert streamed.error is None
    assert streamed.response is not None
    assert streamed.response.to_dict() == text_answer("It is 42.")
    assert streamed.response.request_id == "trace"


ENDINGS = {
    "without [DONE]": chunked(frames(EVENTS, done=False)),
    "without the last chunk": [*chunked(frames(EVENTS), end=False), CLOSE],
    "reset after the end": [*chunked(frames(EVENTS), end=False), 0.05, RESET],
    "closed by the server, of no told length": [head(content_type="text/event-stream"), *frames(EVENTS), CLOSE],
    "without a content type": [head(), *frames(EVENTS), CLOSE],
    "more after the end": chunked([*frames(EVENTS), b"data: {no json\n\n", b"event: content-delta\ndata: {}\n\n"]),
    "[DONE] before the end": chunked([DONE, *frames(EVENTS)]),
    "with a charset": chunked(frames(EVENTS), content_type="Text/Event-Stream; charset=utf-8"),
}


@pytest.mark.parametrize("script", ENDINGS.values(), ids=ENDINGS)
def test_after_message_end_nothing_can_break_a_stream(script: Any, face: Face, server: RawServer) -> None:
    server.play(script)
    streamed = face.stream(server.url)
    assert streamed.error is None
    assert streamed.response is not None
    assert streamed.response.to_dict() == text_answer("It is 42.")
    assert len(streamed.events) == len(EVENTS)


def test_a_stall_after_message_end_gives_the_answer_when_the_time_is_up(face: Face, server: RawServer) -> None:
    server.play([*chunked(frames(EVENTS), end=False), 5.0])
    streamed = face.stream(server.url, timeout=0.1)
    assert streamed.error is None
    assert streamed.response is not None
    assert streamed.response.text == "It is 42."


CUT = {
    "closed with a proper last chunk": (chunked(frames(EVENTS[:4], done=False)), StreamTruncatedError),
    "[DONE] without message-end": (chunked(frames(EVENTS[:4])), StreamTruncatedError),
    "in the middle of an event": (
        chunked([*frames(EVENTS[:4], done=False), frame(EVENTS[4])[:-20]]),
        StreamTruncatedError,
    ),
    "before the blank line of an event": (
        chunked([*frames(EVENTS[:4], done=False), frame(EVENTS[4])[:-1]]),
        StreamTruncatedError,
    ),
    "of no told length": (
        [head(content_type="text/event-stream"), *frames(EVENTS[:4], done=False), CLOSE],
        StreamTruncatedError,
    ),
    "without the last chunk": ([*chunked(frames(EVENTS[:4], done=False), end=False), CLOSE], APIConnectionError),
    "reset": ([*chunked(frames(EVENTS[:4], done=False), end=False), 0.05, RESET], APIConnectionError),
    "stalled": ([*chunked(frames(EVENTS[:4], done=False), end=False), 5.0], APITimeoutError),
    "not JSON": (
        chunked([*frames(EVENTS[:4], done=False), frame("{no json", "content-delta"), *frames(EVENTS[4:])]),
        StreamDecodeError,
    ),
}


@pytest.mark.parametrize(("script", "error"), CUT.values(), ids=CUT)
def test_a_stream_that_breaks_raises_with_all_that_had_come(
    script: Any, error: type[Exception], face: Face, server: RawServer
) -> None:
    server.play(script)
    streamed = face.stream(server.url, timeout=httpx.Timeout(5, read=0.2))
    assert type(streamed.error) is error
    assert isinstance(streamed.error, StreamError | APIConnectionError)
    assert [event.type for event in streamed.events] == [event["type"] for event in EVENTS[:4]]
    assert streamed.error.partial is not None
    assert streamed.error.partial.text == "It is "
    assert streamed.error.partial.finish_reason is None
    assert len(server.requests) == 1
    if isinstance(streamed.error, StreamDecodeError):
        assert streamed.error.raw == b"{no json"


def test_the_events_before_a_broken_one_are_delivered_though_they_came_in_one_chunk(
    face: Face, server: RawServer
) -> None:
    server.play(
        chunked([b"".join([*frames(EVENTS[:4], done=False), frame("{", "content-delta"), *frames(EVENTS[4:])])])
    )
    streamed = face.stream(server.url)
    assert len(streamed.events) == 4
    assert isinstance(streamed.error, StreamDecodeError)
    assert streamed.error.partial.text == "It is "


def test_an_event_over_the_bound_is_a_typed_error_with_its_start(face: Face, server: RawServer) -> None:
    huge = [b"data: "] + [b"x" * (1 << 20)] * 65
    server.play([*chunked([*frames(EVENTS[:3], done=False), *huge], end=False), 5.0])
    streamed = face.stream(server.url)
    assert isinstance(streamed.error, StreamDecodeError)
    assert "larger than 67,108,864 bytes" in str(streamed.error)
    assert streamed.error.raw.startswith(b"data: xxx")
    assert streamed.error.partial.text == "It "


def test_a_failed_generation_delivers_its_end_and_then_raises(face: Face, server: RawServer) -> None:
    events = text_events("I will", finish_reason="ERROR", error="a sentence.", error_type="INVALID_TOOL_GENERATION")
    server.play(chunked(frames(events), x_debug_trace_id="trace"))
    streamed = face.stream(server.url)
    assert streamed.events[-1].type == "message-end"
    assert isinstance(streamed.error, GenerationError)
    assert streamed.error.error_type == "INVALID_TOOL_GENERATION"
    assert (streamed.error.status_code, streamed.error.request_id) == (200, "trace")
    assert streamed.error.message.startswith("a sentence.")
    assert streamed.error.partial is not None
    assert streamed.error.partial.text == "I will"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [("application/json", b'{"id": "x"}'), ("text/html", b"<html>"), ("text/plain", b"data: x\n\n")],
)
def test_what_is_no_stream_is_raised_with_its_bytes(
    content_type: str, body: bytes, face: Face, server: RawServer
) -> None:
    server.play(answer(body, content_type=content_type))
    streamed = face.stream(server.url)
    assert isinstance(streamed.error, APIResponseError)
    assert streamed.error.raw == body
    assert content_type in str(streamed.error)


def test_an_empty_stream_is_truncated(face: Face, server: RawServer) -> None:
    server.play(chunked([]))
    streamed = face.stream(server.url)
    assert isinstance(streamed.error, StreamTruncatedError)
    assert streamed.error.partial.to_dict() == {"message": {"role": "assistant"}}


def test_unknown_events_are_delivered_and_the_stream_goes_on(face: Face, server: RawServer) -> None:
    events = [*EVENTS[:3], {"type": "new-event", "x": 1}, *EVENTS[3:]]
    server.play(chunked(frames(events)))
    streamed = face.stream(server.url)
    assert isinstance(streamed.events[3], UnknownEvent)
    assert streamed.events[3].data == {"type": "new-event", "x": 1}
    assert streamed.response is not None
    assert streamed.response.text == "It is 42."


def test_the_dialect_of_the_yaml_streams_too(face: Face, server: RawServer) -> None:
    def event(event_type: str, **more: Any) -> dict[str, Any]:
        return {"event_type": event_type, **more}

    delta = {"message": {"content": {"text": "Hi"}}}
    events = [event("stream-start"), event("content-delta", delta=delta), event("stream-end")]
    server.play(chunked([frame(data, data["event_type"]) for data in events]))
    streamed = face.stream(server.url, {"stream_path": "/v2/chat/stream"})
    assert [event.type for event in streamed.events] == ["message-start", "content-delta", "message-end"]
    assert streamed.response is not None
    assert streamed.response.text == "Hi"
    assert server.requests[0].line == "POST /v2/chat/stream HTTP/1.1"
    assert server.requests[0].json["stream"] is True


# --- the sync face ---------------------------------------------------------------------------------------------------


def test_no_request_is_sent_before_with_or_the_first_event(server: RawServer) -> None:
    server.play(WHOLE, WHOLE)
    with client(server) as chat:
        stream = chat.chat_stream(model="m", messages=HI)
        assert (server.requests, stream.request_id, dict(stream.headers)) == ([], None, {})
        next(stream)
        assert len(server.requests) == 1
        with chat.chat_stream(model="m", messages=HI) as opened:
            assert len(server.requests) == 2
            assert (opened.request_id, opened.headers["content-type"]) == ("trace", "text/event-stream")
        stream.close()


def test_the_snapshot_is_the_answer_up_to_the_last_event_taken(server: RawServer) -> None:
    server.play([head(content_type="text/event-stream"), b"".join(frames(EVENTS)), CLOSE])
    said = ""
    with client(server) as chat, chat.chat_stream(model="m", messages=HI) as stream:
        assert stream.snapshot.id is None
        for event in stream:
            if isinstance(event, ContentDeltaEvent):
                said += event.delta.message.content.text
            assert stream.snapshot.text == said
        assert stream.snapshot == stream.get_final_response()


def test_text_stream_gives_the_text_alone_and_can_be_taken_up_again(server: RawServer) -> None:
    events = text_events("It ", "", "is ", "42.")
    thinking = {"type": "content-delta", "index": 1, "delta": {"message": {"content": {"thinking": "hm"}}}}
    server.play(chunked(frames([*events[:3], thinking, *events[3:]])))
    with client(server) as chat, chat.chat_stream(model="m", messages=HI) as stream:
        assert next(stream.text_stream) == "It "
        assert list(stream.text_stream) == ["is ", "42."]
        assert stream.get_final_response().text == "It is 42."


def test_the_final_response_reads_what_is_left_and_again_gives_the_same(server: RawServer) -> None:
    server.play(WHOLE)
    with client(server) as chat, chat.chat_stream(model="m", messages=HI) as stream:
        for _ in stream:
            break
        assert stream.get_final_response() == stream.get_final_response()
        assert list(stream) == []
    assert stream.get_final_response().text == "It is 42."


def test_the_final_response_raises_again_what_broke_the_stream(server: RawServer) -> None:
    server.play(CUT["reset"][0])
    with client(server) as chat, chat.chat_stream(model="m", messages=HI) as stream:
        with pytest.raises(APIConnectionError):
            list(stream)
        with pytest.raises(APIConnectionError) as caught:
            stream.get_final_response()
    assert caught.value.partial is not None
    assert caught.value.partial.text == "It is "


def test_a_stream_closed_early_has_no_final_response(server: RawServer) -> None:
    server.play(WHOLE)
    with client(server) as chat:
        with chat.chat_stream(model="m", messages=HI) as stream:
            next(stream)
        with pytest.raises(StreamError, match="closed before message-end") as caught:
            stream.get_final_response()
        assert caught.value.partial.id == "an-id"
        stream.close()


def test_after_message_end_the_connection_goes_back_to_the_pool(server: RawServer) -> None:
    server.play(WHOLE, WHOLE, WHOLE, answer(text_answer("Hi")))
    with client(server) as chat:
        list(chat.chat_stream(model="m", messages=HI))
        with chat.chat_stream(model="m", messages=HI) as stream:
            for event in stream:
                if event.type == "message-end":
                    break
        chat.chat_stream(model="m", messages=HI).get_final_response()
        chat.chat(model="m", messages=HI)
    assert server.connections == 1


def test_leaving_after_a_failed_generation_raises_nothing_more(server: RawServer) -> None:
    server.play(chunked(frames(text_events("a", finish_reason="ERROR", error="no"))), answer(text_answer("Hi")))
    with client(server) as chat:
        with chat.chat_stream(model="m", messages=HI) as stream:
            for event in stream:
                if event.type == "message-end":
                    break
        with pytest.raises(GenerationError):
            stream.get_final_response()
        chat.chat(model="m", messages=HI)
    assert server.connections == 1


ENDLESS = [*chunked(frames(EVENTS[:4], done=False), end=False), 5.0]


@pytest.mark.parametrize("leave", ["break", "exception", "close", "garbage"])
def test_a_stream_that_is_left_closes_its_connection(leave: str, server: RawServer) -> None:
    server.play(ENDLESS)
    with client(server) as chat:
        stream = chat.chat_stream(model="m", messages=HI)
        if leave == "break":
            with stream:
                for _ in stream:
                    break
        elif leave == "exception":
            with pytest.raises(RuntimeError, match="mine"), stream:
                for _ in stream:
                    raise RuntimeError("mine")
        elif leave == "close":
            next(stream)
            stream.close()
        else:
            next(stream)
            gc.disable()
            try:
                del stream
                assert server.closed_by_client.wait(2)
            finally:
                gc.enable()
        assert server.closed_by_client.wait(2)


def test_closing_a_stream_that_was_never_opened_is_fine(server: RawServer) -> None:
    with client(server) as chat:
        chat.chat_stream(model="m", messages=HI).close()
    assert server.requests == []


def test_closing_from_another_thread_ends_the_reading_with_an_error(server: RawServer) -> None:
    server.play(ENDLESS)
    with client(server) as chat, chat.chat_stream(model="m", messages=HI) as stream:

        def closing() -> Any:
            for event in stream:
                if event.type == "content-delta":
                    threading.Timer(0.1, stream.close).start()
                yield event

        with pytest.raises(APIConnectionError):
            list(closing())


# --- the async face --------------------------------------------------------------------------------------------------


def run(kind: str, main: Any) -> Any:
    return asyncio.run(main()) if kind == "asyncio" else trio.run(main)


@pytest.mark.parametrize("kind", ["asyncio", "trio"])
def test_the_async_stream_does_the_same(kind: str, server: RawServer) -> None:
    async def main() -> None:
        async with AsyncChatClient("k", base_url=server.url) as chat:
            stream = chat.chat_stream(model="m", messages=HI)
            assert (server.requests, stream.request_id, dict(stream.headers)) == ([], None, {})
            first = await anext(stream)
            assert first.type == "message-start"
            assert stream.request_id == "trace"
            pieces = [text async for text in stream.text_stream]
            assert pieces == ["It ", "is ", "42."]
            assert stream.snapshot == await stream.get_final_response()
            await stream.aclose()
            async with chat.chat_stream(model="m", messages=HI) as stream:
                async for event in stream:
                    if event.type == "message-end":
                        break
            assert (await chat.chat(model="m", messages=HI)).text == "Hi"
            await chat.chat_stream(model="m", messages=HI).aclose()

    server.play(WHOLE, WHOLE, answer(text_answer("Hi")))
    run(kind, main)
    assert server.connections == 1


@pytest.mark.parametrize("kind", ["asyncio", "trio"])
@pytest.mark.parametrize("leave", ["break", "exception", "aclose", "cancel"])
def test_an_async_stream_that_is_left_closes_its_connection(leave: str, kind: str, server: RawServer) -> None:
    async def main() -> None:
        async with AsyncChatClient("k", base_url=server.url) as chat:
            stream = chat.chat_stream(model="m", messages=HI)
            if leave == "break":
                async with stream:
                    async for _ in stream:
                        break
            elif leave == "exception":
                with pytest.raises(RuntimeError, match="mine"):
                    async with stream:
                        async for _ in stream:
                            raise RuntimeError("mine")
            elif leave == "aclose":
                await anext(stream)
                await stream.aclose()
            else:
                with anyio.move_on_after(0.1) as scope:
                    async with stream:
                        async for _ in stream:
                            pass
                assert scope.cancelled_caught
            assert await anyio.to_thread.run_sync(server.closed_by_client.wait, 2)

    server.play(ENDLESS)
    run(kind, main)


def test_an_async_stream_that_nobody_holds_closes_its_connection(server: RawServer) -> None:
    async def main() -> None:
        async with AsyncChatClient("k", base_url=server.url) as chat:
            stream = chat.chat_stream(model="m", messages=HI)
            await anext(stream)
            del stream
            assert await anyio.to_thread.run_sync(server.closed_by_client.wait, 2)

    server.play(ENDLESS)
    asyncio.run(main())


def test_an_async_stream_closed_early_has_no_final_response(server: RawServer) -> None:
    async def main() -> None:
        async with AsyncChatClient("k", base_url=server.url) as chat:
            async with chat.chat_stream(model="m", messages=HI) as stream:
                await anext(stream)
            with pytest.raises(StreamError, match="closed before message-end"):
                await stream.get_final_response()

    server.play(WHOLE)
    asyncio.run(main())
