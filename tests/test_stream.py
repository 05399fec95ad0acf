"""Streams over a real socket: how they end, how they fail, and what is closed."""

from __future__ import annotations

import asyncio
import gc
import gzip
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import anyio
import anyio.to_thread
import pytest
import trio

from cohere_chat import (
    APIConnectionError,
    APIResponseError,
    AsyncChatClient,
    BadRequestError,
    ChatClient,
    ContentDeltaEvent,
    GenerationError,
    StreamDecodeError,
    StreamError,
    StreamTruncatedError,
    UnknownEvent,
)

from .conftest import HI, AsyncFace, SyncFace
from .faults.scenarios import STREAMS
from .server import (
    CLOSE,
    RawServer,
    answer,
    chunk,
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
    server.play(STREAMS["reset"].script)
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

        with pytest.raises(StreamError, match="the stream was closed before message-end") as caught:
            list(closing())
        assert caught.value.partial.text != ""


def test_a_peer_that_keeps_the_stream_open_after_its_end_is_not_waited_for(server: RawServer) -> None:
    open_end = [*chunked(frames(EVENTS), end=False), 5.0]
    server.play(open_end, open_end)
    with client(server) as chat:
        assert chat.chat_stream(model="m", messages=HI).get_final_response().text == "It is 42."
        assert server.closed_by_client.wait(1)
        with chat.chat_stream(model="m", messages=HI) as stream:
            for event in stream:
                if event.type == "message-end":
                    break


def test_an_end_of_another_shape_is_an_end(server: RawServer) -> None:
    usage = {"tokens": {"input_tokens": "12"}}
    end = {"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": usage}}
    failed = {"type": "message-end", "delta": {"finish_reason": "ERROR", "error": {"message": "no"}, "usage": 5}}
    bare = {"type": "message-end", "delta": True}
    server.play(*[chunked(frames([*EVENTS[:-1], last])) for last in (end, failed, bare)])
    with client(server) as chat:
        response = chat.chat_stream(model="m", messages=HI).get_final_response()
        assert (response.text, response.finish_reason, response.usage) == ("It is 42.", "COMPLETE", None)
        with pytest.raises(GenerationError, match="no") as caught:
            chat.chat_stream(model="m", messages=HI).get_final_response()
        assert caught.value.partial is not None
        assert caught.value.partial.text == "It is 42."
        assert chat.chat_stream(model="m", messages=HI).get_final_response().text == "It is 42."


def test_done_ends_the_reading_also_when_the_peer_keeps_the_stream_open(server: RawServer) -> None:
    server.play([*chunked([*frames(EVENTS[:4])], end=False), 5.0])
    with client(server) as chat, pytest.raises(StreamTruncatedError):
        chat.chat_stream(model="m", messages=HI).get_final_response()
    assert server.closed_by_client.wait(2)


@pytest.mark.parametrize("extra", ["1" * 5000, "[" * 100_000 + "]" * 100_000], ids=["a huge number", "deep"])
@pytest.mark.parametrize("event", [EVENTS[1], EVENTS[-1]], ids=lambda event: event["type"])
def test_a_frame_that_python_cannot_read_is_our_error(event: dict[str, Any], extra: str, server: RawServer) -> None:
    text = json.dumps(event)[:-1] + f', "x": {extra}' + "}"
    server.play(chunked([*frames(EVENTS[:1], done=False), frame(text, event["type"])]))
    with client(server) as chat:
        stream = chat.chat_stream(model="m", messages=HI)
        with pytest.raises(StreamDecodeError) as caught:
            stream.get_final_response()
    assert caught.value.raw == text.encode()
    assert caught.value.partial.id == "an-id"


def test_a_stream_that_is_closed_while_it_opens_is_not_left_open(server: RawServer) -> None:
    server.play([0.3, *WHOLE])
    with client(server) as chat:
        stream = chat.chat_stream(model="m", messages=HI)
        threading.Timer(0.1, stream.close).start()
        with pytest.raises(StreamError, match="closed before message-end"):
            next(stream)
        assert server.closed_by_client.wait(2)


