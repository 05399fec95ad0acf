"""What each framework does with the emulator. Each class is a framework, and each test is a column of the table.

A framework that is not installed is left out. The emulator's answers depend on the request alone, so a test knows what
to expect: the emulator calls the tools that the user names, cites documents and tool results, and fills in a schema.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import cohere
import pytest
from cohere.core.api_error import ApiError
from pydantic import BaseModel

from cohere_chat.testing import ChatEmulator

SAID = "This is an emulator, not a model. You said: "
IMAGE = "data:image/png;base64,iVBORw0KGgo="


class Person(BaseModel):
    name: str
    age: int


def has(module: str) -> Any:
    """Leaves out a test class if its framework, imported as `module`, is not installed."""

    def mark(cls: Any) -> Any:
        try:
            __import__(module)
        except ModuleNotFoundError as error:
            if not module.startswith(error.name or "?"):
                raise  # it is installed, but lacks an import, perhaps from compat
            cls.__test__ = False
        return cls

    return mark


def weather(city: str) -> str:
    """The weather of a city."""
    return f"sunny in {city}"


def clock(zone: str) -> str:
    """The time of a zone."""
    return f"noon in {zone}"


ASKS_FOR_BOTH = "use weather and clock"


def whole(text: str) -> str:
    """Checks the answer that follows two tools: it cites both results."""
    assert f"sunny in {ASKS_FOR_BOTH}" in text
    assert f"noon in {ASKS_FOR_BOTH}" in text
    return text


class TestSDK:
    HI: ClassVar[list[Any]] = [{"role": "user", "content": "Hi"}]

    def ask(self, **more: Any) -> Any:
        with cohere.ClientV2() as client:
            return client.chat(model="m", **{"messages": self.HI, **more})

    def test_plain(self) -> None:
        assert self.ask().message.content[0].text == SAID + "Hi"

    def test_stream(self) -> None:
        with cohere.ClientV2() as client:
            events = [*client.chat_stream(model="m", messages=self.HI)]
        pieces = [event.delta.message.content.text for event in events if event.type == "content-delta"]
        assert "".join(pieces) == SAID + "Hi"

    def test_two_tools(self) -> None:
        tools = [
            cohere.ToolV2(
                function=cohere.ToolV2Function(
                    name=function.__name__,
                    description=function.__doc__,
                    parameters={"type": "object", "properties": {key: {"type": "string"}}, "required": [key]},
                )
            )
            for function, key in ((weather, "city"), (clock, "zone"))
        ]
        messages: list[Any] = [cohere.UserChatMessageV2(content=ASKS_FOR_BOTH)]
        response = self.ask(messages=messages, tools=tools)
        messages.append(response.message)
        for call in response.message.tool_calls:
            given = {"weather": weather, "clock": clock}[call.function.name](**json.loads(call.function.arguments))
            messages.append(cohere.ToolChatMessageV2(tool_call_id=call.id, content=given))
        whole(self.ask(messages=messages, tools=tools).message.content[0].text)

    def test_documents(self) -> None:
        response = self.ask(documents=[cohere.Document(data={"text": "A fact."}, id="d1")])
        assert response.message.citations[0].sources[0].id == "d1"

    def test_schema(self) -> None:
        schema = cohere.JsonObjectResponseFormatV2(json_schema=Person.model_json_schema())
        assert Person.model_validate_json(self.ask(response_format=schema).message.content[0].text)

    def test_parts(self) -> None:
        parts = [cohere.TextContent(text="Hi"), cohere.ImageUrlContent(image_url=cohere.ImageUrl(url=IMAGE))]
        response = self.ask(messages=[cohere.UserChatMessageV2(content=parts)])
        assert response.message.content[0].text.endswith("(1 image)")

    def test_async(self) -> None:
        async def main() -> None:
            async with cohere.AsyncClientV2() as client:
                response = await client.chat(model="m", messages=self.HI)
                assert response.message.content[0].text == SAID + "Hi"
                kinds = [event.type async for event in client.chat_stream(model="m", messages=self.HI)]
                assert kinds[-1] == "message-end"

        asyncio.run(main())

    def test_bad_parameter(self) -> None:
        with pytest.raises(cohere.BadRequestError) as error:
            self.ask(temperature=5)
        assert "temperature must be between" in str(error.value.body)

    def test_wrong_key(self) -> None:
        with pytest.raises(ApiError) as error, cohere.ClientV2("wrong") as client:
            client.chat(model="m", messages=self.HI)
        assert error.value.status_code == 401


@has("langchain_cohere")
class TestLangChain:
    def model(self, **more: Any) -> Any:
        from langchain_cohere import ChatCohere

        return ChatCohere(model="m", base_url=os.environ["CO_API_URL"], **more)

    def tools(self) -> dict[str, Any]:
        from langchain_core.tools import tool

        return {"weather": tool(weather), "clock": tool(clock)}

    def test_plain(self) -> None:
        assert self.model().invoke("Hi").content == SAID + "Hi"

    def test_stream(self) -> None:
        pieces = [chunk.content for chunk in self.model().stream("Hi")]
        assert len(pieces) > 5
        assert "".join(pieces) == SAID + "Hi"

    def test_two_tools(self) -> None:
        from langchain_core.messages import HumanMessage, ToolMessage

        tools = self.tools()
        model = self.model().bind_tools([*tools.values()])
        messages: list[Any] = [HumanMessage(ASKS_FOR_BOTH)]
        messages.append(model.invoke(messages))
        for call in messages[-1].tool_calls:
            messages.append(ToolMessage(tools[call["name"]].invoke(call["args"]), tool_call_id=call["id"]))
        assert len(messages) == 4
        whole(model.invoke(messages).content)

    def test_documents(self) -> None:
        response = self.model().invoke("Hi", documents=[{"data": {"text": "A fact."}, "id": "d1"}])
        assert response.additional_kwargs["citations"][0].sources[0].id == "d1"

    def test_schema(self) -> None:
        assert isinstance(self.model().with_structured_output(Person).invoke("Ada, 36"), Person)

    def test_parts(self) -> None:
        from langchain_core.messages import HumanMessage

        parts: list[Any] = [{"type": "text", "text": "Hi"}, {"type": "image_url", "image_url": {"url": IMAGE}}]
        assert self.model().invoke([HumanMessage(parts)]).content.endswith("(1 image)")

    def test_async(self) -> None:
        async def main() -> None:
            model = self.model()
            assert (await model.ainvoke("Hi")).content == SAID + "Hi"
            assert "".join([chunk.content async for chunk in model.astream("Hi")]) == SAID + "Hi"

        asyncio.run(main())

    def test_bad_parameter(self) -> None:
        with pytest.raises(cohere.BadRequestError, match="temperature must be between"):
            self.model().invoke("Hi", temperature=5)

    def test_wrong_key(self) -> None:
        with pytest.raises(cohere.UnauthorizedError):
            self.model(cohere_api_key="wrong").invoke("Hi")

    def test_recordings(self) -> None:
        """The results of its own recordings are the same on compat as on the official SDK."""
        place = Path(__file__).parents[3] / "shared" / "recorded"
        if not place.exists():
            pytest.skip("../shared does not exist")
        told = [json.loads(line) for name in ("json", "sse") for line in (place / f"{name}.jsonl").open()]
        got = []
        with ChatEmulator() as emulator:
            from langchain_cohere import ChatCohere

            model = ChatCohere(model="m", base_url=emulator.url, max_retries=0)
            for exchange in told:
                streams = exchange["body"].startswith("event:")
                emulator.raw(
                    exchange["body"].encode(), content_type="text/event-stream" if streams else "application/json"
                )
                chunks = model.stream("Hi") if streams else [model.invoke("Hi")]
                got.append([[chunk.type, chunk.content, seen(chunk)] for chunk in chunks])
        assert len(got) > 40
        made = Path(os.environ["RESULTS"]).with_name("langchain-recordings.json")
        if os.environ["SDK"] == "official":
            made.write_text(json.dumps(got))
        else:
            assert json.loads(json.dumps(got)) == json.loads(made.read_text())


def seen(chunk: Any) -> Any:
    """Everything in a LangChain message except its content, without ids that are generated anew each time."""
    calls = [(call["name"], call["args"]) for call in chunk.tool_calls]
    more = json.dumps(chunk.additional_kwargs, default=lambda value: value.dict())
    return [calls, without_made_ids(json.loads(more)), chunk.usage_metadata]


def without_made_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: without_made_ids(item)
            for key, item in value.items()
            if not (key == "id" and re.fullmatch(r"[0-9a-f]{32}", str(item)))
        }
    return [without_made_ids(item) for item in value] if isinstance(value, list) else value


@has("haystack_integrations.components.generators.cohere")
class TestHaystack:
    def ask(self, messages: Any = "Hi", **more: Any) -> Any:
        from haystack.dataclasses import ChatMessage
        from haystack_integrations.components.generators.cohere import CohereChatGenerator

        messages = [ChatMessage.from_user(messages)] if isinstance(messages, str) else messages
        return CohereChatGenerator(model="m", api_base_url=os.environ["CO_API_URL"], **more).run(messages)["replies"][0]

    def tools(self) -> Any:
        from haystack.tools import create_tool_from_function

        return [create_tool_from_function(weather), create_tool_from_function(clock)]

    def test_plain(self) -> None:
        assert self.ask().text == SAID + "Hi"

    def test_stream(self) -> None:
        chunks: list[Any] = []
        assert self.ask(streaming_callback=chunks.append).text == SAID + "Hi"
        assert "".join(chunk.content for chunk in chunks) == SAID + "Hi"
        assert len(chunks) > 5

    def test_two_tools(self) -> None:
        from haystack.dataclasses import ChatMessage

        messages: list[Any] = [ChatMessage.from_user(ASKS_FOR_BOTH)]
        messages.append(self.ask(messages, tools=self.tools()))
        for call in messages[-1].tool_calls:
            given = {"weather": weather, "clock": clock}[call.tool_name](**call.arguments)
            messages.append(ChatMessage.from_tool(tool_result=given, origin=call))
        assert len(messages) == 4
        whole(self.ask(messages, tools=self.tools()).text)

    def test_documents(self) -> None:
        documents = [{"id": "d1", "data": {"text": "A fact."}}]
        reply = self.ask(generation_kwargs={"documents": documents})
        assert reply.meta["citations"][0].sources[0].id == "d1"

    def test_schema(self) -> None:
        form = {"type": "json_object", "json_schema": Person.model_json_schema()}
        assert Person.model_validate_json(self.ask(generation_kwargs={"response_format": form}).text)

    def test_parts(self) -> None:
        from haystack.dataclasses import ChatMessage, ImageContent

        image = ImageContent(base64_image=IMAGE.partition(",")[2], mime_type="image/png", validation=False)
        assert self.ask([ChatMessage.from_user(content_parts=["Hi", image])]).text.endswith("(1 image)")

    def test_async(self) -> None:
        from haystack.dataclasses import ChatMessage
        from haystack_integrations.components.generators.cohere import CohereChatGenerator

        async def main() -> None:
            generator = CohereChatGenerator(model="m", api_base_url=os.environ["CO_API_URL"])
            replies = (await generator.run_async([ChatMessage.from_user("Hi")]))["replies"]
            assert replies[0].text == SAID + "Hi"

        asyncio.run(main())

    def test_bad_parameter(self) -> None:
        with pytest.raises(cohere.BadRequestError, match="temperature must be between"):
            self.ask(generation_kwargs={"temperature": 5})

    def test_wrong_key(self) -> None:
        from haystack.utils import Secret

        with pytest.raises(cohere.UnauthorizedError):
            self.ask(api_key=Secret.from_token("wrong"))


@has("pydantic_ai")
class TestPydanticAI:
    def agent(self, key: str | None = None, **more: Any) -> Any:
        from pydantic_ai import Agent
        from pydantic_ai.models.cohere import CohereModel
        from pydantic_ai.providers.cohere import CohereProvider

        client = cohere.AsyncClientV2(key, base_url=os.environ["CO_API_URL"])
        return Agent(CohereModel("m", provider=CohereProvider(cohere_client=client)), **more)

    def test_plain(self) -> None:
        result = asyncio.run(self.agent().run("Hi"))
        assert result.output == SAID + "Hi"
        assert result.usage.input_tokens

    def test_stream(self) -> None:
        async def main() -> None:
            async with self.agent().run_stream("Hi") as result:
                pieces = [piece async for piece in result.stream_text(delta=True, debounce_by=None)]
                assert len(pieces) > 5
                assert "".join(pieces) == SAID + "Hi"
                assert result.usage.output_tokens

        asyncio.run(main())

    def test_two_tools(self) -> None:
        async def main() -> None:
            agent = self.agent()
            agent.tool_plain(weather)
            agent.tool_plain(clock)
            whole((await agent.run(ASKS_FOR_BOTH)).output)
            async with agent.run_stream(ASKS_FOR_BOTH) as result:
                whole(await result.get_output())

        asyncio.run(main())

    def test_documents(self) -> None:
        pytest.skip("not supported for Cohere")

    def test_schema(self) -> None:
        assert isinstance(asyncio.run(self.agent(output_type=Person).run("Ada, 36")).output, Person)

    def test_parts(self) -> None:
        from pydantic_ai import BinaryContent

        with pytest.raises(Exception, match=r"image|Cohere"):
            asyncio.run(self.agent().run(["Hi", BinaryContent(b"x", media_type="image/png")]))
        pytest.skip("not supported for Cohere")

    def test_async(self) -> None:
        self.test_plain()

    def test_bad_parameter(self) -> None:
        from pydantic_ai.exceptions import ModelHTTPError

        with pytest.raises(ModelHTTPError, match="temperature must be between") as error:
            asyncio.run(self.agent().run("Hi", model_settings={"temperature": 5}))
        assert error.value.status_code == 400

    def test_wrong_key(self) -> None:
        from pydantic_ai.exceptions import ModelHTTPError

        with pytest.raises(ModelHTTPError) as error:
            asyncio.run(self.agent("wrong").run("Hi"))
        assert error.value.status_code == 401


@has("instructor")
class TestInstructor:
    """Its default mode requests JSON in the prompt, so the reply of the emulator is scripted."""

    @pytest.fixture(autouse=True)
    def _scripted(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        with ChatEmulator(api_key=os.environ["CO_API_KEY"]) as emulator:
            emulator.reply('{"name": "Ada", "age": 36}')
            self.url = emulator.url
            yield

    def ask(self, mode: str = "TOOLS", client: Any = None, **more: Any) -> Any:
        import instructor

        client = instructor.from_cohere(
            client or cohere.ClientV2(base_url=self.url), mode=getattr(instructor.Mode, mode)
        )
        messages = [{"role": "user", "content": "Ada, 36"}]
        return client.chat.completions.create(
            model="m", response_model=Person, max_retries=0, **{"messages": messages, **more}
        )

    def test_plain(self) -> None:
        assert isinstance(self.ask(), Person)

    def test_stream(self) -> None:
        import instructor

        client = instructor.from_cohere(cohere.ClientV2(base_url=self.url), mode=instructor.Mode.TOOLS)
        partial = client.chat.completions.create_partial(
            model="m", messages=[{"role": "user", "content": "Ada, 36"}], response_model=Person
        )
        assert [*partial][-1].name

    def test_two_tools(self) -> None:
        pytest.skip("it supports one tool, the response type")

    def test_documents(self) -> None:
        pytest.skip("no citations")

    def test_schema(self) -> None:
        assert isinstance(self.ask("JSON_SCHEMA"), Person)

    def test_parts(self) -> None:
        parts: list[Any] = [{"type": "text", "text": "Ada, 36"}, {"type": "image_url", "image_url": {"url": IMAGE}}]
        assert isinstance(self.ask(messages=[{"role": "user", "content": parts}]), Person)

    def test_async(self) -> None:
        async def main() -> None:
            async with cohere.AsyncClientV2(base_url=self.url) as client:
                assert isinstance(await self.ask(client=client), Person)

        asyncio.run(main())

    def test_bad_parameter(self) -> None:
        with pytest.raises(Exception, match="temperature must be between"):
            self.ask(temperature=5)

    def test_wrong_key(self) -> None:
        with pytest.raises(Exception, match="invalid api token"):
            self.ask(client=cohere.ClientV2("wrong", base_url=self.url))


@has("litellm")
class TestLiteLLM:
    """It calls the API itself, without the SDK."""

    def ask(self, **more: Any) -> Any:
        import litellm

        messages = [{"role": "user", "content": "Hi"}]
        return litellm.completion(
            **{
                "model": "cohere_chat/m",
                "messages": messages,
                "api_base": f"{os.environ['CO_API_URL']}/v2/chat",
                **more,
            }
        )

    def tools(self) -> Any:
        return [
            {
                "type": "function",
                "function": {
                    "name": function.__name__,
                    "description": function.__doc__,
                    "parameters": {"type": "object", "properties": {key: {"type": "string"}}, "required": [key]},
                },
            }
            for function, key in ((weather, "city"), (clock, "zone"))
        ]

    def test_plain(self) -> None:
        assert self.ask().choices[0].message.content == SAID + "Hi"

    def test_stream(self) -> None:
        pieces = [chunk.choices[0].delta.content or "" for chunk in self.ask(stream=True)]
        assert "".join(pieces) == SAID + "Hi"

    def test_two_tools(self) -> None:
        messages: list[Any] = [{"role": "user", "content": ASKS_FOR_BOTH}]
        message = self.ask(messages=messages, tools=self.tools()).choices[0].message
        messages.append(message)
        for call in message.tool_calls:
            given = {"weather": weather, "clock": clock}[call.function.name](**json.loads(call.function.arguments))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": given})
        whole(self.ask(messages=messages, tools=self.tools()).choices[0].message.content)

    def test_documents(self) -> None:
        response = self.ask(documents=[{"id": "d1", "data": {"text": "A fact."}}])
        assert "A fact." in response.choices[0].message.content
        pytest.skip("no citations")

    def test_schema(self) -> None:
        form = {"type": "json_object", "json_schema": Person.model_json_schema()}
        assert Person.model_validate_json(
            self.ask(response_format=form, allowed_openai_params=["response_format"]).choices[0].message.content
        )

    def test_parts(self) -> None:
        parts: list[Any] = [{"type": "text", "text": "Hi"}, {"type": "image_url", "image_url": {"url": IMAGE}}]
        message = self.ask(messages=[{"role": "user", "content": parts}]).choices[0].message
        assert message.content.endswith("(1 image)")

    def test_async(self) -> None:
        import litellm

        response = asyncio.run(
            litellm.acompletion(
                model="cohere_chat/m",
                messages=[{"role": "user", "content": "Hi"}],
                api_base=f"{os.environ['CO_API_URL']}/v2/chat",
            )
        )
        assert response.choices[0].message.content == SAID + "Hi"

    def test_bad_parameter(self) -> None:
        import litellm

        with pytest.raises(litellm.BadRequestError, match="temperature must be between"):
            self.ask(temperature=5)

    def test_wrong_key(self) -> None:
        import litellm

        with pytest.raises(litellm.AuthenticationError):
            self.ask(api_key="wrong")
