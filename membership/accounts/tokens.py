"""The session token of an app: it is the key of a session, and dies with it."""

from allauth.core.internal.sessionkit import get_session_user
from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError

from membership.accounts.sessions import is_over, keep_alive


class TokenStrategy(SessionTokenStrategy):
    """Sessions of tokens live under the rules that the middleware applies to those of cookies."""

    def lookup_session(self, session_token):
        """The session, or None when it has ended: by time, logout, another password or number, a closed account."""
        session = super().lookup_session(session_token) if session_token.isascii() and session_token.isalnum() else None
        if session is None or SESSION_KEY not in session:
            return session
        user = get_session_user(session)
        if user is None or is_over(session, is_staff=user.is_staff):
            session.flush()
            return None
        if keep_alive(session):
            try:
                session.save()
            except UpdateError:  # ended at this very moment
                return None
        return session
