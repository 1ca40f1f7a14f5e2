"""Who can log in to the demo association: `seed_demo` makes them, `rundemo` prints them."""

from typing import NamedTuple


class DemoAccount(NamedTuple):
    """One login. `role` is a staff role's key, or the unit's name for the clerk of a member unit."""

    role: str
    phone: str
    name: str


DEMO_PASSWORD = "huiyuan-demo-2026"  # noqa: S105  printed on the console on purpose, on this machine only

DEMO_STAFF = [
    DemoAccount("editor", "13800000001", "王晓编"),
    DemoAccount("reviewer", "13800000002", "陈审核"),
    DemoAccount("finance", "13800000003", "刘财务"),
    DemoAccount("secretary_general", "13800000004", "周秘书长"),
    DemoAccount("secretary", "13800000005", "何秘书"),
    DemoAccount("administrator", "13800000009", "系统管理员"),
]
# The first unit is the guide's; the others are the named ones of the demo association.
DEMO_MEMBERS = [
    DemoAccount("示范建设集团有限公司", "13811138111", "李四"),
    DemoAccount("示范工程检测有限公司", "13811138112", "赵敏"),
    DemoAccount("示范监理咨询有限公司", "13811138113", "孙浩"),
    DemoAccount("示范建工（外省）有限公司", "13811138114", "吴桐"),
    DemoAccount("示范职业学院", "13811138115", "郑文"),
    DemoAccount("示范行业研究会", "13811138116", "冯岚"),
]
# Beside the owner of the first unit; and somebody whom its owner has invited and who has not answered yet.
DEMO_AGENT = DemoAccount("示范建设集团有限公司", "13811138121", "钱芳")
DEMO_INVITED = "13811138122"
DEMO_ACCOUNTS = [*DEMO_STAFF, *DEMO_MEMBERS, DEMO_AGENT]
