"""The member API as a ninja API, with problems under their own media type in its OpenAPI document."""

from ninja import NinjaAPI

from portal.api.problems import MEDIA_TYPE

BINARY = {"schema": {"type": "string", "format": "binary"}}


class MemberAPI(NinjaAPI):
    def get_openapi_schema(self, **kwargs):
        document = super().get_openapi_schema(**kwargs)
        for operations in document["paths"].values():
            for operation in operations.values():
                for status, response in operation["responses"].items():
                    if status >= 400:
                        response["content"] = {MEDIA_TYPE: response["content"].pop(self.renderer.media_type)}
        return document


def download(description):
    """For the OpenAPI document: an operation that answers with a file."""
    return {"responses": {200: {"description": description, "content": {"application/octet-stream": BINARY}}}}