def test_iterating_again_after_an_error_raises_it_again(server: RawServer) -> None:
    server.play(STREAMS["reset"].script)
    with client(server) as chat, chat.chat_stream(model="m", messages=HI) as stream:
        for _ in range(3):
            with pytest.raises(APIConnectionError):
                list(stream)
        with pytest.raises(APIConnectionError):
            list(stream.text_stream)


def test_text_after_an_event_that_was_lost_is_not_given(face: Face, server: RawServer) -> None:
    lost = EVENTS[2] | {"delta": "no text"}
    server.play(chunked(frames([*EVENTS[:2], lost, *EVENTS[2:]])))
    texts: list[str] = []

    def sync() -> None:
        with client(server) as chat, chat.chat_stream(model="m", messages=HI) as stream:
            while not isinstance(next(stream), UnknownEvent):
                pass
            with pytest.raises(StreamDecodeError):
                texts.extend(stream.text_stream)

    async def main() -> None:
        async with AsyncChatClient("k", base_url=server.url) as chat:
            stream = chat.chat_stream(model="m", messages=HI)
            while not isinstance(await anext(stream), UnknownEvent):
                pass
            with pytest.raises(StreamDecodeError):
                async for text in stream.text_stream:
                    texts.append(text)  # includes text received before the error
            await stream.aclose()

    sync() if isinstance(face, SyncFace) else face.run(main)
    assert texts == []


@pytest.mark.parametrize("every", [0.05, 0.7])
def test_a_peer_that_pings_after_the_end_does_not_hold_the_answer(every: float, face: Face, server: RawServer) -> None:
    pings = [step for _ in range(int(10 / every)) for step in (every, chunk(b": ping\n\n"))]
    server.play([*chunked(frames(EVENTS, done=False), end=False), *pings])
    began = time.monotonic()
    streamed = face.stream(server.url)
    assert streamed.response is not None
    assert streamed.response.text == "It is 42."
    assert time.monotonic() - began < 5


def test_an_event_over_the_bound_in_broken_gzip_loses_nothing_before_it(server: RawServer) -> None:
    broken = bytearray(gzip.compress(frames(EVENTS)[0] + b"data: " + b"a" * (70 << 20), 1))
    broken[-5] ^= 1
    server.play(chunked([bytes(broken)], content_encoding="gzip"))
    with client(server) as chat, pytest.raises(StreamDecodeError) as caught:
        chat.chat_stream(model="m", messages=HI).get_final_response()
    assert caught.value.partial.id


def test_gzip_of_several_members_is_one_stream(server: RawServer) -> None:
    data = b"".join(gzip.compress(piece) for piece in frames(EVENTS))
    for pieces in ([data], [data[at : at + 7] for at in range(0, len(data), 7)]):
        server.play(chunked(pieces, content_encoding="gzip"))
        with client(server) as chat:
            assert chat.chat_stream(model="m", messages=HI).get_final_response().text == "It is 42."


def test_a_stream_that_could_not_be_opened_is_not_opened_again(server: RawServer) -> None:
    server.play(answer({"message": "no"}, status=400), answer(b"<html>", content_type="text/html"))
    with client(server) as chat:
        for error in (BadRequestError, APIResponseError):
            stream = chat.chat_stream(model="m", messages=HI)
            with pytest.raises(error), stream:
                pass
            for _ in range(2):
                with pytest.raises(error):
                    stream.get_final_response()
    assert len(server.requests) == 2


def test_a_closed_stream_is_not_opened(server: RawServer) -> None:
    with client(server) as chat:
        stream = chat.chat_stream(model="m", messages=HI)
        stream.close()
        with pytest.raises(StreamError, match="closed before message-end"), stream:
            pass
    assert server.requests == []


