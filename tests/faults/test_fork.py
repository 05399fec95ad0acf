"""A client and its streams after os.fork(): parent and child share no connection, and neither waits for the other.

Each test is a separate program, because a process that has forked with threads is not safe to run tests in.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from .test_load import url  # noqa: F401  # a fixture

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
FORKS = 1000 if "SOAK" in os.environ else 40

COMMON = """
import asyncio, gc, os, signal, sys, threading, traceback, warnings
warnings.simplefilter("error")
warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)  # what is tested here
import httpx
from cohere_chat import AsyncChatClient, ChatClient, ConfigurationError

url = sys.argv[1]
WORDS = 20

def asked(name):
    return {"model": "m", "messages": [{"role": "user", "content": name}], "timeout": 20}

def chat(client, name):
    assert client.chat(**asked(name)).text == name

def stream(client, name):
    with client.chat_stream(**asked(name)) as opened:
        text = opened.get_final_response().text
    assert text == f"{name} " * WORDS, text

def refused(call, words):
    try:
        call()
    except ConfigurationError as error:
        assert words in str(error), error
    else:
        raise AssertionError(f"it was not refused: {words}")

def in_child(work):
    "Runs work in a child. It has 20 seconds, and ends without the cleaning up of an interpreter."
    pid = os.fork()
    if pid == 0:
        signal.alarm(20)
        try:
            work()
            gc.collect()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0, "the child failed"
"""

PROGRAMS = {
    "a client that was used has connections of its own in each process": """
client = ChatClient("k", base_url=url)
copy = client.with_options(max_retries=0)
chat(client, "before")
def work():
    for name in ("child", "child again"):
        chat(client, name), stream(copy, name)
    client.close()
    client.close()
    refused(lambda: client.chat(**asked("closed")), "is closed")
for number in range(3):
    in_child(work)
    chat(client, f"parent {number}"), stream(copy, f"parent {number}")
client.close()
""",
    "a child of a child too": """
client = ChatClient("k", base_url=url)
chat(client, "before")
in_child(lambda: (chat(client, "child"), in_child(lambda: chat(client, "grandchild")), chat(client, "child again")))
chat(client, "after")
client.close()
""",
    "a client that was made in the parent and never used": """
client, yours = ChatClient("k", base_url=url), httpx.Client()
with_yours = ChatClient("k", base_url=url, http_client=yours)
in_child(lambda: (chat(client, "child"), chat(with_yours, "child"), client.close(), yours.close()))
chat(client, "parent"), chat(with_yours, "parent")
client.close(), yours.close()
""",
    "your own http_client that was used": """
yours = httpx.Client()
client = ChatClient("k", base_url=url, http_client=yours)
chat(client, "before")
def work():
    for call in (lambda: chat(client, "child"), lambda: stream(client, "child")):
        refused(call, "your http_client was used before this process was forked: create one in each")
in_child(work)
chat(client, "after")
yours.close()
""",
    "your own http_client that another client used": """
yours = httpx.Client()
client, other = (ChatClient("k", base_url=url, http_client=yours) for _ in range(2))
chat(client, "before")
def work():
    refused(lambda: chat(other, "child"), "your http_client was used before this process was forked")
in_child(work)
chat(other, "after")
yours.close()
""",
    "a fork while another thread imports what the first call needs": """
import time
class Slow:
    def find_spec(self, name, *_):
        if name == "msgspec":
            importing.set()
            time.sleep(0.5)
importing = threading.Event()
sys.meta_path.insert(0, Slow())
client = ChatClient("k", base_url=url)
thread = threading.Thread(target=chat, args=(client, "thread"))
thread.start()
importing.wait()
in_child(lambda: chat(client, "child"))
thread.join()
client.close()
""",
    "a stream that is half read": """
client = ChatClient("k", base_url=url)
opened = client.chat_stream(**asked("half")).__enter__()
texts = opened.text_stream
said = next(texts)
def closes():
    opened.close(), opened.close()
def drops():
    global opened, texts, client
    del opened, texts, client
    gc.collect()
def reads():
    for read in (lambda: next(opened), opened.get_final_response, lambda: next(texts)):
        refused(read, "the stream belongs to the parent process")
    assert opened.snapshot.text == said
    assert opened.headers["content-type"] == "text/event-stream"
def leaves():
    opened.__exit__(None, None, None)
def goes_on():
    chat(client, "child"), client.close()
for work in (closes, drops, reads, leaves, goes_on):
    in_child(work)
assert said + "".join(texts) == "half " * WORDS
opened.close(), client.close()
""",
    "a stream that another thread is opening": """
import socket
silent = socket.create_server(("127.0.0.1", 0))
client = ChatClient("k", base_url=f"http://127.0.0.1:{silent.getsockname()[1]}")
opened, texts = client.chat_stream(**asked("x")), []
thread = threading.Thread(target=lambda: texts.append(opened.get_final_response().text))
thread.start()
connection, _ = silent.accept()
connection.recv(100_000)
def closes():
    opened.close()
    refused(lambda: next(opened), "the stream belongs to the parent process")
def drops():
    global opened, client
    del opened, client
    gc.collect()
in_child(closes), in_child(drops)
end = b'data: {"type": "message-end", "delta": {"finish_reason": "COMPLETE"}}\\n\\n'
connection.sendall(b"HTTP/1.1 200 OK\\r\\ncontent-length: %d\\r\\n\\r\\n" % len(end) + end)
thread.join()
assert texts == [""]
client.close(), connection.close(), silent.close()
""",
    "a stream that was not opened": """
