"""What no request of any face may hold."""

from django.core.exceptions import BadRequest


class RefuseNulMiddleware:
    """Answer 400 to a query that holds the character NUL: PostgreSQL stores it in no text and fails on it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if any("\0" in value for _name, values in request.GET.lists() for value in values):
            raise BadRequest("NUL in the address")
