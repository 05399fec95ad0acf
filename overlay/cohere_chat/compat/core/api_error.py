"""`cohere.core.api_error`.

Belongs here: the import path of the base class of HTTP status errors. Not known here: the errors.
"""

from cohere_chat.compat.errors import ApiError as ApiError
