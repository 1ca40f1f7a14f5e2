"""Variables that no table may hold readably (codes): sealed with the secret key of the site until they are sent."""

import base64
import hashlib
import json

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def seal(variables):
    """The variables as text that only this site can read."""
    return _cipher().encrypt(json.dumps(variables).encode()).decode() if variables else ""


def unseal(text):
    """The variables that were sealed; raises cryptography.fernet.InvalidToken for what this site has not written."""
    return json.loads(_cipher().decrypt(text.encode())) if text else {}


def _cipher():
    """The first key seals; earlier ones still read, or a new key would take every second factor away."""
    return MultiFernet([Fernet(_key(secret)) for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]])


def _key(secret):
    return base64.urlsafe_b64encode(hashlib.sha256(f"membership.messaging.seal {secret}".encode()).digest())
