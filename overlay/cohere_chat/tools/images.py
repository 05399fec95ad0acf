"""Images -> content parts.

Belongs here: reading a file, and checking that it is an image that the service takes. Not known here: messages.
"""

from __future__ import annotations

import base64
import os
import re
from pathlib import Path
from typing import Literal

from cohere_chat import types

MAX_IMAGE_BYTES = 20_000_000
_IMAGES = {rb"\x89PNG\r\n": "png", rb"\xff\xd8\xff": "jpeg", rb"RIFF....WEBP": "webp", rb"GIF8[79]a": "gif"}


def image_content(
    file: str | os.PathLike[str] | bytes | bytearray | memoryview,
    *,
    detail: Literal["auto", "low", "high"] | None = None,
) -> types.ImageUrlContent:
    """Returns a content part that holds an image as a data URI.

    file:   the path of a PNG, JPEG, WebP or GIF image, or its bytes; at most 20 MB (WIRE.md section 3).
    detail: how closely the model looks at it. `None` leaves the choice to the service.

    Raises ValueError if it is too large or not a PNG, JPEG, WebP or GIF image, and OSError if it cannot be read.
    """
    if isinstance(file, str) and re.match(r"(https?|data):", file):
        raise ValueError(f"{file[:60]!r} is a URL, not a file: use ImageUrlContent(ImageUrl(url))")
    named = f"the image {os.fspath(file)}" if isinstance(file, str | os.PathLike) else "the image"
    size = Path(file).stat().st_size if isinstance(file, str | os.PathLike) else memoryview(file).nbytes
    if size > MAX_IMAGE_BYTES:
        raise ValueError(f"{named} has {size:,} bytes: the limit for all images of a request is {MAX_IMAGE_BYTES:,}")
    data = Path(file).read_bytes() if isinstance(file, str | os.PathLike) else bytes(file)
    kind = next((kind for start, kind in _IMAGES.items() if re.match(start, data, re.DOTALL)), None)
    if kind is None:
        raise ValueError(f"{named} is not a PNG, JPEG, WebP or GIF image")
    url = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
    return types.ImageUrlContent(types.ImageUrl(url, detail=detail))
