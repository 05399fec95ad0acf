"""Data from a hostile peer does not fill the memory, and does not block the event loop."""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest

import cohere_chat as c
from cohere_chat.http.encoding import PIECE, BrokenEncodingError, Gunzip
from cohere_chat.testing import ChatEmulator

from ..conftest import HI, AsyncFace, SyncFace
from ..server import RawServer, Script, answer, chunk, chunked, frames, head, text_answer, text_events

Face = SyncFace | AsyncFace
MB = 2**20
LARGE = text_answer("x" * 30_000_000)


def bomb(megabytes: int) -> bytes:
    """Spaces, compressed with gzip to about a thousandth of their size."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return b"".join(packer.compress(b" " * MB) for _ in range(megabytes)) + packer.flush()


def test_a_gzip_bomb_ends_at_the_bound_of_plain_answers(face: Face, server: RawServer) -> None:
    packed = bomb(20)
    server.play(answer(packed, content_encoding="gzip"))
    with pytest.raises(c.APIResponseError, match="larger than max_response_bytes, 5,000,000 bytes") as caught:
        face.chat(server.url, {"max_response_bytes": 5_000_000})
    assert packed.startswith(caught.value.raw)
    assert caught.value.status_code == 200
    assert len(server.requests) == 1


@pytest.mark.parametrize("packed", [False, True], ids=["as it is", "gzip"])
@pytest.mark.parametrize("over", [0, 1])
def test_the_bound_is_exact(over: int, packed: bool, face: Face, server: RawServer) -> None:
    body = json.dumps(text_answer("It is 42.")).encode()
    options = {"max_response_bytes": len(body) - over}
    server.play(answer(gzip.compress(body), content_encoding="gzip") if packed else answer(body))
    if not over:
        assert face.chat(server.url, options).text == "It is 42."
        return
    with pytest.raises(c.APIResponseError, match="larger than max_response_bytes"):
        face.chat(server.url, options)


def test_an_endless_answer_ends_at_the_bound(face: Face, server: RawServer) -> None:
    server.play([head(), *[b"x" * 100_000] * 1000])
    with pytest.raises(c.APIResponseError, match="larger than max_response_bytes") as caught:
        face.chat(server.url, {"max_response_bytes": MB})
    assert MB < len(caught.value.raw) <= MB + 2 * PIECE


@pytest.mark.parametrize("padding", [b"\0" * 100_000, gzip.compress(b"") * 5000], ids=["zeros", "empty members"])
def test_what_unpacks_to_nothing_is_bounded_too(padding: bytes, face: Face, server: RawServer) -> None:
    server.play([head(content_encoding="gzip"), gzip.compress(b"{}"), *[padding] * 100])
    with pytest.raises(c.APIResponseError, match="larger than max_response_bytes"):
        face.chat(server.url, {"max_response_bytes": MB})


def test_a_stream_that_is_none_is_bounded_too(face: Face, server: RawServer) -> None:
    server.play([head(content_type="text/html"), *[b"x" * 100_000] * 1000])
    error = face.stream(server.url, {"max_response_bytes": MB}).error
    assert isinstance(error, c.APIResponseError)
    assert "larger than max_response_bytes" in str(error)


ENDLESS_ERRORS: dict[str, Script] = {
    "as it is": [head(400), *[b"no" * 50_000] * 1000],
    "gzip": answer(bomb(100), status=400, content_encoding="gzip"),
}


@pytest.mark.parametrize("script", ENDLESS_ERRORS.values(), ids=ENDLESS_ERRORS)
def test_one_mebibyte_of_the_body_of_an_error_is_read(script: Script, face: Face, server: RawServer) -> None:
    server.play(script, script)
    with pytest.raises(c.BadRequestError) as caught:
        face.chat(server.url)
    assert len(caught.value.raw) == MB
    error = face.stream(server.url).error
    assert isinstance(error, c.BadRequestError)
    assert len(error.raw) == MB
    assert server.closed_by_client.wait(5)


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip"])
def test_the_body_of_an_error_that_cannot_be_unpacked_is_in_raw_as_sent(
    coding: str, face: Face, server: RawServer
) -> None:
    server.play(answer(b"\x8b\x01\x80no\x03", status=400, content_encoding=coding))
    with pytest.raises(c.BadRequestError) as caught:
        face.chat(server.url)
    assert caught.value.raw == b"\x8b\x01\x80no\x03"
    assert caught.value.body is None


def test_an_honest_answer_of_30_mb_works(face: Face, server: RawServer) -> None:
    body = json.dumps(LARGE).encode()
    server.play(answer(body), answer(gzip.compress(body, 1), content_encoding="gzip"))
    assert len(face.chat(server.url).text) == 30_000_000
    assert len(face.chat(server.url).text) == 30_000_000


def test_a_packed_stream_is_unpacked_in_pieces(face: Face, server: RawServer) -> None:
    events = frames(text_events(*["word "] * 20_000))
    server.play(chunked([gzip.compress(b"".join(events))], content_encoding="gzip"))
    streamed = face.stream(server.url)
    assert streamed.error is None
    assert streamed.response is not None
    assert streamed.response.text == "word " * 20_000


@pytest.mark.parametrize(("kind", "pieces"), [("plain", 3840), ("stream", 1024)])
def test_unpacking_lets_other_tasks_run(kind: str, pieces: int, server: RawServer) -> None:
    """A task that only counts gets a turn for each piece that is decompressed, up to the limit."""
    content_type = "text/event-stream" if kind == "stream" else "application/json"
    server.play(
        [head(content_type=content_type, content_encoding="gzip", transfer_encoding="chunked"), chunk(bomb(250))]
    )

    async def main() -> int:
        turns = 0

        async def count() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0)
                turns += 1

        counting = asyncio.create_task(count())
        async with c.AsyncChatClient("k", base_url=server.url, max_response_bytes=240 * MB) as client:
            with pytest.raises(c.CohereChatError, match="larger than"):
                if kind == "stream":
                    await client.chat_stream(model="m", messages=HI).get_final_response()
                else:
                    await client.chat(model="m", messages=HI)
        counting.cancel()
        return turns

    assert asyncio.run(main()) >= pieces


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
@pytest.mark.parametrize("cut", [1, 7, 10_000_000])
def test_pieces_are_bounded_and_add_up(size: int, cut: int) -> None:
    packed = gzip.compress(b"ab" * (size // 2) + b"c" * (size % 2)) + b"\0\0" + gzip.compress(b"end")
    gunzip = Gunzip()
    pieces = [piece for at in range(0, len(packed), cut) for piece in gunzip.pieces(packed[at : at + cut])]
    assert b"".join(pieces) == b"ab" * (size // 2) + b"c" * (size % 2) + b"end"
    assert max(map(len, pieces)) <= PIECE
    assert gunzip.member.eof


class Counting:
    """A decompressor that counts the bytes that it receives and returns."""

    moved = 0

    def __init__(self, member: Any) -> None:
        self.member = member

    def __getattr__(self, name: str) -> Any:
        return getattr(self.member, name)

    def decompress(self, data: bytes, most: int) -> bytes:
        piece: bytes = self.member.decompress(data, most)
        Counting.moved += len(data) + len(self.member.unconsumed_tail)
        return piece


def test_unpacking_a_large_chunk_moves_each_byte_a_few_times() -> None:
    content = random.Random(0).randbytes(8 * MB)
    gunzip = Gunzip()
    gunzip.member = Counting(gunzip.member)  # type: ignore[assignment]
    assert b"".join(gunzip.pieces(gzip.compress(content, 1))) == content
    assert Counting.moved < 4 * len(content)  # each piece moves the rest of its slice, not of the whole chunk


def test_what_breaks_in_a_large_chunk_is_kept_from_its_slice_on() -> None:
    content = random.Random(0).randbytes(4 * PIECE)
    packed = bytearray(gzip.compress(content, 0))
    packed[-8:] = b"no check"
    with pytest.raises(BrokenEncodingError) as caught:
        list(Gunzip().pieces(bytes(packed)))
    assert packed.endswith(caught.value.args[1])


def test_what_comes_before_a_broken_place_is_given() -> None:
    packed = bytearray(gzip.compress(b"good " * 100_000))
    packed[-8:] = b"no check"
    pieces = []
    with pytest.raises(BrokenEncodingError):
        for piece in Gunzip().pieces(bytes(packed)):
            pieces.append(piece)  # includes pieces returned before the error
    assert b"".join(pieces) == b"good " * 100_000


@pytest.mark.parametrize("value", [0, -1, 1.5, "1", None])
def test_a_bound_that_is_none_is_refused(value: Any) -> None:
    with pytest.raises(c.ConfigurationError, match=r"max_response_bytes is .*: use 1 or more"):
        c.ChatClient("k", max_response_bytes=value)


MEMORY = """
import sys
from pathlib import Path
import cohere_chat as c

