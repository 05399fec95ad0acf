"""What a client is set up with: arguments, else the environment, checked once.

Belongs here: the sources, defaults and checks of a client's settings. Not known here: requests, httpx's clients.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

import attrs
import httpx

from .errors import ConfigurationError

DEFAULT_BASE_URL = "https://api.cohere.com"
DEFAULT_TIMEOUT = httpx.Timeout(300.0, connect=5.0)
"""300 s between two bytes, to send, or to wait for a free connection; 5 s to connect."""
DEFAULT_MAX_RETRIES = 2

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
_FIELD_VALUE = re.compile(r"[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?|")


class Secret:
    """The API key, else the environment's, without white space around it: shown by no repr, traceback or pickle."""

    __slots__ = ("_value",)

    def __init__(self, value: str | None) -> None:
        candidates = [os.environ.get(name, "").strip() for name in ("CO_API_KEY", "COHERE_API_KEY")]
        self._value = next(filter(None, candidates), None) if value is None else value.strip()

    def reveal(self) -> str | None:
        """The key; `""` means that none is to be sent, `None` that there is none."""
        return self._value

    def __repr__(self) -> str:
        return "Secret('**********')"

    def __reduce__(self) -> str:
        raise TypeError("an API key is not pickled")


def _check_key(_: object, __: object, key: Secret) -> None:
    if key.reveal() is None:
        raise ConfigurationError(
            'no API key: pass api_key= or set CO_API_KEY. A deployment that needs none takes api_key=""'
        )
    if not re.fullmatch(r"[\x21-\x7e]*", key.reveal() or ""):
        raise ConfigurationError("the API key has a space or a character that no HTTP header can carry: copy it again")


def _base_url(value: str | None) -> str:
    value = (value or os.environ.get("CO_API_URL") or DEFAULT_BASE_URL).strip().rstrip("/")
    try:
        url = httpx.URL(value)
    except (httpx.InvalidURL, ValueError) as error:
        raise ConfigurationError(f"the base URL {value!r} is none ({error}): use one like {DEFAULT_BASE_URL}") from None
    port_is_none = url.port is not None and not 0 < url.port < 65536
    if url.scheme not in ("http", "https") or not url.host or port_is_none or url.query or url.fragment:
        raise ConfigurationError(f"the base URL {value!r} is none: use one like {DEFAULT_BASE_URL}, without ? and #")
    return value


def _max_retries(value: int) -> int:
    if not isinstance(value, int) or value < 0:
        raise ConfigurationError(f"max_retries is {value!r}: use 0 or more")
    return value


def checked_headers(headers: Mapping[str, str] | None) -> dict[str, str]:
    """Headers that can be sent. Raises ConfigurationError, which names the header and never shows its value."""
    for name, value in (headers or {}).items():
        if not (isinstance(name, str) and _TOKEN.fullmatch(name)):
            raise ConfigurationError(f"the header name {name!r} cannot be sent")
        if not (isinstance(value, str) and _FIELD_VALUE.fullmatch(value)):
            raise ConfigurationError(f"the value of the header {name!r} cannot be sent: use printable ASCII, one line")
    return dict(headers or {})


@attrs.frozen(kw_only=True)
class Settings:
    """A client's settings, as ChatClient documents them. Neither the key nor a header is in the repr."""

    api_key: Secret = attrs.field(validator=_check_key)
    base_url: str = attrs.field(converter=_base_url)
    timeout: httpx.Timeout = attrs.field(converter=httpx.Timeout)
    max_retries: int = attrs.field(converter=_max_retries)
    headers: dict[str, str] = attrs.field(converter=checked_headers, repr=False)
    stream_path: str | None = None

    def key_is_exposed(self) -> bool:
        """Whether the key goes unencrypted to a host that is not this machine."""
        url = httpx.URL(self.base_url)
        local = url.host in ("localhost", "::1") or re.fullmatch(r"127(\.\d+){3}", url.host)
        return bool(self.api_key.reveal() and url.scheme == "http" and not local)
