"""`cohere.core.unchecked_base_model`.

Belongs here: the address of the base of all objects. Not known here: the objects.
"""

from cohere_chat.compat.objects import UncheckedBaseModel as UncheckedBaseModel
