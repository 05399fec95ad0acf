"""The server of the benchmarks, a separate process that answers as fast as the socket allows. Standard library only.

python server.py EVENTS PER_CHUNK: every stream has EVENTS events, PER_CHUNK in each HTTP chunk. A request below `/tool`
streams the pieces of one tool call's arguments, one below `/hold` its first event and no more, one below `/paced` 50
events a second for PACED_SECONDS. A path with `/openai` uses the protocol of the openai SDK.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys

EVENTS, PER_CHUNK = int(sys.argv[1]), int(sys.argv[2])
PACED_SECONDS = 3
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
DONE = b"data: [DONE]\n\n"


def frame(data: dict[str, object]) -> bytes:
    return f"event: {data['type']}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def stream(*parts: bytes) -> bytes:
    return HEAD + b"".join(parts) + b"0\r\n\r\n"


EMPTY = {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []}
START = chunk(frame({"id": "an-id", "type": "message-start", "delta": {"message": EMPTY}}))
USAGE = {"billed_units": {"input_tokens": 3, "output_tokens": 9}, "tokens": {"input_tokens": 70, "output_tokens": 9}}
END = chunk(frame({"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": USAGE}})) + chunk(DONE)
OPEN = {"content": {"type": "text", "text": ""}}
DELTA = frame({"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": " four"}}}})
TEXT = stream(
    START,
    chunk(frame({"type": "content-start", "index": 0, "delta": {"message": OPEN}})),
    chunk(DELTA * PER_CHUNK) * (EVENTS // PER_CHUNK),
    chunk(frame({"type": "content-end", "index": 0})),
    END,
)
CALL = {"tool_calls": {"id": "c", "type": "function", "function": {"name": "f", "arguments": ""}}}
PIECE = {"tool_calls": {"function": {"arguments": " "}}}
TOOL = stream(
    START,
    chunk(frame({"type": "tool-call-start", "index": 0, "delta": {"message": CALL}})),
    chunk(frame({"type": "tool-call-delta", "index": 0, "delta": {"message": PIECE}})) * EVENTS,
    chunk(frame({"type": "tool-call-end", "index": 0})),
    END,
)
OPENED = stream(START)[: -len(b"0\r\n\r\n")]
CHOICE = {"index": 0, "delta": {"content": " four"}, "finish_reason": None}
OPENAI = {"id": "an-id", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [CHOICE]}
THEIR_DELTA = b"data: " + json.dumps(OPENAI, separators=(",", ":")).encode() + b"\n\n"
THEIRS = stream(chunk(THEIR_DELTA * PER_CHUNK) * (EVENTS // PER_CHUNK), chunk(DONE))
ANSWER = {
    "id": "an-id",
    "message": {"role": "assistant", "content": [{"type": "text", "text": "It is four."}]},
    "finish_reason": "COMPLETE",
    "usage": USAGE,
}
THEIR_MESSAGE = {"role": "assistant", "content": "It is four."}
THEIR_ANSWER = {
    "id": "an-id",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "message": THEIR_MESSAGE, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 3, "completion_tokens": 9, "total_tokens": 12},
}


def plain(answer: dict[str, object]) -> bytes:
    body = json.dumps(answer).encode()
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)


PLAIN, THEIR_PLAIN = plain(ANSWER), plain(THEIR_ANSWER)


async def pace(writer: asyncio.StreamWriter, openai: bool) -> None:
    await asyncio.sleep(random.random() / 50)  # noqa: S311  # streams of a real service are not in step
    writer.write(HEAD if openai else OPENED)
    for _ in range(50 * PACED_SECONDS):
        writer.write(chunk(THEIR_DELTA if openai else DELTA))
        await asyncio.sleep(1 / 50)
    writer.write((chunk(DONE) if openai else END) + b"0\r\n\r\n")


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            (length,) = (line for line in head.split(b"\r\n") if line.startswith(b"content-length"))
            body = await reader.readexactly(int(length.split(b":")[1]))
            path, openai = head.split(b" ")[1], b"/openai" in head
            if path.startswith(b"/hold"):
                writer.write(OPENED)
            elif path.startswith(b"/paced"):
                await pace(writer, openai)
            elif path.startswith(b"/tool"):
                writer.write(TOOL)
            elif b'"stream":true' in body.replace(b" ", b""):
                writer.write(THEIRS if openai else TEXT)
            else:
                writer.write(THEIR_PLAIN if openai else PLAIN)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
