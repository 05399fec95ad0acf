"""`cohere.v2`."""

from . import client as client
from . import types as types
