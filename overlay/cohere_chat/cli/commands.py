"""The commands of `cohere-chat` and their options.

Belongs here: the command line. Not known here: what a command does, which request parameters there are.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from attrs import evolve

from cohere_chat import __version__

from .asking import Question, UsageError, ask, exiting, fail, read_prompt, read_schema
from .options import parameters

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Chat with Cohere's models. Set CO_API_KEY to your key, or run `cohere-chat serve` to try it without one.",
    epilog="Exit codes: 0; 1 the call failed; 2 wrong usage or no key; 130 after Ctrl-C.",
)
Model = Annotated[str, typer.Option("-m", "--model", envvar="COHERE_CHAT_MODEL", help="The model.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show a traceback if the command fails.")]
MODEL = "command-a-03-2025"


def _version(wanted: bool) -> None:
    if wanted:
        print(f"cohere-chat {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Show the version.")
    ] = False,
) -> None:
    pass


def with_parameters(command: Callable[..., None]) -> Callable[..., None]:
    """Adds the request parameters to the options of a command, which receives them as keywords."""
    own = inspect.signature(command, eval_str=True)
    kept = [one for one in own.parameters.values() if one.kind is not inspect.Parameter.VAR_KEYWORD]
    every = [*(one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in kept), *parameters()]
    vars(command).update(
        __signature__=own.replace(parameters=every), __annotations__={one.name: one.annotation for one in every}
    )
    return command


def _chosen(given: dict[str, Any]) -> dict[str, Any]:  # Any: as ChatParams
    return {name: value for name, value in given.items() if value is not None}


@app.command(name="ask")
@with_parameters
def ask_command(
    prompt: Annotated[
        str | None, typer.Argument(help="The prompt. Piped text is appended to it; `-` is stdin alone.")
    ] = None,
    model: Model = MODEL,
    system: Annotated[str | None, typer.Option(help="The system message.")] = None,
    document: Annotated[list[Path] | None, typer.Option(help="A text file that the answer can cite.")] = None,
    image: Annotated[list[Path] | None, typer.Option(help="A PNG, JPEG, WebP or GIF file.")] = None,
    schema: Annotated[Path | None, typer.Option(help="A file with a JSON Schema. The answer is JSON.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole response as JSON.")] = False,
    stream: Annotated[bool, typer.Option("--stream/--no-stream", help="Print the answer while it arrives.")] = True,
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Print model, tokens, request id, time on stderr.")
    ] = False,
    debug: Debug = False,
    **given: Any,  # Any: as ChatParams
) -> None:
    """Ask a question and print the answer."""
    with exiting(debug=debug):
        chosen = _chosen(given)
        if schema is not None:
            chosen["response_format"] = read_schema(schema)
        question = Question(read_prompt(prompt), model, system, parameters=chosen, as_json=as_json, verbose=verbose)
        ask(evolve(question, documents=document or (), images=image or (), stream=stream, markdown=schema is None))


@app.command(name="repl")
@with_parameters
def repl_command(
    model: Model = MODEL,
    system: Annotated[str | None, typer.Option(help="The system message.")] = None,
    debug: Debug = False,
    **given: Any,  # Any: as ChatParams
) -> None:
    """Hold a conversation. /help lists the commands; Ctrl-C ends an answer, Ctrl-D leaves."""
    from .repl import Conversation, converse

    with exiting(debug=debug):
        chosen = _chosen(given)
        converse(Conversation(model, system, chosen))


@app.command(name="bulk")
@with_parameters
def bulk_command(
    input_file: Annotated[Path, typer.Argument(metavar="IN", help="A .jsonl or .parquet file with a row per request.")],
    output: Annotated[Path, typer.Argument(metavar="OUT", help="A .jsonl or .parquet file. Run again to resume.")],
    model: Model = MODEL,
    template: Annotated[Path | None, typer.Option(help="A file with a prompt; {field} is a field of the row.")] = None,
    id_field: Annotated[str, typer.Option(help="The field with the id of a row.")] = "id",
    concurrency: Annotated[int, typer.Option(min=1, help="Requests under way at once.")] = 32,
    rpm: Annotated[float | None, typer.Option(min=1, help="The account's requests per minute.")] = None,
    tpm: Annotated[float | None, typer.Option(min=1, help="The account's tokens per minute.")] = None,
    max_attempts: Annotated[int, typer.Option(min=1, help="How often a row is asked after server errors.")] = 5,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Ask rows again that failed before.")] = False,
    ordered: Annotated[bool, typer.Option("--ordered", help="Sort the output by the order of the input.")] = False,
    price_in: Annotated[float, typer.Option(min=0, help="The price of a million input tokens.")] = 0,
    price_out: Annotated[float, typer.Option(min=0, help="The price of a million output tokens.")] = 0,
    dry_run: Annotated[int | None, typer.Option(min=1, help="Ask N rows, and estimate cost and time of all.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON, without a bar.")] = False,
    debug: Debug = False,
    **given: Any,  # Any: as ChatParams
) -> None:
    """Send a request for each row of a file. Exit codes: 0; 1 rows failed; 3 account refused; 4 disk full."""
    from .bulk import Job, do

    with exiting(debug=debug):
        options = {"id_field": id_field, "concurrency": concurrency, "rpm": rpm, "tpm": tpm, "model": model}
        options |= {"max_attempts": max_attempts, "retry_failed": retry_failed, "ordered": ordered}
        options |= _chosen(given)
        options.pop("max_retries", None)
        prices = (price_in, price_out) if price_in or price_out else None
        sys.exit(do(Job(input_file, output, template, prices, dry_run, as_json, options)))


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 selects any free one.")] = 0,
    models: Annotated[list[str] | None, typer.Option("--model", help="A model to serve. Default: any.")] = None,
    api_key: Annotated[str | None, typer.Option(help="The only valid API key. Default: any.")] = None,
    debug: Debug = False,
) -> None:
    """Run the emulator until Ctrl-C, to try a program without a key. It is not a model."""
    with exiting(debug=debug):
        try:
            from cohere_chat.testing.serving import serve as run_emulator
        except ImportError as error:
            fail(2, error)
        try:
            run_emulator(port, models=models, api_key=api_key)
        except (SystemExit, PermissionError):  # werkzeug has said that the port is in use
            raise UsageError(f"port {port} cannot be used: choose another one with --port") from None


def run() -> None:
    """Runs the command that the arguments name."""
    app(prog_name="cohere-chat")
