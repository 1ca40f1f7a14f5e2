"""The member API as a ninja API: what every operation has in common is said once, here, and stands in its document."""

from functools import cached_property

from ninja import NinjaAPI

from portal.api.problems import MEDIA_TYPE, Problem
from portal.api.repeats import HEADER, REPLAYED

BINARY = {"schema": {"type": "string", "format": "binary"}}
REFERENCE = {"$ref": f"#/components/schemas/{Problem.__name__}"}
KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Chosen by the program, new for each thing to be done. Sent again within 24 hours with the same "
    f"request, it is answered as the first time (`{REPLAYED}: true`) and nothing is done twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]{1,100}$"},
    "example": "6f6c1f3e-0c3b-4b0a-9a60-1f2f0d6f5b11",
}
KNOWN = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "`ETag` of the answer that the program has already: where nothing has changed, 304 without a body.",
    "schema": {"type": "string", "pattern": '^"[0-9a-f]{32,64}"$'},
    "example": '"0c6f2b1d3a4e5f60718293a4b5c6d7e8"',
}
LIMITED = {"description": "Asked too often. `Retry-After` says how many seconds to wait.", "of": "429"}
REFUSED = {"description": "The rules forbid it now; `code` says why.", "of": "409"}
MISUSED = {"description": "`key_reused`, `malformed` or `invalid`: `errors` names the entries.", "of": "422"}


class MemberAPI(NinjaAPI):
    """Problems have a media type of their own; writes take a key, reads a tag, and all of them have limits."""

    @cached_property
    def document(self):
        """The OpenAPI document, made once in each process: it takes a second, and anybody may ask for it."""
        document = super().get_openapi_schema()
        for methods in document["paths"].values():
            for method, operation in methods.items():
                _complete(method, operation, self.renderer.media_type)
        return document

    def get_openapi_schema(self, **_places):
        """The document; no place in its address has a parameter, so it is the same for all of them."""
        return self.document


def _complete(method, operation, media_type):
    responses = operation["responses"]
    for status, response in responses.items():
        if int(status) >= 400:
            response["content"] = {MEDIA_TYPE: response["content"].pop(media_type)}
    parameters = operation.setdefault("parameters", [])
    if method == "get":
        parameters.append(KNOWN)
        responses[304] = {"description": "Not modified since the answer that `If-None-Match` names."}
    else:
        parameters.append(KEY)
        _add(responses, REFUSED)
        _add(responses, MISUSED)
    _add(responses, LIMITED)


def _add(responses, problem):
    content = {MEDIA_TYPE: {"schema": REFERENCE}}
    responses.setdefault(int(problem["of"]), {"description": problem["description"], "content": content})


def download(description):
    """For the OpenAPI document: an operation that answers with a file."""
    return {"responses": {200: {"description": description, "content": {"*/*": BINARY}}}}


def example(value):
    """For a schema: one example of it."""
    return {"examples": [value]}
