"""What a call costs, as a ratio to raw httpx, measured side by side in one run. See README.md beside this.

python benchmarks/bench.py [--quick]: writes results.json and table.md beside itself.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.metadata
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from cohere_chat import AsyncChatClient, ChatClient

HERE = Path(__file__).parent
HI = [{"role": "user", "content": "How many?"}]
TWENTY = [{"role": ("user", "assistant")[number % 2], "content": f"message {number} " * 10} for number in range(19)]
CALL: dict[str, Any] = {"model": "m", "messages": HI}
LONG: dict[str, Any] = {"model": "m", "messages": [*TWENTY, *HI]}
Case = Callable[[str], None]
TLS = httpx.create_ssl_context()  # made once for all: 18 ms of CPU, which is nothing of what an event costs


@contextmanager
def server(events: int, per_chunk: int = 1) -> Iterator[str]:
    command = [sys.executable, str(HERE / "server.py"), str(events), str(per_chunk)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def side_by_side(cases: dict[str, Case], url: str, rounds: int, per: int) -> dict[str, float]:
    """The median CPU microseconds of each case, per `per`, the cases taken in turns."""
    took: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(rounds + 1):
        for name, case in cases.items():
            before = cpu()
            case(url)
            if number:  # the first round warms up
                took[name].append((cpu() - before) / per * 1e6)
    return {name: statistics.median(times) for name, times in took.items()}


# --- streams ---------------------------------------------------------------------------------------------------------


def floor(url: str) -> None:
    body = {**CALL, "stream": True}
    with httpx.Client(verify=TLS) as client, client.stream("POST", f"{url}/v2/chat", json=body) as response:
        for _ in response.iter_bytes():
            pass


def ours(url: str) -> None:
    length = 0
    with ChatClient("k", base_url=url) as client, client.chat_stream(**CALL) as stream:
        for event in stream:
            if event.type == "content-delta":
                length += len(event.delta.message.content.text)


def ours_folded(url: str) -> None:
    with ChatClient("k", base_url=url) as client, client.chat_stream(**CALL) as stream:
        stream.get_final_response()


def ours_tool(url: str) -> None:
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


def async_cases(concurrent: int) -> dict[str, Case]:
    limits = httpx.Limits(max_connections=1000)
    return {
        "floor": async_case(
            floor_async, lambda _: httpx.AsyncClient(limits=limits, timeout=60, verify=TLS), concurrent
        ),
        "cohere-chat": async_case(ours_async, lambda url: AsyncChatClient("k", base_url=url), concurrent),
    }


# --- plain calls, import, memory -------------------------------------------------------------------------------------

CALLS = 200


def floor_plain(url: str) -> None:
    with httpx.Client(verify=TLS) as client:
        for _ in range(CALLS):
            json.loads(client.post(f"{url}/v2/chat", json=LONG).content)


def ours_plain(url: str) -> None:
    with ChatClient("k", base_url=url) as client:
        for _ in range(CALLS):
            client.chat(**LONG)


def official_plain(url: str) -> None:
    import cohere

    with httpx.Client(verify=TLS) as http:
        client = cohere.ClientV2("k", base_url=url, httpx_client=http)
        for _ in range(CALLS):
            client.chat(**LONG)


IMPORTS = {
    "floor": "import httpx; httpx.Client()",
    "cohere-chat": "from cohere_chat import ChatClient; ChatClient('k')",
    "official SDK": "import cohere; cohere.ClientV2('k')",
}


def fresh_process(program: str) -> Case:
    def case(_: str) -> None:
        subprocess.run([sys.executable, "-c", program], check=True)

    return case


def cpu_of_children(cases: dict[str, Case], rounds: int) -> dict[str, float]:
    took: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(rounds + 1):
        for name, case in cases.items():
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            case("")
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            if number:
                took[name].append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e6)
    return {name: statistics.median(times) for name, times in took.items()}


def folded_memory(url: str) -> int:
    """The most memory, in bytes, that is held while a stream is folded."""
    ours_folded(url)
    tracemalloc.start()
    ours_folded(url)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def available(cases: dict[str, Case], needs: dict[str, str]) -> dict[str, Case]:
    installed = {dist.metadata["Name"].lower() for dist in importlib.metadata.distributions()}
    return {name: case for name, case in cases.items() if needs.get(name, "httpx") in installed}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="fewer rounds; under a minute")
    rounds = 3 if parser.parse_args().quick else 9
    needs = {"official SDK": "cohere", "openai SDK, its own protocol": "openai", "httpx-sse and json": "httpx-sse"}
    peers: dict[str, Case] = {"httpx-sse and json": httpx_sse_json, "official SDK": official}
    peers["openai SDK, its own protocol"] = openai_sdk
    results: dict[str, dict[str, float]] = {}
    streams = {"floor": floor, "cohere-chat": ours, "cohere-chat, folded": ours_folded}
    events = 20_000
    with server(events) as url:
        name = "stream, one event in an HTTP chunk (us per event)"
        results[name] = side_by_side(available(streams | peers, needs), url, rounds, events)
        name = "the same, async, one stream (us per event)"
        results[name] = side_by_side(async_cases(1), url, rounds, events)
        name = "20,000 pieces of a tool call's arguments (us per piece)"
        results[name] = side_by_side({"floor": floor, "cohere-chat": ours_tool}, url, rounds, events)
    with server(1000) as url:
        name = "the same, async, 100 streams at once (us per event)"
        results[name] = side_by_side(async_cases(100), url, max(2, rounds // 3), 100_000)
    with server(events, 16) as url:
        name = "stream, 16 events in an HTTP chunk (us per event)"
        results[name] = side_by_side(streams, url, rounds, events)
    with server(16) as url:
        name = "plain call, 20 messages (us per call)"
        plain = {"floor": floor_plain, "cohere-chat": ours_plain, "official SDK": official_plain}
        results[name] = side_by_side(available(plain, needs), url, rounds, CALLS)
    fresh = {name: fresh_process(program) for name, program in IMPORTS.items()}
    name = "import and client, fresh process (us)"
    results[name] = cpu_of_children(available(fresh, needs), rounds)
    with server(10_000) as few, server(100_000) as many:
        name = "CPU of 100,000 events in a stream, per CPU of 10,000"
        results[name] = {
            "cohere-chat": side_by_side({"x": ours}, many, 2, 1)["x"] / side_by_side({"x": ours}, few, rounds, 1)["x"]
        }
        name = "memory that 90,000 events more hold when folded, per size of their text"
        more = folded_memory(many) - folded_memory(few)
        results[name] = {"cohere-chat": more / (90_000 * len(" four"))}
    save(results, rounds)


def save(results: dict[str, dict[str, float]], rounds: int) -> None:
    versions = {
        name: importlib.metadata.version(name)
        for name in ("cohere-chat", "httpx", "msgspec", "cohere", "openai", "httpx-sse")
        if any(dist.metadata["Name"].lower() == name for dist in importlib.metadata.distributions())
    }
    machine = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    page = {"machine": machine, "versions": versions, "rounds": rounds, "results": results}
    (HERE / "results.json").write_text(json.dumps(page, indent=1) + "\n", encoding="utf-8")
    lines = ["| measure | case | figure | per floor |", "|---|---|---:|---:|"]
    for measure, cases in results.items():
        for case, figure in cases.items():
            ratio = f"{figure / cases['floor']:.2f}" if "floor" in cases else ""
            lines.append(f"| {measure} | {case} | {figure:,.2f} | {ratio} |")
    told = ", ".join(f"{name} {version}" for name, version in versions.items())
    lines += ["", f"Medians of {rounds} rounds; {machine}; {told}."]
    (HERE / "table.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
