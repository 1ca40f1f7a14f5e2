"""Every operation of the member API as its document names it, and a call of each that is well made."""

import json
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from portal.api import member_api
from tests.files import pdf_bytes

OPEN_TO_PERSONS = {"account", "save_account", "register_unit", "invitations", "accept_invitation", "decline_invitation"}
BEFORE_CERTIFICATION = OPEN_TO_PERSONS | {
    "me", "document", "people", "remove_colleague", "hand_over", "leave_seat", "sent_invitations", "invite",
    "revoke_invitation", "unit", "choices", "save_draft", "submit_unit", "withdraw_unit", "withdraw_change",
    "update_contact", "unit_documents", "upload_document", "bodies", "body", "apply", "withdraw_application",
    "update_branch_contact", "request_leave", "withdraw_leave",
}  # fmt: skip


def _operations():
    document = member_api.get_openapi_schema()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield operation["operationId"], method, path, operation, document["components"]["schemas"]


def _body(operation, schemas):
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        return "file" if content else None
    (example,) = schemas[content["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]]["examples"]
    return example


OPERATIONS = {name: (method, path, _body(operation, s)) for name, method, path, operation, s in _operations()}
WRITES = [name for name, (method, _path, _body) in OPERATIONS.items() if method != "get"]
WITH_IDS = [
    name
    for name, (_method, path, _body) in OPERATIONS.items()
    if "{" in path and not {"{slug}", "{kind}", "{standard_id}"} & set(path.split("/"))
]
IDS = {"slug": "quality", "kind": "business_license", "standard_id": 1}


def call(client, name, ids, headers=None):
    """The operation with the example of its document as the body, or with a file."""
    method, path, body = OPERATIONS[name]
    path = path.format(**dict.fromkeys(["file_id", "document_id"], uuid4()) | IDS | ids)
    if body == "file":
        file = SimpleUploadedFile("文件.pdf", pdf_bytes(), "application/pdf")
        return getattr(client, method)(path, {"file": file}, headers=headers)
    if body is None:
        return getattr(client, method)(path, headers=headers)
    return getattr(client, method)(path, json.dumps(body), content_type="application/json", headers=headers)
