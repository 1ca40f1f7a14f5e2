"""Development gateway: prints the message where the server runs."""

import sys


def send(recipient, text):
    sys.stdout.write(f"SMS → {recipient}: {text}\n")
    sys.stdout.flush()
    return "console"
