"""The settings of a client, from arguments or the environment, checked once; and the logger.

Belongs here: their sources, defaults and checks. Not known here: requests, httpx's clients, what is logged.
"""

import logging
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import attrs
import httpx

from cohere_chat.errors import ConfigurationError

DEFAULT_BASE_URL = "https://api.cohere.com"
DEFAULT_TIMEOUT = httpx.Timeout(300.0, connect=5.0)
"""300 s between two bytes, to send, or to wait for a free connection; 5 s to connect."""
DEFAULT_MAX_RETRIES = 2
MAX_RESPONSE_BYTES = 256 * 2**20

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
_URL_ADVICE = f"use one like {DEFAULT_BASE_URL}, without ? and #"
_FRAMING = ("content-length", "transfer-encoding")  # set by httpx; another value would break the connection
_LOGIN = re.compile(r"(?s)((?<=://)|^(?!.*://)).*(@|%40)")
_NO_PORT = re.compile(r"(?s)((?<=://)|^(?!.*://))[^@]*:(?!\d*/?$)[^@]*$")  # a proxy's password may be in its place
_FIELD_VALUE = re.compile(r"[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?|")


LOG = logging.getLogger("cohere_chat")
if os.environ.get("COHERE_CHAT_LOG"):  # `debug` or `info`, which is also what an unknown value means
    logging.basicConfig(format="%(asctime)s %(name)s %(levelname)s %(message)s")
    LOG.setLevel({"DEBUG": logging.DEBUG}.get(os.environ["COHERE_CHAT_LOG"].strip().upper(), logging.INFO))


class Secret:
    """The API key passed, or the one in the environment, stripped. No repr, traceback or pickle shows it."""

    __slots__ = ("_value",)

    def __init__(self, value: str | None) -> None:
        if value is not None and not isinstance(value, str):
            raise ConfigurationError(f"the API key is of type {type(value).__name__}: pass a str")
        candidates = [os.environ.get(name, "").strip() for name in ("CO_API_KEY", "COHERE_API_KEY")]
        self._value = next(filter(None, candidates), None) if value is None else value.strip()

    def reveal(self) -> str | None:
        """Returns the key. `""` means that no key is sent, `None` that there is none."""
        return self._value

    def __reduce__(self) -> str:
        raise TypeError("an API key cannot be pickled")


def _check_key(_: object, __: object, key: Secret) -> None:
    if key.reveal() is None:
        line = 'no API key: pass api_key= or set CO_API_KEY. If your deployment needs no key, pass api_key=""'
        raise ConfigurationError(line)
    if not _FIELD_VALUE.fullmatch(key.reveal() or ""):
        raise ConfigurationError("the API key has a character that is not allowed in an HTTP header: copy it again")


def _base_url(value: str | httpx.URL | None) -> str:
    text = str(value or os.environ.get("CO_API_URL") or DEFAULT_BASE_URL).strip().rstrip("/")
    try:
        url = httpx.URL(text)
        url.host.encode("idna")
    except (httpx.InvalidURL, ValueError) as error:  # idna's UnicodeError is a ValueError
        raise ConfigurationError(f"the base URL {text!r} is not valid ({error}): {_URL_ADVICE}") from None
    if url.userinfo:
        raise ConfigurationError("the base URL contains a user name or password: send them with headers= instead")
    port_is_valid = url.port is None or 0 < url.port < 65536
    if url.scheme not in ("http", "https") or not url.host or not port_is_valid or url.query or url.fragment:
        raise ConfigurationError(f"the base URL {text!r} is not valid: {_URL_ADVICE}")
    return text


def check_seconds(name: str, shown: object, seconds: object) -> None:
    """Raises ConfigurationError unless `seconds` is a valid time limit, or `None` for no limit."""
    if seconds is not None and not (isinstance(seconds, int | float) and 0 < seconds < 31_536_000):
        raise ConfigurationError(f"{name} is {shown!r}: use seconds above 0 and below a year; None means no limit")


