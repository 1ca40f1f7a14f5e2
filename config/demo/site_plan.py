"""How a page of the demo's open site is put on paper: its plan, and the blocks that only open pages have."""

from dataclasses import dataclass, field


@dataclass
class PagePlan:
    """One page: its type, its words, the days since it came out. `below` are the pages under it."""

    model: type
    slug: str
    title: str
    published: int = 200
    summary: str = ""
    body: list = field(default_factory=list)
    in_menu: bool = False
    picture: tuple = ()  # title, sky, seed: see `pictures.picture`
    files: list = field(default_factory=list)  # (group, FilePlan, note)
    facts: dict = field(default_factory=dict)  # what only this type of page has
    below: list = field(default_factory=list)


def steps(*pairs):
    """Steps of (title, text)."""
    return ("steps", [{"title": title, "text": f"<p>{text}</p>"} for title, text in pairs])


def people(*rows):
    """People of (name, position, unit)."""
    return ("people", [{"name": name, "position": position, "note": note} for name, position, note in rows])


def questions(*pairs):
    """Questions of (question, answer)."""
    return ("questions", [{"question": question, "answer": f"<p>{answer}</p>"} for question, answer in pairs])


def link(label, address="", page=None, note="", **more):
    return {"label": label, "note": note, "page": page, "address": address, **more}


def links(*pairs):
    """Buttons of (label, address)."""
    return ("links", {"links": [link(label, address) for label, address in pairs]})


CONTACT = ("contact", None)
