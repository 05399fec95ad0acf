"""The Windmill script "Chat with the model" in Python: `main(auth, body)` takes and returns the same.

Everything that the script's type allows is sent unchanged; the service checks it, not the client. A streamed answer,
which that script cannot read, is accumulated.
"""

import json
import os
from collections.abc import Sequence
from typing import Any, Literal, NotRequired, TypedDict

from cohere_chat import APIResponseError, APIStatusError, ChatClient, GenerationError

JSON = dict[str, Any]  # Any: JSON; `{}` in the script


class Cohere(TypedDict):
    """The resource with the API key."""

    apiKey: str


class Text(TypedDict):
    """A text part."""

    type: Literal["text"]
    text: str


class Function(TypedDict, total=False):
    """The function of a call."""

    name: str
    arguments: str


class Call(TypedDict, total=False):
    """A tool call."""

    id: str
    type: Literal["function"]
    function: Function


class ToolSource(TypedDict, total=False):
    """A cited tool output."""

    id: str
    tool_output: JSON


class DocumentSource(TypedDict, total=False):
    """A cited document."""

    id: str
    document: JSON


class Citation(TypedDict, total=False):
    """A citation. `sources` is grouped as in the script: one tool source, or a list of documents."""

    start: float
    end: float
    text: str
    sources: ToolSource | Sequence[DocumentSource]


class Document(TypedDict):
    """A document."""

    data: JSON
    id: NotRequired[str]


class DocumentPart(TypedDict):
    """A document part."""

    type: Literal["document"]
    document: Document


class User(TypedDict):
    """A user message."""

    role: Literal["user"]
    content: str | Sequence[Text]


class Assistant(TypedDict):
    """An assistant message."""

    role: Literal["assistant"]
    tool_calls: NotRequired[Sequence[Call]]
    tool_plan: NotRequired[str]
    content: NotRequired[str | Sequence[Text]]
    citations: NotRequired[Sequence[Citation]]


class System(TypedDict):
    """A system message."""

    role: Literal["system"]
    content: str | Sequence[Text]


class ToolResult(TypedDict):
    """A tool message. `content` is grouped as in the script: one text part, or a list of documents."""

    role: Literal["tool"]
    tool_call_id: str
    content: str | Text | Sequence[DocumentPart]


class ToolFunction(TypedDict, total=False):
    """The definition of a tool."""

    name: str
    description: str
    parameters: JSON


class Tool(TypedDict, total=False):
    """A tool."""

    type: Literal["function"]
    function: ToolFunction


class CitationOptions(TypedDict, total=False):
    """How to cite."""

    mode: Literal["FAST", "ACCURATE", "OFF"]


class ResponseFormat(TypedDict):
    """Text or JSON."""

    type: Literal["text", "json_object"]
    json_schema: NotRequired[JSON]


class Body(TypedDict):
    """The request."""

    stream: NotRequired[bool]
    model: str
    messages: Sequence[User | Assistant | System | ToolResult]
    tools: NotRequired[Sequence[Tool]]
    strict_tools: NotRequired[bool]
    documents: NotRequired[str | Sequence[Document]]
    citation_options: NotRequired[CitationOptions]
    response_format: NotRequired[ResponseFormat]
    safety_mode: NotRequired[Literal["OFF", "CONTEXTUAL", "STRICT"]]
    max_tokens: NotRequired[float]
    stop_sequences: NotRequired[Sequence[str]]
    temperature: NotRequired[float]
    seed: NotRequired[float]
    frequency_penalty: NotRequired[float]
    presence_penalty: NotRequired[float]
    k: NotRequired[float]
    p: NotRequired[float]
    logprobs: NotRequired[bool]


def main(auth: Cohere, body: Body) -> JSON:
    """Sends the request and returns the JSON of the answer. Raises RuntimeError `"<status> <body>"` on refusal."""
    # `body` overrides the arguments of the call. `stream` is sent only if `body` has it.
    exact: JSON = {"stream": None, **body}
    asked: JSON = {"model": "-", "messages": [{"role": "user", "content": "-"}], "extra_body": exact}
    try:
        with ChatClient(auth["apiKey"], max_retries=0) as client:
            if body.get("stream"):
                return client.chat_stream(**asked).get_final_response().to_dict()
            return client.chat(**asked).to_dict()
    except APIResponseError as error:  # JSON, but not a chat answer: the script returns any JSON
        told: JSON = json.loads(error.raw)
        return told
    except GenerationError:
        raise  # a stream that ends in an error; the script cannot read streams
    except APIStatusError as error:
        raise RuntimeError(f"{error.status_code} {error.raw.decode(errors='replace')}") from error


if __name__ == "__main__":
    from emulated import emulator_without_key  # here: Windmill has only this file

    question: User = {"role": "user", "content": "Why is the sky blue?"}
    with emulator_without_key():
        print(main({"apiKey": os.environ["CO_API_KEY"]}, {"model": "command-a-03-2025", "messages": [question]}))
