"""The captcha of the tests: its answer is always the same, everything else is as in production."""

ANSWER = "hyzj"


def challenge():
    return ANSWER.upper(), ANSWER
