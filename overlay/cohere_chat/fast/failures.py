"""An exception of another library -> the one that httpx has for it.

Belongs here: what both transports do with an exception. Not known here: the libraries and their exceptions.
"""

import httpx

Table = list[tuple[type[BaseException], type[httpx.RequestError]]]  # the most specific first


def as_httpx(error: BaseException, table: Table) -> httpx.RequestError:
    """Returns httpx's exception for `error`: that of the first class in the table that matches.

    The tracebacks of `error` and the exceptions in its chain are removed: the variables of their frames hold the
    headers, and so the key.
    """
    below: BaseException | None = error
    while below is not None:
        below.__traceback__ = None
        below = below.__context__
    cls = next((cls for kind, cls in table if isinstance(error, kind)), httpx.RemoteProtocolError)
    return cls(str(error))
