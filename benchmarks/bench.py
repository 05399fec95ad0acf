"""Measures what a call costs, as a ratio to raw httpx in the same run. See README.md in this directory.

python benchmarks/bench.py [--quick]: writes results.json, table.md and (without --quick) chart.svg to this directory.
"""

from __future__ import annotations

import argparse
import asyncio
import compileall
import contextlib
import gc
import importlib.metadata
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx

from cohere_chat import AsyncChatClient, ChatClient
from cohere_chat.fast import fast_async_http_client, fast_http_client

HERE = Path(__file__).parent
HI = [{"role": "user", "content": "How many?"}]
TWENTY = [{"role": ("user", "assistant")[number % 2], "content": f"message {number} " * 10} for number in range(19)]
CALL: dict[str, Any] = {"model": "m", "messages": HI}
LONG: dict[str, Any] = {"model": "m", "messages": [*TWENTY, *HI]}
Case = Callable[[str], None]
Measured = dict[str, list[float]]  # the figures of each case, one per round
TLS = httpx.create_ssl_context()  # created once for all: its 18 ms do not count as the cost of an event
MANY: dict[str, Any] = {"limits": httpx.Limits(max_connections=1000), "timeout": 60, "verify": TLS}
OFFICIAL, OPENAI, SSE = "official SDK", "openai SDK, its own protocol", "httpx-sse and json"
NEEDS = {OFFICIAL: "cohere", OPENAI: "openai", SSE: "httpx-sse"}


