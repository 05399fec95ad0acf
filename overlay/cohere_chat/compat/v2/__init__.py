"""`cohere.v2`."""
