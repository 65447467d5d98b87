"""A report on how the vote was held becomes statements: attributed, coded, countable."""
