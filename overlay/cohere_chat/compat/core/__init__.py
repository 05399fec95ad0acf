"""`cohere.core`: the names that code outside the official SDK imports from it."""

from cohere_chat.compat.objects import UncheckedBaseModel as UncheckedBaseModel

from .api_error import ApiError as ApiError
from .request_options import RequestOptions as RequestOptions
