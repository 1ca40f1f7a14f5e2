"""What the tests of orders read from their pages."""

from bs4 import BeautifulSoup

LIST = "/portal/orders/"


def at(order, page=""):
    return f"{LIST}{order.number}/{page}"


def facts(page):
    return {row.dt.text: " ".join(row.dd.text.split()) for row in page.select("dl > div")}


def page_of(response):
    return BeautifulSoup(response.content, "html.parser")


def cells(page):
    return [[" ".join(cell.text.split()) for cell in row.select("th, td")] for row in page.select("tbody tr")]


def events(page):
    return [row.select_one(".story__title").text for row in page.select(".story li")]


def content_of(response):
    return b"".join(response.streaming_content)
