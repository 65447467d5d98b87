"""What the page shows, in its order: findings by method, areas under their question.

Plain records computed from the dossier; the templates only lay them out, and the terminal prints the same.

In this package ``sections`` orders the findings of each contest: a ``group`` for each method, in which each
is ``shown`` with its place on the page. ``drawings`` draws pictures while there is room, ``grades`` says what
each grade means, and ``reading_parts`` cuts the reading at its headings.
"""
