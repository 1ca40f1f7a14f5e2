"""The journey on the command line: `python -m examples.mini_client --phone 13900009999`."""

import argparse
import re
import sys
from getpass import getpass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from examples.mini_client.client import Portal, Refused
from examples.mini_client.journey import Journey

OFFICE = {
    "certified": "请在协会后台审核并认证该单位，完成后按回车键继续：",
    "invoiced": "请在协会后台确认到账并登记发票，完成后按回车键继续：",
}


def main():
    asked = _arguments()
    portal = Portal(asked.base)
    journey = Journey(portal, solve=_solver(asked.base), read_code=_reader(asked.base), wait=_wait)
    password = asked.password or getpass("登录密码：")
    try:
        files = journey.run(asked.phone, password, asked.unit)
    except Refused as refused:
        for field, words in refused.errors.items():
            sys.stderr.write(f"{field}: {words}\n")
        sys.exit(f"{refused} ({refused.code})")
    for name, content in files.items():
        Path(asked.to, Path(name).name).write_bytes(content)


def _arguments():
    parser = argparse.ArgumentParser(description="会员之家接口示例：从注册到下载发票。")
    parser.add_argument("--base", default="http://127.0.0.1:8000", help="门户地址")
    parser.add_argument("--phone", required=True, help="尚未注册的手机号")
    parser.add_argument("--password", help="登录密码；不填则在运行时输入")
    parser.add_argument("--unit", default="接口示例建设有限公司", help="单位名称")
    parser.add_argument("--to", default=".", help="发票保存到哪个文件夹")
    return parser.parse_args()


def _solver(base):
    def solve(captcha):
        sys.stdout.write(f"请打开图形验证码：{urljoin(base, captcha['image_url'])}\n")
        return input("图中的字符：")

    return solve


def _reader(base):
    """The newest code: from the inbox of a demo, else from the person who holds the telephone."""

    def read_code(phone):
        connection = HTTPConnection(urlsplit(base).netloc, timeout=10)
        connection.request("GET", "/dev/inbox/")
        page = connection.getresponse().read().decode()
        connection.close()
        found = re.search(rf"{re.escape(phone)}.*?(?<!\d)(\d{{6}})(?!\d)", page, re.DOTALL)
        return found[1] if found else input("短信验证码：")

    return read_code if base.startswith("http://") else lambda phone: input("短信验证码：")


def _wait(what, is_done):
    while not is_done():
        input(OFFICE[what])


if __name__ == "__main__":
    main()
