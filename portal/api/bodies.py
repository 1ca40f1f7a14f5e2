"""Reading what was sent, and only what the operation says it reads."""

from ninja.parser import Parser

from portal.api.problems import ProblemError


class StrictParser(Parser):
    """Another media type or a compressed body is a problem of its own (415), not a puzzle about missing fields."""

    def parse_body(self, request):
        _expect(request, "application/json")
        return super().parse_body(request)

    def parse_querydict(self, data, list_fields, request):
        if data is not request.GET:
            _expect(request, "multipart/form-data")
        return super().parse_querydict(data, list_fields, request)


def _expect(request, media_type):
    if request.content_type != media_type or request.headers.get("Content-Encoding", "identity") != "identity":
        raise ProblemError("unsupported_media_type")
