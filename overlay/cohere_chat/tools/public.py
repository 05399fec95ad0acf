"""The public names of this package."""

from .citations import render_citations
from .functions import Tool, ToolLike, tool_arguments
from .images import image_content
from .loop import ToolResult, ToolResultEvent, ToolRun, ToolStep
from .runs import AsyncToolRunStream, ToolRunStream
from .structured import ParsedResponse, parse_response

__all__ = [
    "AsyncToolRunStream",
    "ParsedResponse",
    "Tool",
    "ToolLike",
    "ToolResult",
    "ToolResultEvent",
    "ToolRun",
    "ToolRunStream",
    "ToolStep",
    "image_content",
    "parse_response",
    "render_citations",
    "tool_arguments",
]