def most():  # in KiB
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

client = c.ChatClient("k", base_url=sys.argv[1], max_response_bytes=int(sys.argv[2]))
before = most()
try:
    client.chat(model="m", messages=[{"role": "user", "content": "Hi"}])
except c.CohereChatError as error:
    print(type(error).__name__, (most() - before) // 1024)
"""


def memory_of_a_call(url: str, bound: int) -> tuple[str, int]:
    """The error of a call in a separate process, and by how many MiB that process grew."""
    run = subprocess.run(
        [sys.executable, "-c", MEMORY, url, str(bound)], capture_output=True, text=True, check=True, timeout=60
    )
    name, grown = run.stdout.split()
    return name, int(grown)


def test_a_bomb_of_600_mb_takes_little_more_memory_than_the_bound(server: RawServer) -> None:
    packed = bomb(600)
    server.play(answer(packed, content_encoding="gzip"), answer(packed, status=400, content_encoding="gzip"))
    name, grown = memory_of_a_call(server.url, 50 * MB)
    assert name == "APIResponseError"
    assert grown < 130
    name, grown = memory_of_a_call(server.url, 50 * MB)
    assert name == "BadRequestError"
    assert grown < 40


@pytest.mark.parametrize(("options", "kept"), [({"keep": 2}, 2), ({"keep": 0}, 0), ({}, 3)])
def test_the_emulator_keeps_the_newest_requests_up_to_a_bound(options: dict[str, int], kept: int) -> None:
    with ChatEmulator(**options) as emulator, c.ChatClient("k", base_url=emulator.url) as client:  # type: ignore[arg-type]  # of ints
        for number in range(3):
            client.chat(model="m", messages=[{"role": "user", "content": str(number)}])
        texts = [request.json["messages"][0]["content"] for request in emulator.requests]
    assert texts == ["0", "1", "2"][3 - kept :]
    with pytest.raises(ValueError, match="keep is -1: use 0 or more requests"):
        ChatEmulator(keep=-1)


def test_the_emulator_as_a_process_keeps_no_request() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "cohere_chat.testing"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        url = next(line.strip() for line in process.stdout if "http://" in line)

        def held() -> int:
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
            return next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmRSS"))

        with c.ChatClient("k", base_url=url) as client:
            sizes = []
            for _ in range(20):
                client.chat(model="m", messages=[{"role": "user", "content": "x" * 5_000_000}])
                sizes.append(held())
        process.kill()
    assert max(sizes[4:]) - sizes[3] < 20, sizes  # sixteen more requests of 5 MB
