"""`python -m cohere_chat`: the command `cohere-chat`."""

from cohere_chat.cli import main

main()
