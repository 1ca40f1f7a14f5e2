"""Test gateway: keeps what was sent in `outbox`."""

outbox = []


def send(recipient, text, *, template="", variables=None):
    outbox.append((recipient, text))
    return f"memory-{len(outbox)}"