@pytest.mark.parametrize("after", [1, 3])
def test_a_loop_over_a_stream_that_is_closed_meanwhile_does_not_end_as_if_it_were_whole(
    after: int, server: RawServer
) -> None:
    async def loop() -> None:
        async with AsyncChatClient("k", base_url=server.url) as chat:
            stream, taken = chat.chat_stream(model="m", messages=HI), 0
            async for _ in stream:
                taken += 1
                if taken == after:
                    await stream.aclose()

    server.play([b"".join(WHOLE)], [b"".join(WHOLE)])
    with client(server) as chat, pytest.raises(StreamError, match="closed before message-end") as caught:
        stream = chat.chat_stream(model="m", messages=HI)
        for taken, _ in enumerate(stream, 1):
            if taken == after:
                stream.close()
    assert caught.value.partial == stream.snapshot
    with pytest.raises(StreamError, match="closed before message-end"):
        asyncio.run(loop())


def test_next_and_every_loop_over_a_stream_go_on_where_it_is(server: RawServer) -> None:
    server.play(WHOLE)
    with client(server) as chat, chat.chat_stream(model="m", messages=HI) as stream:
        assert isinstance(stream, Iterator)
        types = [next(stream).type, next(iter(stream)).type]
        for event in stream:
            types.append(event.type)
            break
        assert types + [event.type for event in stream] == [event["type"] for event in EVENTS]
        assert list(stream) == []


def test_text_that_a_content_part_opens_with_is_text_too(server: RawServer) -> None:
    events = text_events("a")
    events[1]["delta"]["message"]["content"]["text"] = "Hello "
    server.play(chunked(frames(events)))
    with client(server) as chat, chat.chat_stream(model="m", messages=HI) as stream:
        assert "".join(stream.text_stream) == stream.get_final_response().text == "Hello a"


def test_a_tool_call_with_nulls_keeps_its_id_and_name(server: RawServer) -> None:
    call = {"id": "c", "type": "custom", "function": {"name": "f", "arguments": None}}
    events = text_events("a")
    events[1:4] = [
        {"type": "tool-call-start", "index": 0.0, "delta": {"message": {"tool_calls": call, "content": None}}}
    ]
    server.play(chunked(frames(events)))
    with client(server) as chat:
        (made,) = chat.chat_stream(model="m", messages=HI).get_final_response().tool_calls
    assert (made.id, made.type, made.function.name, made.function.arguments) == ("c", "custom", "f", "")


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
                with anyio.CancelScope() as scope:
                    async with stream:
                        async for _ in stream:
                            scope.cancel()
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


