"""A server on a real socket that plays scripts byte by byte, for what pytest-httpserver cannot do.

Each request takes the next script: bytes to write, seconds or an Event to wait for, RESET or CLOSE. A connection is
kept alive until a script ends it or the client does.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import anyio

RESET, CLOSE = object(), object()
Script = list[Any]


@dataclass
class Request:
    connection: int
    line: str
    headers: dict[str, str]
    body: bytes
    header_names: list[str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class RawServer:
    scripts: deque[Script] = field(default_factory=deque)
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    closed_by_client: threading.Event = field(default_factory=threading.Event)
    tls: ssl.SSLContext | None = None

    def __enter__(self) -> RawServer:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run)
        self._started = threading.Event()
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}" if self.tls else f"http://127.0.0.1:{self.port}"

    def play(self, *scripts: Script) -> None:
        self.scripts.extend(scripts)

    async def asked(self, times: int = 1) -> None:
        """Waits until `times` requests have been received."""
        with anyio.fail_after(10):
            while len(self.requests) < times:  # noqa: ASYNC110  # they are received in another thread
                await anyio.sleep(0.001)

    def _run(self) -> None:
        self._loop.run_until_complete(self._main())
        self._loop.close()

    async def _main(self) -> None:
        self._stop = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self.tls, backlog=4096)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._stop.wait()
        self._loop.remove_reader(server.sockets[0].fileno())
        for _ in range(5):  # closing a server while it accepts leaves that connection open (CPython's _attach)
            await asyncio.sleep(0)
        server.close()
        rest = asyncio.all_tasks() - {asyncio.current_task()}  # also asyncio's own, such as an unfinished TLS handshake
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Accepts a connection. Not a coroutine, so that it is closed even if its task is cancelled before it begins."""
        self.connections += 1
        task = asyncio.create_task(self._serve(reader, writer, self.connections))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: writer.close())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        try:
            playing = True
            while playing:
                self.requests.append(await self._read(reader, number))
                script = self.scripts.popleft() if self.scripts else answer(b"no script is left", status=599)
                playing = await self._play(script, reader, writer)
        except (ConnectionError, EOFError, asyncio.CancelledError):
            self.closed_by_client.set()

    async def _read(self, reader: asyncio.StreamReader, number: int) -> Request:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *rest = head.strip().split("\r\n")
        headers = {name.lower(): value for name, value in (header.split(": ", 1) for header in rest)}
        names = [header.partition(":")[0].lower() for header in rest]
        return Request(number, line, headers, await reader.readexactly(int(headers.get("content-length", 0))), names)

    async def _play(self, script: Script, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Returns whether the connection stays open."""
        for step in script:
            if step is CLOSE:
                return False
            if step is RESET:
                linger = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                return False
            if isinstance(step, threading.Event):
                await asyncio.to_thread(step.wait, 10)
                continue
            if isinstance(step, float):
                try:
                    await asyncio.wait_for(reader.read(1), step)
                except TimeoutError:
                    continue
                self.closed_by_client.set()
                return False
            writer.write(step)
            await writer.drain()
        return True


def head(status: int = 200, **headers: str) -> bytes:
    """A status line and headers; `_` in a name stands for `-`, and `__` for `_`."""
    lines = [f"HTTP/1.1 {status} Status"]
    lines += [
        f"{name.replace('__', '!').replace('_', '-').replace('!', '_')}: {value}" for name, value in headers.items()
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def answer(body: bytes | Any, status: int = 200, content_type: str = "application/json", **headers: str) -> Script:
    """A complete plain answer."""
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    return [head(status, content_type=content_type, content_length=str(len(body)), **headers) + body]


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def chunked(
    pieces: Iterable[bytes], *, end: bool = True, content_type: str = "text/event-stream", **headers: str
) -> Script:
    """An answer in HTTP chunks; without `end`, the last chunk is omitted."""
    started = head(content_type=content_type, transfer_encoding="chunked", **headers)
    return [started, *(chunk(piece) for piece in pieces if piece), *([b"0\r\n\r\n"] if end else [])]


def frame(data: Any, event: str | None = None) -> bytes:
    """One event as the service frames it; if `data` is a dict, it names the type."""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    name = event if event is not None or isinstance(data, str) else data["type"]
    return (f"event: {name}\n" if name else "").encode() + f"data: {text}\n\n".encode()


DONE = b"data: [DONE]\n\n"


def frames(events: Iterable[Any], *, done: bool = True) -> list[bytes]:
    return [*(frame(event) for event in events), *([DONE] if done else [])]


def text_events(*pieces: str, finish_reason: str = "COMPLETE", **end: Any) -> list[dict[str, Any]]:
    """The events of a text answer."""
    empty: dict[str, Any] = {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []}
    opened = {"content": {"type": "text", "text": ""}}
    return [
        {"id": "an-id", "type": "message-start", "delta": {"message": empty}},
        {"type": "content-start", "index": 0, "delta": {"message": opened}},
        *(
            {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": piece}}}}
            for piece in pieces
        ),
        {"type": "content-end", "index": 0},
        {"type": "message-end", "delta": {"finish_reason": finish_reason, "usage": USAGE, **end}},
    ]


USAGE = {
    "billed_units": {"input_tokens": 30, "output_tokens": 6},
    "tokens": {"input_tokens": 1500, "output_tokens": 20},
    "cached_tokens": 0,
}


def text_answer(text: str, finish_reason: str = "COMPLETE") -> dict[str, Any]:
    """The plain call's body for the same answer."""
    message = {"role": "assistant", "content": [{"type": "text", "text": text}]}
    return {"id": "an-id", "message": message, "finish_reason": finish_reason, "usage": USAGE}


def splits(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Every way to cut `data` in two."""
    for at in range(len(data) + 1):
        yield data[:at], data[at:]
