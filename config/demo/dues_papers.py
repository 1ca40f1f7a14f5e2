"""What comes to the demo's finance office on paper: a statement of the bank, and the invoices of paid orders."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from config.demo.files import printed_text
from config.demo.units import named_units
from membership.dues import actions
from membership.dues.amounts import in_figures
from membership.dues.models import DuesOrder
from membership.jobs.actions import run_job
from membership.units.states import Duty

HEAD = ["交易日期", "交易流水号", "对方户名", "对方账号", "摘要", "附言", "收入金额", "支出金额"]
DISTRICT = "265100000000"  # with which the invented numbers of invoices begin
WAITING = 2  # orders paid by hand that still wait for their invoice
WIDE = str.maketrans({code: code + 0xFEE0 for code in range(0x21, 0x7F)})  # full width, as banks print
TWICE = "重复汇款"


class Cashier:
    """Books the demo's bank statement and enters its invoices for one person of the finance department."""

    def __init__(self, finance, today):
        self.finance, self.today = finance, today

    def clear_the_desk(self):
        """Invoices for what was paid by hand, then the statement: what it pays waits for its invoices."""
        paid = list(DuesOrder.objects.paid().select_related("unit").order_by("pk"))
        invoices = [self._issue(order, number) for number, order in enumerate(paid[:-WAITING], start=1)]
        self._ask_for_another(invoices[1])
        self._replace(invoices[2], len(invoices) + 1)
        self._book_statement()

    def _issue(self, order, number):
        facts = self._invoice(order, number)
        return actions.issue_invoice(order, by=self.finance, kind=order.invoice_kind, **facts)

    def _invoice(self, order, number, title=""):
        """Number, day and the one file of an invented invoice."""
        number, day = f"{DISTRICT}{number:08d}", min(order.paid_on + timedelta(days=2), self.today)
        lines = [
            f"发票号码：{number}",
            f"开票日期：{day:%Y-%m-%d}",
            f"购买方：{title or order.invoice_title}　统一社会信用代码：{order.tax_no}",
            f"项目名称：会费（{order.period}）",
            f"价税合计：¥{in_figures(order.amount)}（{order.amount_in_words}）",
            "本文件为演示样张，不作报销凭证。",
        ]
        content = printed_text("电子发票（普通发票）", lines)
        upload = SimpleUploadedFile(f"{order.number}_{number}.pdf", content, "application/pdf")
        document = actions.store_invoice_file(upload, order, by=self.finance)
        return {"number": number, "issued_on": day, "files": [document]}

    def _ask_for_another(self, invoice):
        owner = invoice.order.unit.seats.get(duty=Duty.OWNER).user
        actions.request_reissue(invoice, by=owner, reason="抬头需改为集团总部名称，请协助换开")

    def _replace(self, invoice, number):
        facts = self._invoice(invoice.order, number + 1, title=invoice.title)
        red_number = f"{DISTRICT}{number:08d}"
        chosen = {"reason": "税号填写有误", "red_number": red_number, "kind": invoice.kind}
        actions.replace_invoice(invoice, by=self.finance, **chosen, **facts)

    def _book_statement(self):
        """Two transfers with their code, one without, one with too little, one twice, one of a stranger, and a fee."""
        guide, day = named_units()[0].facts["uscc"], self.today - timedelta(days=1)
        waiting = DuesOrder.objects.open().exclude(unit__uscc=guide).order_by("pk")
        sure, wide, plain, short = waiting[:4]
        spaced = " ".join(wide.printed_code.translate(WIDE))
        rows = [
            self._credit(sure, f"会费 {sure.printed_code}"),
            self._credit(wide, f"缴纳会费{spaced}"),
            self._credit(plain, "缴纳协会会费"),
            self._credit(short, f"会费{short.printed_code}", amount=short.amount - 500),
            self._row("示范市利民商贸有限公司", "6222 0000 0000 9001", "培训资料费", amount=Decimal(800)),
            self._row(sure.payer_name, f"6222 0000 0001 {sure.pk:04d}", TWICE, amount=Decimal(300)),
            self._row("示范银行", "", "账户管理费", fee=Decimal(50)),
        ]
        table = io.StringIO()
        numbered = [[day, f"{day:%Y%m%d}{place:06d}", *row] for place, row in enumerate(rows, start=1)]
        csv.writer(table).writerows([HEAD, *numbered])
        name = f"示范银行交易明细_{self.today:%Y%m%d}.csv"
        upload = SimpleUploadedFile(name, table.getvalue().encode("gb18030"), "text/csv")
        statement = actions.upload_statement(upload, by=self.finance)
        run_job.call(statement.job_id)
        statement.refresh_from_db()
        actions.confirm_statement(statement, by=self.finance)
        run_job.call(statement.job_id)
        for order in (sure, wide):
            actions.tell_paid(order)
        self._pay_back(statement.entries.with_booked().get(memo__contains=TWICE), sure)

    def _pay_back(self, entry, order):
        """What came twice has gone back to the payer."""
        transfer = actions.Transfer(
            entry.rest,
            paid_on=self.today,
            payee=entry.payer_name,
            account=entry.payer_account,
            reason="重复汇款，原路退回",
        )
        actions.refund_credit(entry, transfer, by=self.finance, rest=entry.rest, order=order)

    def _credit(self, order, note, amount=None):
        return self._row(order.payer_name, f"6222 0000 0001 {order.pk:04d}", note, amount=amount or order.amount)

    @staticmethod
    def _row(payer, account, note, *, amount=None, fee=None):
        sums = [in_figures(each) if each else "" for each in (amount, fee)]
        return [payer, account, "转账", note, *sums]
