"""The backend on SQLite: its full-text search (FTS5)."""

from django.db.models import Value
from modelsearch.backends.database.sqlite import sqlite
from modelsearch.backends.database.sqlite.query import BM25, SearchQueryExpression
from modelsearch.query import Phrase, PlainText

from cms.searching import words

NOTHING = '""'  # a phrase without a word is found nowhere


class Indexer(sqlite.ObjectIndexer):
    title = property(lambda self: words.indexed(super().title))
    body = property(lambda self: words.indexed(super().body))
    autocomplete = property(lambda self: words.indexed(super().autocomplete))


# The index looks its indexer up in its module; there is no other place to say how a text is cut into words.
sqlite.ObjectIndexer = Indexer


class TitlesFirst(BM25):
    """Relevance (the less, the better); a word in the title weighs as much as many in the text."""

    def as_sql(self, compiler, connection, **more):
        sql, params = super().as_sql(compiler, connection)
        return sql.replace(")", ", 1.0, 1.0, 20.0)"), params  # columns: autocomplete, body, title


class Words:
    def build_search_query_content(self, query, config=None):
        if not isinstance(query, (Phrase, PlainText)):
            return super().build_search_query_content(query, config=config)
        phrases = ['"{}"*'.format(" ".join(phrase)) for phrase in words.asked(query.query_string)]
        joint = " OR " if isinstance(query, PlainText) and query.operator == "or" else " AND "
        return SearchQueryExpression(Value(joint.join(phrases) or NOTHING))

    def _build_rank_expression(self, vectors, config):
        return TitlesFirst()


class QueryCompiler(Words, sqlite.SQLiteSearchQueryCompiler):
    pass


class AutocompleteQueryCompiler(Words, sqlite.SQLiteAutocompleteQueryCompiler):
    pass


class SearchBackend(sqlite.SQLiteSearchBackend):
    query_compiler_class = QueryCompiler
    autocomplete_query_compiler_class = AutocompleteQueryCompiler
