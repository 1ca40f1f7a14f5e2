"""What the figures were to be (design: P1 to P7, P12, P14), and whether they are.

Times are judged as they were seen. Beside them stands, for whoever reads, what they would be at the pace of the machine
for which the goals were set: it answered A1 so often a second.
"""

PACE = 4_587
GROWTH = 1.5
GROWING = {"P3": ("list_of_a2", "requests of the message list"), "P5": ("list_sql", "SQL of the message list")}
GROWING |= {"P5b": ("badges_sql", "SQL of the badges"), "P7": ("overview_sql", "SQL of the overview")}
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
    ("P5", "message list, SQL in all", "list_sql", "most", 1.5, "ms"),
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
    largest = dict(figures[-1])
    largest["badges_of_bare"] = largest["badges_sql"] / largest["badges_bare"]
    largest["deliver_of_bare"] = largest["deliver_ours"] / largest["deliver_bare"]
    found = [_verdict(*goal, largest[goal[2]], largest["a1_per_second"]) for goal in GOALS]
    return found + ([_growth(name, figures) for name in GROWING] if len(figures) > 1 else [])


def _verdict(figure, what, _key, bound, limit, unit, number, a1):
    met = number >= limit if bound == "least" else number <= limit
    words = f"{number:.2f} {unit} ({'≥' if bound == 'least' else '≤'} {limit} {unit})"
    words += f"; at pace {number * a1 / PACE:.2f} {unit}" if unit == "ms" else ""
    return {"figure": figure, "what": what, "met": met, "words": words}


def _growth(name, figures):
    """How much worse the worst size is than the smallest."""
    key, what = GROWING[name]
    numbers = [each[key] for each in figures]
    worst = numbers[0] / min(numbers) if key.endswith("_of_a2") else max(numbers) / numbers[0]
    words = f"{worst:.2f} × (≤ {GROWTH} ×): " + " → ".join(f"{number:.2f}" for number in numbers)
    return {"figure": "P14", "what": f"growth, {what}", "met": worst <= GROWTH, "words": words}
