"""ChatEmulator: serves the chat API's wire format on a real local socket. It is not a model, and its answers say so.

Belongs here: the server, and what the service checks and sends besides answers (keys, models, rate limits, headers).
Not known here: the client; how answers are generated (`answers.py`), refused (`refusals.py`), streamed (`frames.py`).
"""

from __future__ import annotations

import gzip
import json
import logging
import math
import os
import re
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Self

import attrs
from werkzeug import Request, Response

from .answers import JSON, NOTICE, citation_mode, compact, own_answer
from .faults import Fault, befall, break_off
from .frames import DONE, events_of, frame, json_line, yaml_frame
from .refusals import Refused, check
from .scripts import EmulatedRequest, Play, Scripted
from .server import Server


class ChatEmulator(Scripted):
    """A server that answers `POST /v2/chat` as the service does, and `POST /v2/chat/stream` as the YAML specifies.

    A context manager. Each emulator has its own port, so you can run several. Without a script, the answer depends only
    on the request: text about the last message; a call to the tool that the message names, or else to the first tool;
    citations of documents and tool results; JSON that satisfies a schema. Each script (`reply`, `fail`, `cut`, `stall`,
    ...) answers one of the next requests, in order. Requests that the service would refuse do not use one up.

    models:     the models to serve; any other gets a 404. Default: any name is served.
    api_key:    the only valid key; any other gets a 401. Default: any key is valid.
    delay:      seconds between two events of a stream; default 0.
    events_per_second: the pace of a stream, instead of `delay`. It includes the time to send. Default: none.
    latency:    seconds before an answer begins, plain or streamed, or a function of the request that returns them;
                default 0.
    rate_limit: the number of requests per minute; more get a 429, with the seconds to wait in Retry-After. The headers
                of a trial key report how many requests are left. Default: no limit.
    json_lines: whether to stream one JSON object per line instead of server-sent events if the request accepts only
                `application/json`. Default: no. One client was seen to expect it; no recording shows what the service
                does.
    port:       default: any free port.
    keep:       how many of the newest requests `requests` keeps; default 1,000. 0 keeps none.

    Connections stay open between requests until the emulator stops. A `pattern` in a schema is satisfied only if the
    schema itself provides a value (`enum`, `const`, `default`, `examples`).

    >>> from cohere_chat import ChatClient
    >>> with ChatEmulator() as emulator, ChatClient("any-key", base_url=emulator.url) as client:
    ...     print(client.chat(model="any", messages=[{"role": "user", "content": "Hi"}]).text)
    This is an emulator, not a model. You said: Hi
    """

    def __init__(
        self,
        *,
        models: Sequence[str] | None = None,
        api_key: str | None = None,
        delay: float = 0.0,
        events_per_second: float | None = None,
        latency: float | Callable[[EmulatedRequest], float] = 0.0,
        rate_limit: int | None = None,
        json_lines: bool = False,
        port: int = 0,
        keep: int = 1000,
    ) -> None:
        if isinstance(models, str):
            raise TypeError("models is a str: pass a list of names")
        if delay < 0:
            raise ValueError(f"delay is {delay}: use 0 or more seconds")
        if events_per_second is not None and (delay or events_per_second <= 0):
            raise ValueError(f"events_per_second is {events_per_second}: use a number above 0, and no delay")
        if not callable(latency) and latency < 0:
            raise ValueError(f"latency is {latency}: use 0 or more seconds")
        if rate_limit is not None and rate_limit < 1:
            raise ValueError(f"rate_limit is {rate_limit}: use 1 or more requests a minute")
        if keep < 0:
            raise ValueError(f"keep is {keep}: use 0 or more requests")
        self._models = models
        self._api_key = api_key
        self._delay = delay if events_per_second is None else 1 / events_per_second
        self._paced = events_per_second is not None
        self._latency = latency
        self._json_lines = json_lines
        self._rate_limit = rate_limit
        self._answered: deque[float] = deque()  # times within the last minute
        self._lock = threading.Lock()
        self._plays: deque[Play] = deque()
        self._requests: deque[EmulatedRequest] = deque(maxlen=keep)
        self._server = Server(port)
        self._server.expect_request(re.compile(".*")).respond_with_handler(self._answer)

    @property
    def url(self) -> str:
        """The base URL to pass to a client. Raises RuntimeError outside the `with` block."""
        if not self._server.is_running():
            raise RuntimeError("the emulator is not running: use it as `with ChatEmulator() as emulator:`")
        return self._server.url_for("").rstrip("/")

    @property
    def requests(self) -> list[EmulatedRequest]:
        """A new list of the last requests, including refused ones, oldest first."""
        return list(self._requests)

    def __enter__(self) -> Self:
        log = logging.getLogger("werkzeug")
        self._log_level = log.level
        if log.level == logging.NOTSET:
            log.setLevel(logging.WARNING)  # otherwise it writes a line for each request to stderr
        self._server.start()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.stop()
        logging.getLogger("werkzeug").setLevel(self._log_level)
        if exc is None:
            self._server.check()  # raises an exception of a scripted function, such as a failed assertion

    # --- answering ---------------------------------------------------------------------------------------------------

    def _answer(self, http: Request) -> Response:
        http.environ.pop("werkzeug.request", None)  # a cycle, which would keep the body until garbage collection
        body = http.get_data()
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            data = None
        headers = {name.lower(): value for name, value in http.headers.items()}
        request = EmulatedRequest(http.method, http.path, headers, body, data, http.query_string.decode())
        self._requests.append(request)
        if http.path not in ("/v2/chat", "/v2/chat/stream"):
            line = f"404 page not found: this emulator has the v2 chat API only, POST /v2/chat; not {http.path}"
            return self._respond(404, {"message": line}, request)
        if http.method != "POST":
            return Response("405 method not allowed", 405, self._headers() | {"allow": "POST"})
        try:
            self._check(request)
            own = own_answer(request.json)  # for scripted answers too, since it checks the schemas
        except Refused as refused:
            told = {"message": str(refused)} | ({"id": str(uuid.uuid4())} if refused.status == 404 else {})
            wait = {"retry-after": str(self._seconds_to_wait())} if refused.status == 429 else {}
            return self._respond(refused.status, told, request, wait)
        except ValueError as error:
            return self._respond(400, {"message": f"invalid request: {error}"}, request)
        with self._lock:
            play = self._plays.popleft() if self._plays else None
        time.sleep(self._latency(request) if callable(self._latency) else self._latency)
        return self._send(http, request, own) if play is None else play(http, request, own)

    def _check(self, request: EmulatedRequest) -> None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key:
            raise Refused(401, "no api key supplied")
        if self._api_key is not None and key != self._api_key:
            raise Refused(401, "invalid api token")
        if not self._count():
            line = f"You are using a Trial key, which is limited to {self._rate_limit} API calls / minute"
            raise Refused(429, line)
        check(request.json)
        model = request.json["model"]
        if self._models is not None and model not in self._models:
            line = "make sure the correct model ID was used and that you have access to the model."
            raise Refused(404, f"model '{model}' not found, {line}")

    def _count(self) -> bool:
        """Counts a request. Returns False if it exceeds the limit."""
        if self._rate_limit is None:
            return True
        now = time.monotonic()
        with self._lock:
            while self._answered and now - self._answered[0] > 60:
                self._answered.popleft()
            if len(self._answered) >= self._rate_limit:
                return False
            self._answered.append(now)
        return True

    def _seconds_to_wait(self) -> int:
        """Returns the seconds until the oldest counted request is a minute old."""
        with self._lock:
            oldest = self._answered[0]
        return max(1, math.ceil(60 - (time.monotonic() - oldest)))

    def _headers(self, status: int = 200) -> dict[str, str]:
        headers = {"x-debug-trace-id": os.urandom(16).hex(), "x-cohere-chat-emulator": NOTICE}
        if self._rate_limit is not None and status != 429:  # the service sends none with a 429 (WIRE section 1)
            headers["x-trial-endpoint-call-limit"] = str(self._rate_limit)
            headers["x-trial-endpoint-call-remaining"] = str(self._rate_limit - len(self._answered))
            headers["x-endpoint-monthly-call-limit"] = "1000"
        return headers

    def _respond(
        self, status: int, body: JSON, request: EmulatedRequest, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Returns a response with a JSON body, compressed if the client accepts gzip, as the service does."""
        told = self._headers(status) | {name.lower(): value for name, value in (headers or {}).items()}
        data = compact(body).encode(errors="replace")
        if "gzip" in request.headers.get("accept-encoding", ""):
            data = gzip.compress(data, mtime=0)
            told["content-encoding"] = "gzip"
        return Response(data, status, told, content_type="application/json")

    def _send(self, http: Request, request: EmulatedRequest, answer: JSON, fault: Fault | None = None) -> Response:
        fast = citation_mode(request.json) == "FAST"
        events = [*events_of(answer, fast_citations=fast)] if answer.get("message") else []
        if http.path.endswith("/stream"):
            return self._stream(http, yaml_frame, [event for event in events if yaml_frame(event)], b"", fault)
        if request.json.get("stream"):
            if self._json_lines and request.headers.get("accept") == "application/json":
                return self._stream(http, json_line, events, b"", fault, content_type="application/stream+json")
            return self._stream(http, frame, events, DONE, fault)
        if fault is not None and fault.kind == "error":
            told = {"error_type": fault.error_type, "id": answer["id"], "message": fault.error}
            return self._respond(422, told, request)
        billed = answer.get("usage", {}).get("billed_units", {})
        counted = {"num_tokens": str(billed.get("input_tokens", 0) + billed.get("output_tokens", 0))}
        counted["num_chars"] = str(len(request.body))
        if fault is not None and fault.kind != "insert":
            plain = attrs.evolve(
                request, headers=request.headers | {"accept-encoding": ""}
            )  # the first half must be readable
            return break_off(http, self._respond(200, answer, plain, counted), fault)
        return self._respond(200, answer, request, counted)

    def _stream(
        self,
        http: Request,
        written: Callable[[JSON], bytes],
        events: list[JSON],
        done: bytes,
        fault: Fault | None,
        content_type: str = "text/event-stream",
    ) -> Response:
        at = -1 if fault is None else min(fault.after_events, len(events) - 1)

        def body() -> Iterator[bytes]:
            due = time.monotonic()
            for number, event in enumerate(events):
                if fault is not None and number == at:
                    if fault.kind == "error":
                        delta = {"finish_reason": "ERROR", "usage": {}, "error": fault.error}
                        yield written({"type": "message-end", "delta": delta | {"error_type": fault.error_type}})
                        break
                    if fault.how == "end":
                        return
                    if fault.kind == "insert":
                        yield written(fault.event)
                    elif fault.kind == "garble":
                        yield b'{"type": \n' if written is json_line else b'event: content-delta\ndata: {"type": \n\n'
                    else:
                        befall(http, fault)
                yield written(event)
                now = time.monotonic()
                due = max(due + self._delay, now) if self._paced else now + self._delay
                time.sleep(due - now)
            if done:  # an empty chunk would end the body
                yield done

        return Response(body(), 200, self._headers(), content_type=content_type)
