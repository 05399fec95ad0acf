"""Fixtures: a server that plays scripts, the faces of the client, the recorded traffic."""

from __future__ import annotations

import asyncio
import gc
import json
import multiprocessing
import os
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
import stamina
import trio
from hypothesis import HealthCheck, settings

from cohere_chat import AsyncChatClient, ChatClient, ChatEvent, ChatResponse, ConfigurationError
from cohere_chat.fast import fast_async_http_client, fast_http_client
from cohere_chat.testing import ChatEmulator
from pytest_cohere_chat import chat_emulator  # noqa: F401  # pyproject.toml keeps pytest from loading it earlier

from .server import RawServer

collect_ignore = ["frameworks"]  # run by `make test-frameworks` in its own environments

# In CI, the inputs are the same each time, so a developer can reproduce a failure. Elsewhere, they are new.
settings.register_profile(
    "tests", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("tests")

SHARED = [folder / "shared" for folder in Path(__file__).parents if (folder / "shared" / "recorded").is_dir()]
RECORDED = next(iter(SHARED), Path(__file__).parents[2] / "shared") / "recorded"
HI = [{"role": "user", "content": "Hi"}]


def pytest_collection_finish() -> None:
    """Excludes all imports from garbage collections, which would take 0.3 s each, longer than some limits in the tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CO_API_KEY", "COHERE_API_KEY", "CO_API_URL", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def no_wait() -> Iterator[None]:
    """Retries do not wait."""
    with stamina.set_testing(True, attempts=10, cap=True):
        yield


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatEmulator]:
    """A `chat_emulator` that keeps the requests of a whole bulk run."""
    with ChatEmulator(keep=100_000) as made:
        monkeypatch.setenv("CO_API_KEY", "k")
        monkeypatch.setenv("CO_API_URL", made.url)
        yield made


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer() as server:
        yield server


@dataclass
class Streamed:
    """What a stream returned, and what it raised."""

    events: list[ChatEvent]
    response: ChatResponse | None = None
    error: BaseException | None = None


class SyncFace:
    """The client as a user of sync code sees it."""

    def client(self, base_url: str, options: dict[str, Any] | None) -> ChatClient:
        return ChatClient("a-key", base_url=base_url, **(options or {}))

    def chat(self, base_url: str, options: dict[str, Any] | None = None, **call: Any) -> ChatResponse:
        with self.client(base_url, options) as client:
            return client.chat(**{"model": "a-model", "messages": HI, **call})

    def stream(self, base_url: str, options: dict[str, Any] | None = None, **call: Any) -> Streamed:
        streamed = Streamed([])
        with self.client(base_url, options) as client:
            try:
                with client.chat_stream(**{"model": "a-model", "messages": HI, **call}) as stream:
                    for event in stream:
                        streamed.events.append(event)
                    streamed.response = stream.get_final_response()
            except Exception as error:
                streamed.error = error
        return streamed


class AsyncFace:
    """The client as a user of async code sees it."""

    def __init__(self, run: Callable[[Callable[[], Coroutine[Any, Any, Any]]], Any]) -> None:
        self.run = run

    def client(self, base_url: str, options: dict[str, Any] | None) -> AsyncChatClient:
        return AsyncChatClient("a-key", base_url=base_url, **(options or {}))

    def chat(self, base_url: str, options: dict[str, Any] | None = None, **call: Any) -> ChatResponse:
        async def main() -> ChatResponse:
            async with self.client(base_url, options) as client:
                return await client.chat(**{"model": "a-model", "messages": HI, **call})

        return self.run(main)

    def stream(self, base_url: str, options: dict[str, Any] | None = None, **call: Any) -> Streamed:
        async def main() -> Streamed:
            streamed = Streamed([])
            async with self.client(base_url, options) as client:
                try:
                    async with client.chat_stream(**{"model": "a-model", "messages": HI, **call}) as stream:
                        async for event in stream:
                            streamed.events.append(event)
                        streamed.response = await stream.get_final_response()
                except Exception as error:
                    streamed.error = error
            return streamed

        return self.run(main)


TLS = httpx.create_ssl_context()  # created once: it takes longer than most tests


class OverFace(SyncFace):
    """The sync client over an `http_client` that `make` creates."""

    def __init__(self, make: Callable[..., Any]) -> None:
        self.make = make

    @contextmanager
    def client(self, base_url: str, options: dict[str, Any] | None) -> Iterator[ChatClient]:
        with (
            self.make(verify=TLS) as http,
            super().client(base_url, {"http_client": http, **(options or {})}) as client,
        ):
            yield client


class OverAsyncFace(AsyncFace):
    """The same for async."""

    def __init__(self, make: Callable[..., Any], run: Callable[[Callable[[], Coroutine[Any, Any, Any]]], Any]) -> None:
        super().__init__(run)
        self.make = make

    @asynccontextmanager
    async def client(self, base_url: str, options: dict[str, Any] | None) -> AsyncIterator[AsyncChatClient]:
        async with (
            self.make(verify=TLS) as http,
            super().client(base_url, {"http_client": http, **(options or {})}) as client,
        ):
            yield client


def run_aiohttp(main: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Runs `main` in an event loop, without warnings about sockets (mostly TLS) that aiohttp closes after its session."""
    try:
        return asyncio.run(main())
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


FACES = {
    "sync": SyncFace(),
    "asyncio": AsyncFace(lambda main: asyncio.run(main())),
    "trio": AsyncFace(trio.run),
    "urllib3": OverFace(fast_http_client),
    "aiohttp": OverAsyncFace(fast_async_http_client, run_aiohttp),
}
if os.environ.get("HTTPX2"):  # `make test-httpx2`
    FACES |= {
        "httpx2": OverFace(httpx2.Client),
        "httpx2-asyncio": OverAsyncFace(httpx2.AsyncClient, lambda main: asyncio.run(main())),
        "httpx2-trio": OverAsyncFace(httpx2.AsyncClient, trio.run),
    }
ALIASED = httpx.__name__ == "httpx2"  # as `httpx2.alias_httpx()` does it; `make test-httpx2` too


@pytest.fixture(params=FACES)
def face(request: pytest.FixtureRequest) -> SyncFace | AsyncFace:
    return FACES[request.param]


def _ask(client: ChatClient, told: Any) -> None:
    try:
        told.put(client.chat(model="a-model", messages=HI).text)
    except ConfigurationError as error:
        told.put(str(error))


def told_in_a_child(client: ChatClient) -> str:
    """The result of a call in a forked child: its text, or the ConfigurationError."""
    context = multiprocessing.get_context("fork")
    told = context.SimpleQueue()
    child = context.Process(target=_ask, args=(client, told))
    child.start()
    answer: str = told.get()
    child.join()
    return answer


def read_response(data: dict[str, Any], headers: httpx.Headers) -> ChatResponse:
    response = ChatResponse.from_dict(data)
    response.headers = headers
    return response


def recorded(name: str) -> list[Any]:
    """The recorded exchanges, one pytest.param each; a single skipped one if `../shared` does not exist."""
    path = RECORDED / f"{name}.jsonl"
    if not path.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"no recorded traffic: {path} does not exist"))]
    exchanges = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [pytest.param(exchange, id=exchange["name"]) for exchange in exchanges]
