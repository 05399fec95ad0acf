"""`cohere.core.api_error`.

Belongs here: the address of the base of all errors of a status. Not known here: the errors.
"""

from cohere_chat.compat.errors import ApiError as ApiError
