"""Functions as tools: the model requests calls, they are run, and the answer cites their results."""

from typing import Annotated, Literal

from cohere_chat import ChatClient, ToolResultEvent, UserMessage, render_citations
from emulated import emulator_without_key

MODEL = "command-a-03-2025"


def weather(
    city: Annotated[Literal["Rome", "Oslo"], "a city that the service knows"], days: int = 1
) -> list[dict[str, str]]:
    """Returns the weather forecast for a city."""
    return [{"day": str(day), "forecast": f"Sunny in {city}."} for day in range(days)]


def main() -> None:
    """Runs the tools once without streaming, and once with streaming."""
    with ChatClient() as client:
        question = UserMessage("How is the weather in Rome?")
        run = client.run_tools(model=MODEL, messages=[question], tools=[weather])
        print(render_citations(run.response))

        messages = [*run.messages, UserMessage("And the weather in Oslo?")]
        with client.run_tools_stream(model=MODEL, messages=messages, tools=[weather]) as stream:
            for event in stream:
                if isinstance(event, ToolResultEvent):
                    print(f"\n{event.result.call.function.name} gave {event.result.value}")
                elif event.type == "content-delta":
                    print(event.delta.message.content.text, end="", flush=True)
        print()


if __name__ == "__main__":
    with emulator_without_key():
        main()
