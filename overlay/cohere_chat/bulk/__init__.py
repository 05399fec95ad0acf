"""Chat over a file or a dataset: bounded, within rate limits, resumable. Requires `cohere-chat[bulk]`.

from cohere_chat.bulk import run
summary = run("questions.jsonl", "answers.jsonl", model="command-a-03-2025", rpm=500)
"""

try:
    from .engine import BulkStopped, arun, run
    from .rows import BulkError
    from .summary import BulkSummary
except ImportError as error:
    raise ImportError(f"cohere_chat.bulk: {error}. pip install 'cohere-chat[bulk]'") from error

__all__ = ["BulkError", "BulkStopped", "BulkSummary", "arun", "run"]
