"""The page: one self-contained HTML file, a function of the dossier's JSON alone.

Nothing is fetched: style, script and pictures are inside, and a content security policy forbids everything
else. Without JavaScript only sorting, filtering, copying and saving are missing. Every text that came from a
file is escaped and cut.

In this package ``rendering`` fills the templates. ``head`` words what stands above all else, ``counts`` how
many records and tests there were, ``how_many`` the votes concerned. ``filters`` are what templates do with a
value: the ``standing`` of a statement, ``dates``, and the ``markup`` that sets words apart or links them.
``source`` is the line that says where something comes from; ``self_contained`` keeps everything inside.
"""
