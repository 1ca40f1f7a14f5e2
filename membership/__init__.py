"""The domain of the association: nouns, verbs and rules. Knows no page and no screen."""