ILL_SHAPED = {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": ["a", "b"]}}}}
PARTLY_LOST = chunked(frames([*EVENTS[:4], ILL_SHAPED, *EVENTS[4:]]))
TAKES = {
    "final": lambda stream: stream.get_final_response(),
    "snapshot": lambda stream: [stream.snapshot for _ in stream],
    "text_stream": lambda stream: list(stream.text_stream),
}


@pytest.mark.parametrize("take", TAKES.values(), ids=TAKES)
def test_what_is_added_up_raises_if_an_event_cannot_be_read(take: Any, server: RawServer) -> None:
    server.play(PARTLY_LOST)
    with client(server) as chat, chat.chat_stream(model="m", messages=HI) as stream:
        with pytest.raises(StreamDecodeError, match="'content-delta' cannot be read") as caught:
            take(stream)
        assert json.loads(caught.value.raw) == ILL_SHAPED
        assert caught.value.partial.text.startswith("It is ")
        with pytest.raises(StreamDecodeError):
            stream.get_final_response()


@pytest.mark.parametrize("take", TAKES)
def test_what_is_added_up_raises_for_async_too(take: str, server: RawServer) -> None:
    async def main() -> None:
        chat = AsyncChatClient("k", base_url=server.url)
        async with chat, chat.chat_stream(model="m", messages=HI) as stream:
            if take == "final":
                await stream.get_final_response()
            elif take == "snapshot":
                async for _ in stream:
                    stream.snapshot  # noqa: B018
            else:
                async for _ in stream.text_stream:
                    pass

    server.play(PARTLY_LOST)
    with pytest.raises(StreamDecodeError, match="'content-delta'"):
        asyncio.run(main())


def test_who_reads_events_gets_the_one_that_cannot_be_read_and_all_others(server: RawServer) -> None:
    server.play(PARTLY_LOST)
    with client(server) as chat, chat.chat_stream(model="m", messages=HI) as stream:
        events = list(stream)
    assert [event.type for event in events if isinstance(event, UnknownEvent)] == ["content-delta"]
    assert len(events) == len(EVENTS) + 1


@pytest.mark.parametrize("ping", [b"event: ping\ndata:\n\n", b"event: ping\ndata: \n\n", b"data:\n\n", b"data:  \n\n"])
def test_an_event_without_data_is_skipped(ping: bytes, face: Face, server: RawServer) -> None:
    server.play(chunked([ping, *frames(EVENTS[:3], done=False), ping, *frames(EVENTS[3:])]))
    streamed = face.stream(server.url)
    assert streamed.error is None
    assert [event.type for event in streamed.events] == [event["type"] for event in EVENTS]


@pytest.mark.parametrize("seconds", [0.3, 0.0])
def test_an_async_stream_that_is_closed_while_it_opens_leaves_the_pool_empty(seconds: float, server: RawServer) -> None:
    async def main() -> None:
        async with AsyncChatClient("k", base_url=server.url) as chat:
            stream = chat.chat_stream(model="m", messages=HI)
            task = asyncio.create_task(anext(stream))
            await server.asked()
            await asyncio.sleep(0.1 - seconds / 3)
            await stream.aclose()  # raises nothing, although another task is reading
            with pytest.raises(StreamError):
                await task
                await anext(stream)
            assert chat._connections.http._transport._pool.connections == []  # type: ignore[attr-defined]

    server.play([seconds, *chunked(frames(EVENTS, done=False)[:2], end=False), 5.0])
    asyncio.run(main())


def test_a_checksum_that_fails_after_the_last_event_does_not_count(face: Face, server: RawServer) -> None:
    packed = bytearray(gzip.compress(b"".join(frames(EVENTS))))
    packed[-6] ^= 1
    half = len(packed) // 2
    for pieces in ([bytes(packed)], [bytes(packed[:half]), bytes(packed[half:])]):
        server.play(chunked(pieces, content_encoding="gzip"))
        streamed = face.stream(server.url)
        assert streamed.error is None
        assert streamed.response is not None
        assert streamed.response.text == "It is 42."


@pytest.mark.parametrize(
    "content_type", ["Text/Event-Stream", "text/event-stream; charset=utf-8", "TEXT/EVENT-STREAM ;a=b"]
)
def test_the_content_type_of_a_stream_is_read_in_any_case(content_type: str, face: Face, server: RawServer) -> None:
    server.play(chunked(frames(EVENTS), content_type=content_type))
    assert face.stream(server.url).error is None


def test_the_attempts_of_a_stream_that_failed_are_counted(face: Face, server: RawServer) -> None:
    server.play(
        answer({"message": "busy"}, status=503, retry_after="0"),
        chunked(frames(text_events("a", finish_reason="ERROR", error="no"))),
    )
    error = face.stream(server.url).error
    assert isinstance(error, GenerationError)
    assert error.attempts == 2


def test_an_async_stream_that_could_not_be_opened_is_not_asked_for_again(server: RawServer) -> None:
    async def main() -> None:
        async with AsyncChatClient("k", base_url=server.url) as chat:
            stream = chat.chat_stream(model="m", messages=HI)
            with pytest.raises(BadRequestError):
                async with stream:
                    pass
            with pytest.raises(BadRequestError):
                await stream.get_final_response()

    server.play(answer({"message": "no"}, status=400), WHOLE)
    asyncio.run(main())
    assert len(server.requests) == 1


@pytest.mark.parametrize("kind", ["content-start", "tool-plan-delta", "message-end", "nobody-knows"])
def test_an_event_with_a_number_that_python_does_not_read_is_an_error_with_its_bytes(
    kind: str, face: Face, server: RawServer
) -> None:
    text = json.dumps({"type": kind, "delta": {"message": {}}})[:-1] + ', "x": ' + "1" * 5000 + "}"
    server.play(chunked([*frames(EVENTS[:1], done=False), frame(text, kind)]))
    error = face.stream(server.url).error
    assert isinstance(error, StreamDecodeError)
    assert error.raw == text.encode()
