"""The backend on PostgreSQL: text search vectors with a GIN index each."""

from django.contrib.postgres.search import SearchQuery
from django.db.models import F
from modelsearch.backends.database.postgres import postgres
from modelsearch.index import SearchField
from modelsearch.query import Phrase, PlainText

from cms.searching import words


class Indexer(postgres.ObjectIndexer):
    @property
    def body(self):
        """All that is searched, the title with its greater weight: so that one index answers, not two put together."""
        fields = (found for field in self.search_fields for found in self.prepare_field(self.obj, field))
        return self.as_vector([(text, weight) for field, weight, text in fields if isinstance(field, SearchField)])

    def as_vector(self, texts, for_autocomplete=False):
        return super().as_vector([(words.indexed(text), weight) for text, weight in texts], for_autocomplete)


# The index looks its indexer up in its module; there is no other place to say how a text is cut into words.
postgres.ObjectIndexer = Indexer


class Words:
    def build_tsquery_content(self, query, config=None, invert=False):
        if not isinstance(query, (Phrase, PlainText)):
            return super().build_tsquery_content(query, config=config, invert=invert)
        phrases = [self._phrase(phrase) for phrase in words.asked(query.query_string)]
        joint = " | " if isinstance(query, PlainText) and query.operator == "or" else " & "
        asked = joint.join(phrases)
        return SearchQuery(f"!({asked})" if asked and invert else asked, search_type="raw", config=config)

    def _phrase(self, phrase):
        """Words that follow each other; none holds a quotation mark, for they are letters and digits alone."""
        *first, last = [f"'{word}'" for word in phrase]
        return "({})".format(" <-> ".join([*first, f"{last}:*"]))


class QueryCompiler(Words, postgres.PostgresSearchQueryCompiler):
    def get_index_vectors(self, search_query):
        return [(F("index_entries__body"), 1.0)]


class AutocompleteQueryCompiler(Words, postgres.PostgresAutocompleteQueryCompiler):
    pass


class SearchBackend(postgres.PostgresSearchBackend):
    query_compiler_class = QueryCompiler
    autocomplete_query_compiler_class = AutocompleteQueryCompiler

    def __init__(self, params):
        super().__init__({"SEARCH_CONFIG": "simple", **params})
