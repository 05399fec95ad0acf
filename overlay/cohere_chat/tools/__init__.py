"""Functions as tools and the runs that call them, JSON Schema, structured output, images, citations rendered."""
