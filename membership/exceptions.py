"""What a verb says when it may not happen now."""


class Refusal(Exception):
    """The rules forbid this verb at this moment; the message is a sentence that the user may read."""

    def __init__(self, message, *, code="refused"):
        self.message = message
        self.code = code
        super().__init__(message)

    def __str__(self):
        return str(self.message)
