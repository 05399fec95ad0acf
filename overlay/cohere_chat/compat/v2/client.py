"""`cohere.v2.client`.

Belongs here: the marker for an argument that is not given; other names for the clients. Not known here: what they do.
"""

from typing import Any

from cohere_chat.compat.client import AsyncClientV2 as AsyncV2Client
from cohere_chat.compat.client import ClientV2 as V2Client

__all__ = ["OMIT", "AsyncV2Client", "V2Client"]

OMIT: Any = ...  # Any: it stands for a value of any type
