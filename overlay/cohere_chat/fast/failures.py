"""An exception of another library -> the one that httpx has for it.

Belongs here: what both transports do with an exception. Not known here: the libraries and their exceptions.
"""

import httpx

Table = list[tuple[type[BaseException], type[httpx.RequestError]]]  # the special ones first


def as_httpx(error: BaseException, table: Table) -> httpx.RequestError:
    """httpx's exception for `error`, by the first class of the table that it has.

    `error` and the exceptions below it lose their tracebacks: the variables of their frames have the headers, and so
    the key.
    """
    below: BaseException | None = error
    while below is not None:
        below.__traceback__ = None
        below = below.__context__
    cls = next((cls for kind, cls in table if isinstance(error, kind)), httpx.RemoteProtocolError)
    return cls(str(error))
