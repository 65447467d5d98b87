"""How many votes: the estimates of all methods side by side, and which of them may be told as a number.

Methods do not know one another, so it is here that their estimates meet. Rules:

- An estimate identified by a design (*tier B*) may be told as a number only where what it rests on is *named*
  (notable or strong): its own answer or, for votes carried over from a group or from early stations, one of
  the comparisons that they are made of. So no fair vote has a number more often than a name.
  Its range must leave out nought, in whole votes; and no assumption of it may fail on this table, or how
  exact it is be unknown. Of a sample only the lead is told: the share of each option says the same again.
- An estimate that depends on a model (*tier C*) may be told as a number only for the areas that fail a test
  of tier A, those that are hard to fail without invented figures. Its part there has a range of its own: what
  the method leaves open, and how far the part rests on a few places; without that, no number is told.
  Geography gives such estimates too, and areas that fail are no random sample of a country. So the range is
  widened, in as many votes as the option has there, by the lowest and the highest that the same estimate gave
  in parts of reference votes that were no random sample (:mod:`plebiscope.dossier.magnitude.there`), and
  the number is told only where all of that is above nought. The areas must hold a third of the option's
  votes, as those parts did. An assumption that fails forbids it there too, and so does a headline of the same
  answer whose range holds nought: what may be nothing at all has no number. Only very large departures can
  have one by this rule. How often one is told of simulated votes, and how often its range holds the truth,
  stands in ``docs/estimates.md``.
- Nothing else is told as a number: not in the reading, not on the terminal, not in the title of the picture.

An area fails where an answer of tier A for that area is named (contradiction, strong or notable, after
correction for all areas looked at). Where a name stands in several columns of areas, the stations meant are
those that bear it in all of them, the smaller part.

Beside each estimate stands its range on the reference votes that are held to be clean, in as many votes as
that would be here. It is *inside* where the two ranges meet. What that means for grades is in
:mod:`plebiscope.dossier.words`: inside, an estimate of tier C is graded none; outside, notable at most.

In this package ``estimating`` sets the estimates side by side: it asks which areas are ``failing``, what part
of an estimate lies ``there``, and by the rules of ``telling`` whether it may be told. ``sentences`` tell only
what may be told; ``table`` and ``picture`` show every estimate with its range, beside that of clean votes.
They know the ``records`` of what was estimated, and nothing of how.
"""
