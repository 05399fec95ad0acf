"""Many calls at once on one client: each gets its own complete answer, and nothing is left behind.

`make test` runs one round of each; `make soak` runs twenty and watches memory and file descriptors.
"""

from __future__ import annotations

import asyncio
import gc
import json
import multiprocessing
import os
import resource
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cohere_chat import AsyncChatClient, ChatClient
from cohere_chat.fast import fast_async_http_client, fast_http_client

from ..conftest import TLS, run_aiohttp
from ..server import DONE, answer, chunk, frame, head, text_answer, text_events

SOAK = "SOAK" in os.environ
ROUNDS = 20 if SOAK else 1
STREAMS = 1000
THREADS = 64
WORDS = 20
ROUND_SECONDS = 300  # time limit of one round; httpcore's pool takes most of it, and more on a slow machine
pytestmark = pytest.mark.timeout(ROUND_SECONDS * ROUNDS)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Echoes the request, streamed word by word, so that a test notices the answer to another request."""
    try:
        while True:
            request = await reader.readuntil(b"\r\n\r\n")
            (length,) = (line for line in request.lower().split(b"\r\n") if line.startswith(b"content-length"))
            asked = json.loads(await reader.readexactly(int(length.split(b":")[1])))
            name = asked["messages"][0]["content"]
            if not asked["stream"]:
                writer.writelines(answer(text_answer(name)))
                continue
            writer.write(head(content_type="text/event-stream", transfer_encoding="chunked"))
            for event in text_events(*[f"{name} "] * WORDS):
                writer.write(chunk(frame(event)))
                await asyncio.sleep(0)
            writer.write(chunk(DONE) + b"0\r\n\r\n")
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def _run(port: Any) -> None:
    async def main() -> None:
        server = await asyncio.start_server(_serve, "127.0.0.1", 0, backlog=4096)
        port.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The URL of a server in a separate process."""
    wanted = 2 * STREAMS + 200
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(limits[0], wanted), limits[1]), limits[1]))
    context = multiprocessing.get_context("spawn")
    port = context.Queue()
    process = context.Process(target=_run, args=(port,), daemon=True)
    process.start()
    yield f"http://127.0.0.1:{port.get(timeout=30)}"
    process.kill()
    process.join()
    port.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)


@pytest.fixture(params=["httpx", "fast"])
def http(request: pytest.FixtureRequest) -> Callable[[Any], Any]:
    """Creates the `http_client` of a test: none, or one over urllib3 or aiohttp."""
    return (lambda _: nullcontext()) if request.param == "httpx" else lambda make: make(verify=TLS)


def ask(name: str) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": name}], "timeout": 60}


def whole(name: str) -> str:
    return f"{name} " * WORDS


def descriptors() -> int:
    gc.collect()  # closes what other tests have left open
    return len(list(Path("/proc/self/fd").iterdir()))


def trace_in_soak() -> None:
    """Traces memory, only in `make soak`: it makes each allocation several times slower."""
    if SOAK:
        tracemalloc.start()


def memory() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def check_flat(held: list[int], open_files: list[int]) -> None:
    """Checks that memory and open files do not grow. The first rounds fill caches."""
    if len(held) > 4:
        assert max(held[3:]) - held[2] < 500_000, held
    assert open_files[-1] == open_files[0], open_files


def test_a_thousand_async_streams_at_once_are_each_whole(url: str, http: Callable[[Any], Any]) -> None:
    async def one(client: AsyncChatClient, name: str) -> None:
        async with client.chat_stream(**ask(name)) as stream:
            assert (await stream.get_final_response()).text == whole(name)

    async def main() -> None:
        async with (
            http(fast_async_http_client) as yours,
            AsyncChatClient("k", base_url=url, http_client=yours) as client,
        ):
            await asyncio.gather(*(one(client, f"stream-{number}") for number in range(STREAMS)))

    trace_in_soak()
    held, open_files = [], [descriptors()]
    for _ in range(ROUNDS):
        run_aiohttp(partial(asyncio.wait_for, main(), ROUND_SECONDS))
        held.append(memory())
        open_files.append(descriptors())
    tracemalloc.stop()
    check_flat(held, open_files)


def test_sixty_four_threads_share_a_client(url: str, http: Callable[[Any], Any]) -> None:
    trace_in_soak()
    held, open_files = [], [descriptors()]
    for _ in range(ROUNDS):
        with (
            http(fast_http_client) as yours,
            ChatClient("k", base_url=url, http_client=yours) as client,
            ThreadPoolExecutor(THREADS) as threads,
        ):

            def one(number: int, client: ChatClient = client) -> str:
                with client.chat_stream(**ask(f"thread-{number}")) as stream:
                    return "".join(stream.text_stream)

            texts = list(threads.map(one, range(THREADS * 4), timeout=ROUND_SECONDS))
        assert texts == [whole(f"thread-{number}") for number in range(THREADS * 4)]
        del one, texts
        held.append(memory())
        open_files.append(descriptors())
    tracemalloc.stop()
    check_flat(held, open_files)


def test_streams_that_are_over_hold_nothing(url: str, http: Callable[[Any], Any]) -> None:
    tracemalloc.start()
    held, open_files = [], [descriptors()]
    with http(fast_http_client) as yours, ChatClient("k", base_url=url, http_client=yours) as client:
        for _ in range(4):
            for number in range(50):
                with client.chat_stream(**ask(f"stream-{number}")) as stream:
                    assert stream.get_final_response().text == whole(f"stream-{number}")
            held.append(memory())
    open_files.append(descriptors())
    tracemalloc.stop()
    assert max(held[2:]) - held[1] < 50_000, held  # the first round fills caches
    assert open_files[-1] == open_files[0]
