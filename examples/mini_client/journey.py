"""The journey itself, step by step, as the guide tells it: 认证、分会、消息与回执、会费、发票."""

from examples.mini_client.client import new_key
from examples.mini_client.papers import blank_pdf, credit_code

PAPERS = ("business_license", "application_form", "commitment_letter")
YEARS = 3


class Journey:
    """One person with a portal. `solve` reads a captcha, `read_code` a text message, `wait` lets the office work.

    `solve(captcha)` gets what the portal says about the picture and returns its characters; `read_code(phone)` returns
    the code of the newest message; `wait(what, is_done)` returns when the office has done it. `tell` is called with a
    line for each step.
    """

    def __init__(self, portal, *, solve, read_code, wait, tell=print):
        self.portal, self.solve, self.read_code, self.wait, self.tell = portal, solve, read_code, wait, tell

    def run(self, phone, password, unit_name):
        """From nothing to the invoice; returns its files as {name: content}."""
        self.sign_up(phone, password)
        self.register(unit_name, phone)
        self.fill_in()
        self.hand_in()
        self.join_branch()
        self.wait("certified", lambda: self.portal.get("me")["unit"]["is_certified"])
        self.answer_messages()
        order = self.order_dues()
        self.prove(order)
        self.wait("invoiced", lambda: self.portal.get(f"orders/{order['number']}")["has_invoice"])
        return self.fetch_invoice(order)

    def sign_up(self, phone, password):
        """手机号 + 图形验证码 + 手机验证码."""
        captcha = self.portal.auth("GET", "captcha")["data"]
        answer = {"key": captcha["key"], "answer": self.solve(captcha)}
        body = {"phone": phone, "password": password, "agree": True, "captcha": answer}
        self.portal.auth("POST", "auth/signup", body, ok=(401,))
        self.portal.auth("POST", "auth/phone/verify", {"code": self.read_code(phone)})
        self.tell("已注册并登录")

    def register(self, name, phone):
        """The first facts: afterwards this person is the administrator of the unit."""
        facts = {
            "name": name,
            "uscc": credit_code(),
            "unit_type": "contractor",
            "province": "51",
            "legal_representative": "张三",
            "contact_name": "李四",
            "contact_phone": phone,
        }
        self.portal.write("PATCH", "account", {"name": "李四"})
        unit = self.portal.write("POST", "unit", facts)
        self.tell(f"单位已登记：{unit['name']}，{unit['state_label']}")

    def fill_in(self):
        """The rest of the facts, the papers, one certificate, until nothing is left to do."""
        unit = self.portal.get("unit")
        needed = [rule["kind"] for rule in unit["requirements"] if rule["needed"]]
        documents = {kind: self._paper(kind) for kind in PAPERS if kind in needed}
        category = next(each for each in self.portal.get("unit/choices")["categories"] if each["grades"])
        certificate = {
            "category": category["id"],
            "grade": category["grades"][0],
            "certificate_no": "D251000000",
            "issuer": "住房和城乡建设厅",
            "valid_until": "2099-12-31",
            "document": self._paper("qualification"),
        }
        change = {
            "version": unit["draft"]["version"],
            "facts": {"address": "示范路 1 号", "was_member_before": False},
            "documents": documents,
            "qualifications": [certificate] if "qualification" in needed else [],
        }
        unit = self.portal.write("PATCH", "unit/draft", change)
        for rest in unit["to_do"]:
            self.tell(f"待补充：{rest['label']}：{rest['words']}")
        self.tell("单位信息已填写")

    def hand_in(self):
        unit = self.portal.get("unit")
        unit = self.portal.write("POST", "unit/submit", {"version": unit["draft"]["version"]})
        self.tell(f"已提交认证申请 {unit['application']['reference']}")

    def join_branch(self):
        """The first branch that takes applications, with an answer to each of its questions."""
        rows = self.portal.every("bodies")
        slug = next(row["slug"] for row in rows if row["application"] and row["obstacle"] is None)
        body = self.portal.get(f"bodies/{slug}")
        answers = [{"question": each["id"], "value": _answer(each)} for each in body["questions"]]
        application = {"round": body["round"], **body["contact"], "answers": answers}
        body = self.portal.write("PUT", f"bodies/{slug}/application", application)
        self.tell(f"已申请加入{body['name']}：{body['state_label']}")

    def answer_messages(self):
        """Read what is new; return what is asked."""
        for row in list(self.portal.every("messages", state="unread")):
            message = self.portal.get(f"messages/{row['id']}")
            self.portal.write("POST", f"messages/{row['id']}/read")
            self.tell(f"已读：{message['title']}")
            if message["is_open"] and message["receipt_kind"] in {"deliberation", "attendance"}:
                self._return_receipt(message)

    def order_dues(self):
        """Three years, or as many as are offered. The order is sent twice under one key, and made once."""
        dues = self.portal.get("dues")
        offer = [each for each in dues["offers"] if each["years"] <= YEARS][-1]
        order = {"years": offer["years"], "amount": offer["amount"], "billing": dues["billing"]}
        order["billing"] |= {"invoice_kind": dues["invoice_kinds"][0]["value"], "email": "caiwu@example.com"}
        key = new_key()
        placed = self.portal.write("POST", "orders", order, key=key)
        again = self.portal.write("POST", "orders", order, key=key)
        if again["number"] != placed["number"]:
            raise AssertionError("one key, two orders")
        payee = placed["payee"]
        self.tell(f"订单 {placed['number']}：{placed['period']}，{placed['amount_in_words']}（{placed['amount']} 元）")
        self.tell(f"收款：{payee['account_name']} {payee['account_number']} {payee['bank_name']}")
        self.tell(f"转账附言码：{placed['remittance_code']}")
        return placed

    def prove(self, order):
        order = self.portal.upload(f"orders/{order['number']}/proof", "转账凭证.pdf", blank_pdf())
        self.tell(f"已上传转账凭证：{order['state_label']}")

    def fetch_invoice(self, order):
        invoice = self.portal.get(f"orders/{order['number']}")["invoice"]
        files = {file["name"]: self.portal.download(file["url"]) for file in invoice["files"]}
        self.tell(f"已下载发票 {invoice['number']}：{'、'.join(files)}")
        return files

    def _paper(self, kind):
        return self.portal.upload(f"unit/documents/{kind}", f"{kind}.pdf", blank_pdf())["id"]

    def _return_receipt(self, message):
        path = f"messages/{message['id']}/receipt"
        file = self.portal.upload(f"{path}/files", "回执.pdf", blank_pdf())
        receipt = {"document": file["id"]}
        if message["agenda"]:
            receipt["opinions"] = [
                {"item": item["id"], "choice": item["choices"][0]["value"]} for item in message["agenda"]
            ]
        else:
            receipt["attendees"] = [{"name": "李四", "position": "总工程师", "mobile": "13811138111"}]
        draft = {"version": 0, "receipt_version": message["receipt_version"], **receipt}
        self.portal.write("PUT", f"{path}/draft", draft)
        returned = self.portal.write("PUT", path, {"version": message["receipt_version"], **receipt})
        self.tell(f"已提交回执 {returned['number']}")


def _answer(question):
    """Something that fits."""
    if question["answer"]:
        return question["answer"]
    if question["type"] == "checkbox":
        return True
    if question["choices"]:
        first = question["choices"][0]
        return [first] if question["type"] in {"checkboxes", "multiselect"} else first
    fitting = {"number": "12", "date": "2026-01-01", "datetime": "2026-01-01 09:00", "email": "li@example.com"}
    return fitting.get(question["type"], "https://example.com" if question["type"] == "url" else "无")
