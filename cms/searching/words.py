"""How text becomes the words of the search index.

Chinese is written without spaces, and what the databases take for a word is a whole clause of it. So every two
neighbouring characters are one word: 会员大会 is indexed as 会员 员大 大会, and what is asked for is found as a phrase
of such words wherever it stands in a sentence. The last character of a run stands alone as well, so that a single one
is found too, as the beginning of a word.
"""

import re
import unicodedata

# Han with its extensions, kana, Hangul: written without spaces, or searched within words.
TOGETHER = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
RUN = re.compile(rf"(?P<together>[{TOGETHER}]+)|[^\W_{TOGETHER}]+")
INDEXED_CHARACTERS = 200_000  # of one field: a tsvector holds a megabyte
ASKED_WORDS = 8


def tidy(text):
    """Full-width letters and digits as usual ones, in lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def indexed(text):
    """The text as a string of words for the index."""
    words = []
    for run in RUN.finditer(tidy(text[:INDEXED_CHARACTERS])):
        words += _pairs(run[0]) + [run[0][-1]] if run["together"] else [run[0]]
    return " ".join(words)


def asked(text):
    """What is searched for: for each word that somebody typed, the list of index words that must follow each other.

    The last of them may be the beginning of a longer one. A word of signs alone is passed over.
    """
    phrases = [_phrase(word) for word in tidy(text).split()[:ASKED_WORDS]]
    return [phrase for phrase in phrases if phrase]


def _phrase(word):
    runs = list(RUN.finditer(word))
    phrase = []
    for run in runs:
        if not run["together"]:
            phrase.append(run[0])
        elif run is runs[-1] and run.end() == len(word):  # the text may go on after it
            phrase += _pairs(run[0]) or [run[0]]
        else:
            phrase += [*_pairs(run[0]), run[0][-1]]
    return phrase


def _pairs(run):
    return [run[at : at + 2] for at in range(len(run) - 1)]
