"""`cohere.core.unchecked_base_model`.

Belongs here: the import path of the base class of all objects. Not known here: the objects.
"""

from cohere_chat.compat.objects import UncheckedBaseModel as UncheckedBaseModel
