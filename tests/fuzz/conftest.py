"""How many posts each form took and what was wrong with the answers, added up over all processes at the end."""

from collections import Counter

COLUMNS = ["server errors", "lost values", "English words", "no words", "raw markup"]
_counted = {}


def pytest_runtest_logreport(report):
    for name, found in report.user_properties if report.when == "teardown" else ():
        if name == "fuzz":
            form, posts, refused, faults = found
            _counted.setdefault(form, Counter()).update({"posts": posts, "refused": refused, **faults})


def pytest_terminal_summary(terminalreporter):
    if not _counted:
        return
    terminalreporter.section("posts to forms and what was wrong with the answers")
    terminalreporter.write_line(f"{'':28}" + "".join(f"{name:>15}" for name in ["posts", "refused", *COLUMNS]))
    lines = [*sorted(_counted.items()), ("in all", sum(_counted.values(), Counter()))]
    for form, counted in lines:
        figures = "".join(f"{counted[name]:15,}" for name in ["posts", "refused", *COLUMNS])
        terminalreporter.write_line(f"{form:28}{figures}")
