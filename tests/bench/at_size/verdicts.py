"""What the figures were to be (design: P3 to P7, P12, P14), and whether they are.

Machines differ, and one machine from hour to hour. Shares and ratios of one run do not mind. Times are told as they
were seen, and judged at the pace of the machine for which the goals were set: it answered A1 so often a second.
"""

PACE = 4_587
GROWTH = 1.5
GROWING = {"P3": ("list_of_a2", "message list, share of A2"), "P5": ("list_sql", "SQL of the message list")}
GROWING |= {"P5b": ("badges_of_bare", "badges, of the bare SQL"), "P7": ("overview_sql", "SQL of the overview")}
GROWING |= {"P7b": ("board_sql", "SQL of the board")}
# (figure, what, key, least or most, limit, unit)
GOALS = [
    ("P1", "open notice, kept whole, share of A1", "open_kept_of_a1", "least", 0.75, ""),
    ("P2", "open notice, drawn anew, share of A2", "open_of_a2", "least", 0.30, ""),
    ("P2", "open notice, drawn anew, queries", "open_queries", "most", 6, ""),
    ("P3", "message list, share of A2", "list_of_a2", "least", 0.35, ""),
    ("P3", "message list, p99", "list_p99", "most", 60, "ms"),
    ("P3", "message list, queries", "list_queries", "most", 8, ""),
    ("P4", "message with its receipt form, share of A2", "detail_of_a2", "least", 0.30, ""),
    ("P4", "message with its receipt form, queries", "detail_queries", "most", 11, ""),
    ("P5", "badges, of the bare SQL", "badges_of_bare", "most", 2, "×"),
    ("P5", "message list, SQL beyond session and user", "list_sql", "most", 1.5, "ms"),
    ("P6", "deliver by three kinds of rules, of the bare INSERT … SELECT", "deliver_of_bare", "most", 3, "×"),
    ("P6", "the editor's click", "deliver_click", "most", 2_000, "ms"),
    ("P7", "overview, SQL", "overview_sql", "most", 100, "ms"),
    ("P7", "overview, page", "overview_wall", "most", 300, "ms"),
    ("P7", "chase board of a notice, SQL", "board_sql", "most", 100, "ms"),
    ("P7", "chase board of a notice, page", "board_wall", "most", 300, "ms"),
    ("P12", "search of a Chinese word, SQL in all", "search_sql", "most", 30, "ms"),
]


def verdicts(figures):
    """[{figure, what, met, words}] by the figures of every size, the largest last."""
    figures = [each | {"badges_of_bare": each["badges_sql"] / each["badges_bare"]} for each in figures]
    largest = figures[-1] | {"deliver_of_bare": figures[-1]["deliver_ours"] / figures[-1]["deliver_bare"]}
    found = [_verdict(*goal, largest[goal[2]], largest) for goal in GOALS]
    return found + ([_growth(name, figures) for name in GROWING] if len(figures) > 1 else [])


def _at_pace(milliseconds, size):
    """What the machine of the goals would have needed."""
    return milliseconds * size["a1_per_second"] / PACE


def _verdict(figure, what, _key, bound, limit, unit, number, size):
    judged = _at_pace(number, size) if unit == "ms" else number
    met = judged >= limit if bound == "least" else judged <= limit
    seen = f"{number:.2f} {unit}" + (f", at pace {judged:.2f} {unit}" if unit == "ms" else "")
    words = f"{seen} ({'≥' if bound == 'least' else '≤'} {limit} {unit})"
    return {"figure": figure, "what": what, "met": met, "words": words}


def _growth(name, figures):
    """How much worse the worst size is than the smallest."""
    key, what = GROWING[name]
    numbers = [_at_pace(each[key], each) if key.endswith("_sql") else each[key] for each in figures]
    worst = numbers[0] / min(numbers) if key.endswith("_of_a2") else max(numbers) / numbers[0]
    words = f"{worst:.2f} × (≤ {GROWTH} ×): " + " → ".join(f"{number:.2f}" for number in numbers)
    return {"figure": "P14", "what": f"growth, {what}", "met": worst <= GROWTH, "words": words}