def timeout_of(value: Any) -> httpx.Timeout:  # Any: checked here
    """Takes seconds for every limit, an httpx or httpx2 Timeout, or `None` for no limit. Else ConfigurationError."""
    timeout = httpx.Timeout(**value.as_dict()) if hasattr(value, "as_dict") else httpx.Timeout(value)
    for limit in timeout.as_dict().values():
        check_seconds("timeout", value, limit)
    return timeout


def count_of(value: int, name: str = "max_retries", least: int = 0) -> int:
    """Returns `value` if it is `least` or more. Raises ConfigurationError for anything else."""
    if not isinstance(value, int) or value < least:
        raise ConfigurationError(f"{name} is {value!r}: use {least} or more")
    return value


def headers_of(headers: Mapping[str, str] | None) -> httpx.Headers:
    """Returns headers that can be sent. Raises ConfigurationError, which names the header and never shows its value."""
    if headers is not None and not isinstance(headers, Mapping):
        raise ConfigurationError(f"headers are of type {type(headers).__name__}: pass a dict of strings")
    for name, value in (headers or {}).items():
        if not (isinstance(name, str) and _TOKEN.fullmatch(name)) or name.lower() in _FRAMING:
            raise ConfigurationError(f"the header {name!r} cannot be set")
        if not (isinstance(value, str) and _FIELD_VALUE.fullmatch(value)):
            raise ConfigurationError(f"the value of the header {name!r} cannot be sent: use printable ASCII, one line")
    return httpx.Headers(headers)


def _stream_path(value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"/[\x21-\x7e]*", value):
        raise ConfigurationError(f"stream_path is {value!r}: it must start with a slash, e.g. '/v2/chat/stream'")
    return value


@attrs.frozen(eq=False, repr=False)
class Settings:
    """A client's settings, documented in ChatClient. It has no repr, which would show headers."""

    api_key: Secret = attrs.field(validator=_check_key)
    base_url: str = attrs.field(converter=_base_url)
    timeout: httpx.Timeout = attrs.field(converter=timeout_of)
    max_retries: int = attrs.field(converter=count_of)
    headers: httpx.Headers = attrs.field(converter=headers_of)
    max_response_bytes: int = attrs.field(
        default=MAX_RESPONSE_BYTES, validator=lambda _, __, value: count_of(value, "max_response_bytes", 1)
    )
    stream_path: str | None = attrs.field(default=None, converter=_stream_path)

    def key_is_exposed(self) -> bool:
        """Whether the key is sent unencrypted to a host that is not this machine."""
        url = httpx.URL(self.base_url)
        local = url.host in ("localhost", "::1") or re.fullmatch(r"127(\.\d+){3}", url.host)
        return bool(self.api_key.reveal() and url.scheme == "http" and not local)


def environment_error(error: Exception) -> ConfigurationError:
    """Returns the error for environment proxies or certificates that httpx cannot use: the variable and the remedy."""
    proxies: list[str] = []
    names, advice = ["no_proxy"], "use comma-separated names and addresses, without a port or a mask"
    if isinstance(error, OSError):
        names = ["sslkeylogfile" if error.filename else "ssl_cert_file"]
        advice = f"{error.strerror or error}; use the path of a {'file to write' if error.filename else 'PEM file'}"
    elif proxies := [name for name in ("http_proxy", "https_proxy", "all_proxy") if _is_faulty_proxy(name)]:
        names, advice = proxies, "use one like http://host:3128; socks5:// needs httpx[socks]"
    shown = {name: _LOGIN.sub("***@", text) for name, text in os.environ.items() if name.lower() in names}
    told = ", ".join(f"{name}={_NO_PORT.sub('***@', text) if proxies else text!r}" for name, text in shown.items())
    return ConfigurationError(f"the environment has {told}, which cannot be used: {advice}, or unset it")


def _is_faulty_proxy(name: str) -> bool:
    url = os.environ.get(name, "") or os.environ.get(name.upper(), "")
    with suppress(ValueError, ImportError, httpx.InvalidURL):
        httpx.HTTPTransport(proxy=url if "://" in url else f"http://{url or 'none'}", verify=False)
        return False
    return True
