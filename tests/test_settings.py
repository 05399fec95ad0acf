"""A client's settings: from arguments, else from the environment."""

from __future__ import annotations

import pytest

from cohere_chat import ChatClient, ConfigurationError

from .conftest import HI
from .server import RawServer, answer, text_answer


def sent_key(server: RawServer, api_key: str | None = None) -> str | None:
    server.play(answer(text_answer("Hi")))
    with ChatClient(api_key, base_url=server.url) as client:
        client.chat(model="m", messages=HI)
    return server.requests[-1].headers.get("authorization")


def test_the_key_is_the_argument_else_co_api_key_else_cohere_api_key(
    server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COHERE_API_KEY", "third")
    assert sent_key(server) == "Bearer third"
    monkeypatch.setenv("CO_API_KEY", " second\n")
    assert sent_key(server) == "Bearer second"
    assert sent_key(server, "\tfirst\r\n") == "Bearer first"
    assert sent_key(server, "") is None


def test_no_key_is_an_error_that_says_how_to_give_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in (None, "", " \n"):
        if value is not None:
            monkeypatch.setenv("CO_API_KEY", value)
        with pytest.raises(ConfigurationError, match="no API key: pass api_key= or set CO_API_KEY"):
            ChatClient()


@pytest.mark.parametrize("key", ["s3cret\nkey", "s3crét", "s3cret\0", "“s3cret”"])
def test_a_key_that_cannot_be_a_header_is_an_error_that_does_not_show_it(key: str) -> None:
    with pytest.raises(ConfigurationError, match="not allowed in an HTTP header") as caught:
        ChatClient(key)
    assert "s3c" not in str(caught.value) + repr(caught.value)


def test_the_base_url_is_the_argument_else_co_api_url_read_now(
    server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.play(answer(text_answer("Hi")))
    monkeypatch.setenv("CO_API_URL", f"{server.url}/prefix/")
    with ChatClient("k") as client:
        client.chat(model="m", messages=HI)
    assert server.requests[0].line == "POST /prefix/v2/chat HTTP/1.1"
    assert repr(ChatClient("k", base_url="https://other")) == "ChatClient('https://other')"
    monkeypatch.delenv("CO_API_URL")
    assert repr(ChatClient("k")) == "ChatClient('https://api.cohere.com')"


@pytest.mark.parametrize(
    "url",
    ["api.cohere.com", "ftp://a", "https://", "https://a:port", "http://a:99999", "https://a?b=c", "https://a#b", "\0"],
)
def test_a_base_url_that_is_none_is_an_error(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        ConfigurationError, match=r"the base URL .* is not valid.*use one like https://api\.cohere\.com"
    ):
        ChatClient("k", base_url=url)
    monkeypatch.setenv("CO_API_URL", url.replace("\0", "x"))
    with pytest.raises(ConfigurationError):
        ChatClient("k")


@pytest.mark.parametrize("value", ["a\nb", "é", "a\0", " a", "a ", 5])
def test_a_header_value_that_cannot_be_sent_is_an_error_that_does_not_show_it(value: str) -> None:
    with pytest.raises(ConfigurationError, match=r"the value of the header 'X-A' cannot be sent") as caught:
        ChatClient("k", headers={"X-A": value})
    assert repr(value) not in str(caught.value)


@pytest.mark.parametrize("name", ["", "a b", "a:", "é"])
def test_a_header_name_that_cannot_be_sent_is_an_error(name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"the header '.*' cannot be set"):
        ChatClient("k", headers={name: "x"})


def test_the_clients_name_is_sent(server: RawServer) -> None:
    server.play(answer(text_answer("Hi")))
    with ChatClient("k", base_url=server.url, client_name="my project", headers={"X-Empty": ""}) as client:
        client.chat(model="m", messages=HI)
    assert server.requests[0].headers["x-client-name"] == "my project"


@pytest.mark.parametrize("retries", [-1, 1.5, "2"])
def test_max_retries_is_0_or_more(retries: int) -> None:
    with pytest.raises(ConfigurationError, match="max_retries is"):
        ChatClient("k", max_retries=retries)
