"""Who somebody is: with these two queries every page of a logged-in person begins, so they are prepared.

Settings name them: `SessionStore` by this module (`SESSION_ENGINE`), `AuthenticationBackend` by its path.
"""

from allauth.account.auth_backends import AuthenticationBackend as AllauthBackend
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from membership.prepared import Prepared


@Prepared
def _sessions(*, key):
    return Session.objects.filter(session_key=key)


@Prepared
def _users(*, pk):
    return get_user_model().objects.filter(pk=pk)


class SessionStore(db.SessionStore):
    """Django's sessions in the database."""

    def _get_session_from_db(self):
        found = _sessions(key=self.session_key)
        if found and found[0].expire_date > timezone.now():
            return found[0]
        self._session_key = None
        return None


class AuthenticationBackend(AllauthBackend):
    """Allauth's, by number and password."""

    def get_user(self, user_id):
        user = next(iter(_users(pk=user_id)), None)
        return user if user and self.user_can_authenticate(user) else None
