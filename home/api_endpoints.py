"""What every endpoint of the content API has in common: who may ask what, how a refusal is told, filters."""

from rest_framework.filters import BaseFilterBackend
from rest_framework.renderers import JSONRenderer
from wagtail.api.v2.utils import BadRequestError
from wagtail.models import Page

from cms.models import NoticeCategory, NoticePage
from cms.searching import matching, words
from home.searching import TYPED_CHARACTERS, titles_first
from home.throttles import OpenThrottle

CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    429: "too_many_requests",
}
OFFSET_MAX = 1_000_000
FIELDS_MAX_CHARACTERS = 500  # the parameter nests; its parser calls itself for each level


class OpenEndpoint:
    """Read only, for anybody, without a session; what no database can be asked is refused in words."""

    authentication_classes = []
    http_method_names = ["get", "head"]
    renderer_classes = [JSONRenderer]
    throttle_classes = [OpenThrottle]
    known_query_parameters = frozenset(["limit", "offset", "fields", "order"])
    orders = ("id", "title")

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        self._refuse_what_no_database_can_ask(request.GET)

    def _refuse_what_no_database_can_ask(self, query):
        for name, value in query.items():
            if "\x00" in name or "\x00" in value:
                raise BadRequestError("null characters are not allowed")
        if len(query.get("fields", "")) > FIELDS_MAX_CHARACTERS:
            raise BadRequestError(f"fields cannot be longer than {FIELDS_MAX_CHARACTERS} characters")
        for name, most in (("offset", OFFSET_MAX), ("id", 2**63 - 1)):
            if name in query and not _is_number(query[name], most):
                raise BadRequestError(f"{name} must be a positive integer up to {most}")

    def handle_exception(self, exc):
        """Every refusal has the same two keys: a code that stays as it is, and words for whoever debugs."""
        response = super().handle_exception(exc)
        words = response.data.get("message") or response.data.get("detail")
        response.data = {"code": CODES[response.status_code], "message": str(words)}
        return response

    def check_query_parameters(self, queryset):
        unknown = set(self.request.GET) - self.known_query_parameters
        if unknown:
            raise BadRequestError(f"query parameter is not an operation: {', '.join(sorted(unknown))}")

    @classmethod
    def get_available_fields(cls, model, db_fields_only=False):
        """Only lists ask for fields of the database, to order by them; those are few and indexed or short."""
        return list(cls.orders) if db_fields_only else super().get_available_fields(model)

    @classmethod
    def get_detail_default_fields(cls, model):
        return cls.get_available_fields(model)


def _is_number(text, most):
    return text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= most


class CategoryFilter(BaseFilterBackend):
    """?category=announcement: notices of one category, by its slug."""

    def filter_queryset(self, request, queryset, view):
        slug = request.GET.get("category")
        if slug is None:
            return queryset
        category = NoticeCategory.objects.filter(slug=slug).first()
        if category is None:
            raise BadRequestError("category doesn't exist")
        return queryset.filter(pk__in=NoticePage.objects.filter(category=category).values("pk"))


class WordsFilter(BaseFilterBackend):
    """?search=会员大会: pages that hold every word, ordered as the site's own search unless `order` says otherwise."""

    def filter_queryset(self, request, queryset, view):
        text = request.GET.get("search")
        if text is None:
            return queryset
        if len(text) > TYPED_CHARACTERS or not words.asked(text):
            raise BadRequestError(f"search takes words of at most {TYPED_CHARACTERS} characters in all")
        found = queryset.filter(pk__in=matching(Page.objects.live(), text).values("pk"))
        return found if "order" in request.GET else titles_first(found, text)