client = ChatClient("k", base_url=url)
chat(client, "before")
opened = client.chat_stream(**asked("both"))
def work():
    assert opened.get_final_response().text == "both " * WORDS
in_child(work)
work()
client.close()
""",
    "a stream that was read to its end": """
client = ChatClient("k", base_url=url)
with client.chat_stream(**asked("whole")) as opened:
    opened.get_final_response()
def work():
    assert opened.get_final_response().text == "whole " * WORDS
    assert opened.headers["content-type"] == "text/event-stream"
    opened.close()
in_child(work)
chat(client, "after")
client.close()
""",
    "an async client": """
async def both(client, name):
    assert (await client.chat(**asked(name))).text == name
    async with client.chat_stream(**asked(name)) as opened:
        assert (await opened.get_final_response()).text == f"{name} " * WORDS
async def main():
    async with AsyncChatClient("k", base_url=url) as client:
        await both(client, "before")
        opened = await client.chat_stream(**asked("half")).__aenter__()
        await anext(opened)
        async def reads():
            try:
                await anext(opened)
            except ConfigurationError as error:
                assert "the stream belongs to the parent process" in str(error)
            await opened.aclose()
            await both(client, "child")
            await client.aclose()
        def work():
            asyncio._set_running_loop(None)  # the parent's
            asyncio.run(reads())
        in_child(work)
        assert (await opened.get_final_response()).text == "half " * WORDS
        await both(client, "after")
asyncio.run(main())
""",
    "a pool of processes with a global client": """
import multiprocessing
client = ChatClient("k", base_url=url)
chat(client, "before")
def work(number):
    chat(client, f"number {number}"), stream(client, f"number {number}")
    return os.getpid()
with multiprocessing.get_context("fork").Pool(4) as pool:
    assert len({*pool.map(work, range(40), chunksize=1)}) > 1
    chat(client, "parent")
    pool.close(), pool.join()
client.close()
""",
    "a child that exits as an interpreter does": """
client = ChatClient("k", base_url=url)
opened = client.chat_stream(**asked("half")).__enter__()
next(opened)
pid = os.fork()
if pid == 0:
    signal.alarm(20)
    chat(client, "child")
    sys.exit(0)
assert os.waitpid(pid, 0)[1] == 0
assert opened.get_final_response().text == "half " * WORDS
opened.close(), client.close()
""",
    "forks while four threads use the client": """
client = ChatClient("k", base_url=url)
chat(client, "warm"), stream(client, "warm")
over, done, failed = threading.Event(), [0] * 4, []
def use(number):
    while not over.is_set():
        try:
            for call in (chat, stream):
                call(client, f"thread {number}: {done[number]}")
            done[number] += 1
        except BaseException as error:
            failed.append(error)
            raise
threads = [threading.Thread(target=use, args=(number,), daemon=True) for number in range(4)]
for thread in threads:
    thread.start()
for number in range(int(sys.argv[2])):
    in_child(lambda: (stream if number % 2 else chat)(client, f"child {number}"))
over.set()
for thread in threads:
    thread.join()
assert not failed and all(done), (failed, done)
client.close()
""",
    "forks while a thread closes clients and streams": """
over, failed = threading.Event(), []
def use():
    while not over.is_set():
        try:
            with ChatClient("k", base_url=url) as client:
                opened = client.chat_stream(**asked("left")).__enter__()
                next(opened)
                opened.close()
        except BaseException as error:
            failed.append(error)
            raise
thread = threading.Thread(target=use, daemon=True)
with ChatClient("k", base_url=url) as warm:
    chat(warm, "warm"), stream(warm, "warm")
thread.start()
def work():
    with ChatClient("k", base_url=url) as client:
        chat(client, "child"), stream(client, "child")
for number in range(20):
    in_child(work)
over.set()
thread.join()
assert not failed
""",
}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_after_a_fork(program: str, url: str) -> None:  # noqa: F811  # the fixture
    command = [sys.executable, "-c", COMMON + program, url, str(FORKS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)
    assert not done.stderr, done.stderr
    assert done.returncode == 0


APPLICATION = """
import os
from cohere_chat import ChatClient

client = ChatClient("k", base_url={url!r})
ask = lambda name: client.chat(model="m", messages=[{{"role": "user", "content": name}}]).text
assert ask("before the workers") == "before the workers"


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Pid", str(os.getpid()))])
    return [ask(environ["QUERY_STRING"]).encode()]
"""


@pytest.fixture
def gunicorn(url: str, tmp_path: Path) -> Iterator[str]:  # noqa: F811  # the fixture
    """The URL of an application whose client was used before its workers were forked."""
    (tmp_path / "application.py").write_text(textwrap.dedent(APPLICATION.format(url=url)))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    options = ["--preload", "--workers", "3", "--threads", "2", "--bind", address, "--log-level", "warning"]
    command = [sys.executable, "-m", "gunicorn", *options, "--no-control-socket", "application:application"]
    with subprocess.Popen(command, cwd=tmp_path) as process:
        for _ in range(200):
            try:
                httpx.get(f"http://{address}/?up", trust_env=False)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield f"http://{address}"
        process.terminate()


def test_the_workers_of_gunicorn_share_a_client_that_was_used_before_they_were_forked(gunicorn: str) -> None:
    workers = set()
    for number in range(60):
        answered = httpx.get(f"{gunicorn}/?question-{number}", trust_env=False, timeout=20)
        assert answered.text == f"question-{number}"
        workers.add(answered.headers["pid"])
    assert len(workers) > 1
