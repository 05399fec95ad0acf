"""Structured output: the JSON Schema of a class is sent, and the answer is parsed into an object of the class."""

from dataclasses import dataclass

from cohere_chat import ChatClient, parse_response
from emulated import emulator_without_key


@dataclass
class Person:
    """A person who is mentioned."""

    name: str
    age: int


def main() -> None:
    """Prints a plain answer, a streamed one, and one that was cut off."""
    with ChatClient() as client:
        model, question = "command-a-03-2025", "Give JSON for Ada, who is 36."
        answer = client.chat_parsed(model=model, messages=[{"role": "user", "content": question}], response_type=Person)
        if answer.parsed:
            print(answer.parsed.name, answer.parsed.age)

        with client.chat_stream(
            model=model, messages=[{"role": "user", "content": question}], response_type=Person
        ) as stream:
            print(parse_response(stream.get_final_response(), Person).parsed)

        cut = client.chat_parsed(
            model=model, messages=[{"role": "user", "content": question}], response_type=Person, max_tokens=1
        )
        print(cut.parsed, cut.error, cut.response.text)


if __name__ == "__main__":
    with emulator_without_key():
        main()