@contextmanager
def server(events: int, per_chunk: int = 1) -> Iterator[str]:
    command = [sys.executable, str(HERE / "server.py"), str(events), str(per_chunk)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


def available(cases: dict[str, Case]) -> dict[str, Case]:
    installed = {dist.metadata["Name"].lower() for dist in importlib.metadata.distributions()}
    return {name: case for name, case in cases.items() if NEEDS.get(name, "httpx") in installed}


def side_by_side(cases: dict[str, Case], url: str, rounds: int, per: int, who: int = resource.RUSAGE_SELF) -> Measured:
    """The CPU microseconds of each case, divided by `per`, for each round. The cases take turns."""

    def cpu() -> float:
        used = resource.getrusage(who)
        return used.ru_utime + used.ru_stime

    took: Measured = {name: [] for name in cases}
    for number in range(rounds + 1):
        for name, case in cases.items():
            before = cpu()
            case(url)
            if number:  # the first round warms up
                took[name].append((cpu() - before) / per * 1e6)
        gc.freeze()  # objects of the peers' modules do not count towards the garbage collection of a case
    return took


# --- streams ---------------------------------------------------------------------------------------------------------


def floor(url: str) -> None:
    body = {**CALL, "stream": True}
    with httpx.Client(verify=TLS) as client, client.stream("POST", f"{url}/v2/chat", json=body) as response:
        for _ in response.iter_bytes():
            pass


def floor_tool(url: str) -> None:
    floor(f"{url}/tool")


def raw_urllib3(url: str) -> None:
    import urllib3

    body = {**CALL, "stream": True}
    with urllib3.PoolManager() as pool:
        for _ in pool.request("POST", f"{url}/v2/chat", json=body, preload_content=False).read_chunked():
            pass


@contextmanager
def fast(url: str) -> Iterator[ChatClient]:
    with fast_http_client(verify=TLS) as http, ChatClient("k", base_url=url, http_client=http) as client:
        yield client


@contextmanager
def over_httpx2(url: str) -> Iterator[ChatClient]:
    import httpx2

    with httpx2.Client(verify=TLS) as http, ChatClient("k", base_url=url, http_client=http) as client:
        yield client


SYNC: dict[str, Callable[[str], AbstractContextManager[ChatClient]]] = {
    "cohere-chat": lambda url: ChatClient("k", base_url=url),
    "cohere-chat over urllib3": fast,
    "cohere-chat over httpx2": over_httpx2,
}


def iterated(make: Callable[[str], AbstractContextManager[ChatClient]]) -> Case:
    def case(url: str) -> None:
        length = 0
        with make(url) as client, client.chat_stream(**CALL) as stream:
            for event in stream:
                if event.type == "content-delta":
                    length += len(event.delta.message.content.text)

    return case


def ours_folded(url: str) -> None:
    with ChatClient("k", base_url=url) as client, client.chat_stream(**CALL) as stream:
        stream.get_final_response()


def ours_tool(url: str) -> None:
    length = 0
    with ChatClient("k", base_url=f"{url}/tool") as client, client.chat_stream(**CALL) as stream:
        for event in stream:
            if event.type == "tool-call-delta":
                length += len(event.delta.message.tool_calls.function.arguments)


def ours_tool_folded(url: str) -> None:
    with ChatClient("k", base_url=f"{url}/tool") as client, client.chat_stream(**CALL) as stream:
        assert stream.get_final_response().tool_calls[0].function.arguments.isspace()


def httpx_sse_json(url: str) -> None:
    import httpx_sse

    length = 0
    body = {**CALL, "stream": True}
    with (
        httpx.Client(verify=TLS) as client,
        httpx_sse.connect_sse(client, "POST", f"{url}/v2/chat", json=body) as source,
    ):
        for event in source.iter_sse():
            if event.event == "content-delta":
                length += len(json.loads(event.data)["delta"]["message"]["content"]["text"])


def official(url: str) -> None:
    import cohere

    length = 0
    with httpx.Client(verify=TLS) as http:
        for event in cohere.ClientV2("k", base_url=url, httpx_client=http).chat_stream(**CALL):
            if event.type == "content-delta":
                length += len(event.delta.message.content.text)


def ours_compat(url: str) -> None:
    import cohere_chat.compat as cohere

    length = 0
    with cohere.ClientV2("k", base_url=url) as client:
        for event in client.chat_stream(**CALL):
            if event.type == "content-delta":
                length += len(event.delta.message.content.text)


def openai_sdk(url: str) -> None:
    import openai

    length = 0
    http = httpx.Client(verify=TLS)
    with openai.OpenAI(api_key="k", base_url=f"{url}/openai", http_client=http) as client:
        for chunk in client.chat.completions.create(**CALL, stream=True):
            length += len(chunk.choices[0].delta.content or "")


def async_case(one: Callable[[str, Any], Any], make: Callable[[str], Any], concurrent: int) -> Case:
    def case(url: str) -> None:
        async def main() -> None:
            async with make(url) as client:
                await asyncio.gather(*(one(url, client) for _ in range(concurrent)))

        asyncio.run(main())

    return case


async def floor_async(url: str, client: httpx.AsyncClient) -> None:
    async with client.stream("POST", f"{url}/v2/chat", json={**CALL, "stream": True}) as response:
        async for _ in response.aiter_bytes():
            pass


async def ours_async(_: str, client: AsyncChatClient) -> None:
    length = 0
    async with client.chat_stream(**CALL) as stream:
        async for event in stream:
            if event.type == "content-delta":
                length += len(event.delta.message.content.text)


@asynccontextmanager
async def fast_async(url: str) -> AsyncIterator[AsyncChatClient]:
    async with (
        fast_async_http_client(verify=TLS) as http,
        AsyncChatClient("k", base_url=url, http_client=http) as client,
    ):
        yield client


@asynccontextmanager
async def over_httpx2_async(url: str) -> AsyncIterator[AsyncChatClient]:
    import httpx2

    limits = httpx2.Limits(max_connections=1000)
    async with (
        httpx2.AsyncClient(verify=TLS, limits=limits, timeout=60) as http,
        AsyncChatClient("k", base_url=url, http_client=http) as client,
    ):
        yield client


@asynccontextmanager
async def aiohttp_session(_: str) -> AsyncIterator[Any]:  # Any: aiohttp.ClientSession, which is loaded late
    import aiohttp

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        yield session


async def raw_aiohttp(url: str, session: Any) -> None:
    async with session.post(f"{url}/v2/chat", json={**CALL, "stream": True}) as response:
        async for _ in response.content.iter_any():
            pass


@asynccontextmanager
async def official_client(url: str) -> AsyncIterator[Any]:  # Any: cohere.AsyncClientV2, which is loaded late
    import cohere

    async with httpx.AsyncClient(**MANY) as http:
        yield cohere.AsyncClientV2("k", base_url=url, httpx_client=http)


async def official_async(_: str, client: Any) -> None:
    length = 0
    async for event in client.chat_stream(**CALL):
        if event.type == "content-delta":
            length += len(event.delta.message.content.text)


@asynccontextmanager
async def openai_client(url: str) -> AsyncIterator[Any]:  # Any: openai.AsyncOpenAI, which is loaded late
    import openai

    async with openai.AsyncOpenAI(
        api_key="k", base_url=f"{url}/openai", http_client=httpx.AsyncClient(**MANY)
    ) as client:
        yield client


async def openai_async(_: str, client: Any) -> None:
    length = 0
    async for chunk in await client.chat.completions.create(**CALL, stream=True):
        length += len(chunk.choices[0].delta.content or "")


ASYNC: dict[str, Callable[[str], AbstractAsyncContextManager[AsyncChatClient]]] = {
    "cohere-chat": lambda url: AsyncChatClient("k", base_url=url),
    "cohere-chat over aiohttp": fast_async,
    "cohere-chat over httpx2": over_httpx2_async,
}


def async_cases(concurrent: int) -> dict[str, Case]:
    raw = {
        "floor": async_case(floor_async, lambda _: httpx.AsyncClient(**MANY), concurrent),
        "raw aiohttp": async_case(raw_aiohttp, aiohttp_session, concurrent),
    }
    ours = {name: async_case(ours_async, make, concurrent) for name, make in ASYNC.items()}
    peers = {
        OFFICIAL: async_case(official_async, official_client, concurrent),
        OPENAI: async_case(openai_async, openai_client, concurrent),
    }
    return raw | ours | available(peers)


# --- plain calls, import, memory -------------------------------------------------------------------------------------

CALLS = 200
PACED = 200  # streams, of 3 s each


def times(ask: Callable[[], object], at_once: int) -> None:
    """Makes CALLS calls, in `at_once` threads."""
    if at_once == 1:
        for _ in range(CALLS):
            ask()
    else:
        with ThreadPoolExecutor(at_once) as threads:
            list(threads.map(lambda _: ask(), range(CALLS)))


async def times_async(ask: Callable[[], Any], at_once: int) -> None:
    async def worker(number: int) -> None:
        for _ in range(number, CALLS, at_once):
            await ask()

    await asyncio.gather(*map(worker, range(at_once)))


def plain_cases(at_once: int) -> dict[str, Case]:
    def floor_plain(url: str) -> None:
        with httpx.Client(**MANY) as client:
            times(lambda: json.loads(client.post(f"{url}/v2/chat", json=LONG).content), at_once)

    def raw_urllib3_plain(url: str) -> None:
        import urllib3

        with urllib3.PoolManager(maxsize=at_once) as pool:
            times(lambda: pool.request("POST", f"{url}/v2/chat", json=LONG).json(), at_once)

    def ours(make: Callable[[str], AbstractContextManager[ChatClient]]) -> Case:
        def case(url: str) -> None:
            with make(url) as client:
                times(lambda: client.chat(**LONG), at_once)

        return case

    def official_plain(url: str) -> None:
        import cohere

        with httpx.Client(**MANY) as http:
            client = cohere.ClientV2("k", base_url=url, httpx_client=http)
            times(lambda: client.chat(**LONG), at_once)

    def openai_plain(url: str) -> None:
        import openai

        http = httpx.Client(**MANY)
        with openai.OpenAI(api_key="k", base_url=f"{url}/openai", http_client=http) as client:
            times(lambda: client.chat.completions.create(**LONG), at_once)

    raw = {"floor": floor_plain, "raw urllib3": raw_urllib3_plain}
    peers = {OFFICIAL: official_plain, OPENAI: openai_plain}
    return raw | {name: ours(make) for name, make in SYNC.items()} | available(peers)


def plain_cases_async(at_once: int) -> dict[str, Case]:
    async def floor_plain(url: str, client: httpx.AsyncClient) -> None:
        async def ask() -> None:
            json.loads((await client.post(f"{url}/v2/chat", json=LONG)).content)

        await times_async(ask, at_once)

    async def raw_aiohttp_plain(url: str, session: Any) -> None:
        async def ask() -> None:
            async with session.post(f"{url}/v2/chat", json=LONG) as response:
                await response.json()

        await times_async(ask, at_once)

    def peer(ask: Callable[[Any], Any]) -> Callable[[str, Any], Any]:
        return lambda _, client: times_async(lambda: ask(client), at_once)

    async def ours(_: str, client: AsyncChatClient) -> None:
        await times_async(lambda: client.chat(**LONG), at_once)

    raw = {
        "floor": async_case(floor_plain, lambda _: httpx.AsyncClient(**MANY), 1),
        "raw aiohttp": async_case(raw_aiohttp_plain, aiohttp_session, 1),
    }
    peers = {
        OFFICIAL: async_case(peer(lambda client: client.chat(**LONG)), official_client, 1),
        OPENAI: async_case(peer(lambda client: client.chat.completions.create(**LONG)), openai_client, 1),
    }
    return raw | {name: async_case(ours, make, 1) for name, make in ASYNC.items()} | available(peers)


# httpx and httpcore import click and trio if they are installed. Peers and our tests need them, but this would raise
# the floor: a venv with only httpx has neither.
ALONE = "import sys; sys.modules['click'] = sys.modules['trio'] = None; "
IMPORTS = {
    "floor": "import httpx; httpx.Client()",
    "cohere-chat": "from cohere_chat import ChatClient; ChatClient('k')",
    "cohere-chat over urllib3": "from cohere_chat import ChatClient; from cohere_chat.fast import fast_http_client; "
    "ChatClient('k', http_client=fast_http_client())",
    "cohere-chat over httpx2": "import httpx2; from cohere_chat import ChatClient; "
    "ChatClient('k', http_client=httpx2.Client())",
    OFFICIAL: "import cohere; cohere.ClientV2('k')",
}


def fresh_process(program: str) -> Case:
    def case(_: str) -> None:
        subprocess.run([sys.executable, "-c", ALONE + program], check=True)

    return case


def peak_memory(case: Case, url: str) -> int:
    """The peak memory of a case, in bytes."""
    case(url)
    tracemalloc.start()
    case(url)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


async def held_open(streams: list[Any], first: Callable[[Any], Any]) -> float:
    """The bytes that each of `streams` holds when it is open and its first chunk has been read."""
    tracemalloc.start()
    async with contextlib.AsyncExitStack() as stack:
        for stream in streams:
            await first(await stack.enter_async_context(stream))
        held = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
    return held / len(streams)


def open_streams(url: str, count: int) -> Measured:
    """The bytes that each of `count` open async streams holds."""
    body = {**CALL, "stream": True}

    async def main() -> Measured:
        chunks: list[Any] = []  # keeps the iterators, as a user does

        async def first_chunk(response: httpx.Response) -> None:
            chunks.append(response.aiter_bytes())
            await anext(chunks[-1])

        async with httpx.AsyncClient(**MANY) as raw:
            streams = [raw.stream("POST", f"{url}/hold/v2/chat", json=body) for _ in range(count)]
            held = {"floor": [await held_open(streams, first_chunk)]}
        for name, make in ASYNC.items():
            async with make(f"{url}/hold") as client:
                held[name] = [await held_open([client.chat_stream(**CALL) for _ in range(count)], anext)]
        return held

    return asyncio.run(main())


def site_packages(requirement: str) -> dict[str, float]:
    """The size of what `pip install` of one requirement installs, without pip itself: megabytes and distributions."""
    with tempfile.TemporaryDirectory() as target:
        command = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", target, requirement]
        subprocess.run([sys.executable, *command], check=True, stderr=subprocess.DEVNULL)
        size = sum(path.stat().st_size for path in Path(target).rglob("*") if path.is_file())
        return {"MB": size / 1e6, "distributions": len(list(Path(target).glob("*.dist-info")))}


FIRST_CALL = """
import sys
from cohere_chat import ChatClient
client = ChatClient("k", base_url=sys.argv[1])
print("---", file=sys.stderr)
call = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
client.chat(**call) if sys.argv[2] == "plain call" else client.chat_stream(**call).get_final_response()
"""


def imports_of_the_first_call(url: str, kind: str, rounds: int) -> Measured:
    """The time that the imports of a first call take, in milliseconds."""
    command = [sys.executable, "-X", "importtime", "-c", FIRST_CALL, url, kind]
    took: Measured = {"cohere-chat": []}
    for _ in range(rounds):
        told = subprocess.run(command, check=True, capture_output=True, text=True).stderr.partition("---")[2]
        lines = [line for line in told.splitlines() if "|" in line]
        took["cohere-chat"].append(sum(int(line.split("|")[0].removeprefix("import time:")) for line in lines) / 1e3)
    return took


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="fewer rounds; four to six minutes")
    quick = parser.parse_args().quick
    rounds = 3 if quick else 9
    compileall.compile_dir(HERE.parent / "overlay", quiet=2)  # as in an installed package; this one may be editable
    compileall.compile_dir(HERE.parent / "generated", quiet=2)
    peers = {OFFICIAL: official, OPENAI: openai_sdk, SSE: httpx_sse_json, "cohere-chat.compat": ours_compat}
    results: dict[str, Measured] = {}
    streams = {"floor": floor, "raw urllib3": raw_urllib3, **{name: iterated(make) for name, make in SYNC.items()}}
    streams["cohere-chat, folded"] = ours_folded
    events = 20_000
    with server(1000) as url:
        name = "stream, async, 100 streams at once (us per event)"
        results[name] = side_by_side(async_cases(100), url, max(2, rounds // 2), 100_000)
        name = f"stream, async, {PACED} streams at once, 50 events a second each (us per event)"
        results[name] = side_by_side(async_cases(PACED), f"{url}/paced", max(2, rounds // 3), PACED * 50 * 3)
    with server(events) as url:
        name = "stream, async, one stream (us per event)"
        results[name] = side_by_side(async_cases(1), url, rounds, events)
        name = "20,000 pieces of a tool call's arguments (us per piece)"
        tool = {"floor": floor_tool, "cohere-chat": ours_tool, "cohere-chat, folded": ours_tool_folded}
        results[name] = side_by_side(tool, url, rounds, events)
        results[STREAM] = side_by_side(streams | available(peers), url, rounds, events)
    with server(events, 16) as url:
        name = "stream, 16 events in an HTTP chunk (us per event)"
        results[name] = side_by_side(streams | available(peers), url, rounds, events)
    with server(16) as url:
        for at_once in (1, 32, 100):
            name = f"plain call, 20 messages, {at_once} at once (us per call)"
            results[name] = side_by_side(plain_cases(at_once), url, max(2, rounds // 2), CALLS)
            results[f"{name}, async"] = side_by_side(plain_cases_async(at_once), url, max(2, rounds // 2), CALLS)
        for kind in ("plain call", "stream"):
            results[f"imports of the first {kind} (ms)"] = imports_of_the_first_call(url, kind, 3 * rounds)
        count = 100 if quick else 500
        results[f"{count} open async streams (bytes each)"] = open_streams(url, count)
    fresh = {name: fresh_process(program) for name, program in IMPORTS.items()}
    name = "import and client, fresh process (us)"
    results[name] = side_by_side(available(fresh), "", 3 * rounds, 1, resource.RUSAGE_CHILDREN)
    with server(10_000) as few, server(100_000) as many:
        name = "CPU of 100,000 events in a stream, per CPU of 10,000"
        ours = iterated(SYNC["cohere-chat"])
        long, short = (side_by_side({"x": ours}, url, often, 1)["x"] for url, often in ((many, 2), (few, rounds)))
        results[name] = {"cohere-chat": [statistics.median(long) / statistics.median(short)]}
        for kind, case in {"iterated": ours, "folded": ours_folded}.items():
            name = f"memory that 90,000 events more hold when {kind}, per size of their text"
            more = peak_memory(case, many) - peak_memory(case, few)
            results[name] = {"cohere-chat": [more / (90_000 * len(" four"))]}
    if not quick:
        sizes = {"floor": "httpx", "cohere-chat": str(HERE.parent), OFFICIAL: "cohere"}
        installed = {name: site_packages(requirement) for name, requirement in sizes.items()}
        results["site-packages (MB)"] = {name: [size["MB"]] for name, size in installed.items()}
        results["distributions"] = {name: [size["distributions"]] for name, size in installed.items()}
        chart(results[STREAM])
    save(results, rounds)


STREAM = "stream, one event in an HTTP chunk (us per event)"


def per_floor(cases: Measured, name: str) -> float:
    """The median of each round's ratio to the floor of that round, because the speed of the machine may change."""
    return statistics.median(took / floor for took, floor in zip(cases[name], cases["floor"], strict=True))


def chart(cases: Measured) -> None:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams["svg.hashsalt"] = "cohere-chat"
    names = [name for name in cases if name not in ("cohere-chat, folded", "raw urllib3")]
    lengths = [per_floor(cases, name) for name in names]
    figure = Figure(figsize=(7, 3), layout="constrained")
    axes = figure.subplots()
    colours = ["#2a78c2" if name.startswith("cohere-chat") else "#b8bcc2" for name in names]
    bars = axes.barh(names, lengths, color=colours)
    axes.bar_label(bars, fmt="%.1f", padding=3)
    axes.invert_yaxis()
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.tick_params(bottom=False, labelbottom=False, left=False)
    axes.set_title("CPU per streamed event, per raw httpx byte loop", loc="left", fontsize=10)
    figure.savefig(HERE / "chart.svg", metadata={"Date": None})


def save(results: dict[str, Measured], rounds: int) -> None:
    versions = {
        name: importlib.metadata.version(name)
        for name in ("cohere-chat", "httpx", "httpx2", "urllib3", "aiohttp", "msgspec", "cohere", "openai", "httpx-sse")
        if any(dist.metadata["Name"].lower() == name for dist in importlib.metadata.distributions())
    }
    machine = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    page = {"machine": machine, "versions": versions, "rounds": rounds, "results": results}
    (HERE / "results.json").write_text(json.dumps(page, indent=1) + "\n", encoding="utf-8")
    lines = ["| measure | case | figure | per floor |", "|---|---|---:|---:|"]
    for measure, cases in results.items():
        for case, took in cases.items():
            ratio = f"{per_floor(cases, case):.2f}" if "floor" in cases else ""
            lines.append(f"| {measure} | {case} | {statistics.median(took):,.2f} | {ratio} |")
    told = ", ".join(f"{name} {version}" for name, version in versions.items())
    lines += ["", f"Medians of {rounds} rounds, of {3 * rounds} for imports; {machine}; {told}."]
    (HERE / "table.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
