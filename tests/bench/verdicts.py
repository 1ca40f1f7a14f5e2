"""What the figures were to be (design: P1 to P18), and whether they are.

Times are judged as they were seen. Beside them stands, for whoever reads, what they would be at the pace of the machine
for which the goals were set: it answered A1 so often a second.
"""

PACE = 4_587
BAKERYDEMO = 65 / 871  # the blog page of Wagtail's bakerydemo, uncached, as a share of A2 on that machine
OF_NETWORK = {"P16", "P17"}  # times that hang on it, not on the pace of the machine alone
GROWTH = 1.5
GROWING = {"P3": ("list_of_a2", "requests of the message list"), "P5": ("list_sql", "SQL of the message list")}
GROWING |= {"P5b": ("badges_sql", "SQL of the badges"), "P7": ("overview_sql", "SQL of the overview")}
GROWING |= {"P7b": ("board_sql", "SQL of the board")}
# (figure, what, key, least or most, limit, unit)
GOALS = [
    ("P1", "open notice, kept whole, share of A1", "open_kept_of_a1", "least", 0.75, ""),
    ("P1", "open notice, kept whole, of A2 (40 × bakerydemo)", "open_kept_of_a2", "least", 40 * BAKERYDEMO, ""),
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
    ("P8", "register of units, of Wagtail's own listing", "register_of_wagtail", "least", 1, "×"),
    ("P8", "queue of reviews, of Wagtail's own listing", "queue_of_wagtail", "least", 1, "×"),
    ("P8", "list of orders, of Wagtail's own listing", "orders_of_wagtail", "least", 1, "×"),
    ("P8", "register of units, more queries for many rows than for one", "register_more_queries", "most", 0, ""),
    ("P8", "queue of reviews, more queries for many rows than for one", "queue_more_queries", "most", 0, ""),
    ("P8", "list of orders, more queries for many rows than for one", "orders_more_queries", "most", 0, ""),
    ("P9", "receipts as a workbook", "workbook_s", "most", 8, "s"),
    ("P9", "receipts as a workbook, peak of the process", "workbook_mb", "most", 300, "MB"),
    ("P9", "ZIP of the uploads", "bundle_s", "most", 8, "s"),
    ("P9", "ZIP of the uploads, peak of the process", "bundle_mb", "most", 300, "MB"),
    ("P10", "bank statement: upload, reading, booking", "bank_s", "most", 10, "s"),
    ("P10", "bank statement, queries more for each further row", "bank_queries_by_row", "most", 0.1, ""),
    ("P11", "import of units: upload, dry run, write", "import_s", "most", 60, "s"),
    ("P11", "import of units, peak of the process", "import_mb", "most", 400, "MB"),
    ("P12", "search of a Chinese word, SQL in all", "search_sql", "most", 30, "ms"),
    ("P13", "member API, message list, share of A2", "api_of_a2", "least", 0.45, ""),
    ("P15", "web worker, peak after all requests", "worker_mb", "most", 250, "MB"),
    ("P15", "web worker, growth after the warm-up", "worker_growth", "most", 10, "%"),
    ("P16", "message list, first visit", "weight_first", "most", 150, "KB"),
    ("P16", "message list, repeated", "weight_repeat", "most", 15, "KB"),
    ("P16", "message list, requests that leave the host", "weight_strangers", "most", 0, ""),
    ("P16", "message list, largest paint on a slow phone", "lcp_s", "most", 1.5, "s"),
    ("P17", "make run from a fresh clone until home answers", "run_s", "most", 180, "s"),
    ("P18", "tests on SQLite", "test_sqlite_s", "most", 300, "s"),
    ("P18", "tests on PostgreSQL", "test_postgres_s", "most", 360, "s"),
]
FIGURES = [f"P{number}" for number in range(1, 19)]


def verdicts(figures, sizes, chosen=FIGURES, reasons=None):
    """[{figure, what, met, words}] of the chosen figures.

    `figures` holds all of the largest size, `sizes` those of every size, the largest last; `reasons` says by figure why
    one is missing. What is missing counts as missed.
    """
    reasons = reasons or {}
    found = [_verdict(goal, figures, reasons) for goal in GOALS]
    found += [_growth(name, sizes, reasons) for name in GROWING]
    return sorted((line for line in found if line["figure"] in chosen), key=lambda line: int(line["figure"][1:]))


def _verdict(goal, figures, reasons):
    figure, what, key, bound, limit, unit = goal
    sign = "≥" if bound == "least" else "≤"
    if key not in figures:
        return _missing(figure, what, f"({sign} {limit:.4g} {unit})", reasons)
    number = figures[key]
    met = number >= limit if bound == "least" else number <= limit
    words = f"{number:.2f} {unit} ({sign} {limit:.4g} {unit})"
    if unit in {"ms", "s"} and figure not in OF_NETWORK and "a1_per_second" in figures:
        words += f"; at pace {number * figures['a1_per_second'] / PACE:.2f} {unit}"
    return {"figure": figure, "what": what, "met": met, "words": words}


def _missing(figure, what, goal, reasons):
    reason = reasons.get(figure, "nothing was told")
    return {"figure": figure, "what": what, "met": False, "words": f"not measured {goal}: {reason}"}


def _growth(name, sizes, reasons):
    """How much worse the worst size is than the smallest."""
    key, what = GROWING[name]
    what, goal = f"growth, {what}", f"(≤ {GROWTH} ×)"
    numbers = [each[key] for each in sizes if key in each]
    if len(numbers) < 2:
        return _missing("P14", what, goal, reasons)
    worst = numbers[0] / min(numbers) if key.endswith("_of_a2") else max(numbers) / numbers[0]
    words = f"{worst:.2f} × {goal}: " + " → ".join(f"{number:.2f}" for number in numbers)
    return {"figure": "P14", "what": what, "met": worst <= GROWTH, "words": words}
