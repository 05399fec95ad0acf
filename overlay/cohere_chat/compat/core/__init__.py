"""`cohere.core`: what code outside of the official SDK takes from it."""

from cohere_chat.compat.objects import UncheckedBaseModel as UncheckedBaseModel

from .api_error import ApiError as ApiError
from .request_options import RequestOptions as RequestOptions
