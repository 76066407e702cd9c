"""The typed body of a message."""

from typing import TypeVar

from shared.post.incoming import Incoming
from shared.wire.messages import Body

B = TypeVar("B", bound=Body)


class WrongBody(TypeError):
    """A handler was given a message of another type; this is a mistake in the program."""


def body_of(incoming: Incoming, kind: type[B]) -> B:
    """The body, known to be of `kind`. Raises WrongBody."""
    if not isinstance(incoming.body, kind):
        raise WrongBody("the handler and the type of the message do not fit")
    return incoming.body
