"""The words: which sentence may be said of a measurement, and at which strength.

Methods measure; this package judges, by the following policy and nothing else.

**Grades.** The first that applies:

- null: the question was *not testable* or the method *failed*.
- ``contradiction``: announced or published figures that cannot all be true. It is arithmetic, asks for no
  probability and is the only judgement that a method passes itself.
- ``display`` (shown, not judged): the method is descriptive (tier D), or its answers only restate the
  figures; or the figures can be true but need an explanation; or something was found, but an assumption of
  the method fails on this table, or the method named too many reference votes at that level, or it depends on
  a model (tier C) and what clean votes give is not known, be it that too few have the estimate and only
  disputed votes gave as much; or an estimate of a model lies outside what reference votes gave, and the
  wider range of its headline holds 0.
- ``strong``: q below 0.001, an effect large enough to matter, no assumption that fails, a known and small
  rate of false alarms on reference votes, tier A or B. For an area the rate is that of votes in which any
  area was named.
- ``notable``: q below 0.05 with the same care, except that the rate of false alarms at that level may still
  be unknown; known and not small is not enough, and then the answer is shown, not judged. An area is looked
  at behind the answer for its contest: where that is strong, q below 0.05 suffices. A model-dependent
  estimate (tier C) can be at most notable, and only where its whole interval lies outside what the very
  same estimate gave on reference votes, where the range of its headline leaves out 0, and where few reference
  votes lie outside the range of the others; where it has a p, the rate at that level must be small too. Like
  is compared with like: the estimate with that estimate on other votes, never with a headline. A headline can
  be wider than what is compared, because it leaves more open: how far a share goes with turnout of itself,
  say. Then two yardsticks for the same cause stand side by side, that of the votes which it came to elsewhere
  and that of how it works on this table. They part where this table is unlike all the others, and neither
  answers for the other: what only the first is passed by is not notable, and it is not nothing either. It is
  shown, with both.
  These are the votes held to be clean where at least ten have the estimate. Where fewer have it, they are no
  yardstick, and disputed votes are counted as well: what lies outside all of them is named, what only
  disputed votes reach is shown, what clean votes reach is ``none``.
- ``display`` too: an estimate that a design identifies (tier B) and that no p belongs to, where its interval
  leaves out 0.
- ``none``: everything else, always together with the detection limit or the sentence that it is not known.

**Large enough to matter** is defined in :mod:`plebiscope.model.size`. **Known and small** means seen on
at least ten reference votes, in at most five per cent of them (:mod:`plebiscope.calibrate.reference`); with
so few votes the true rate can be higher, and the sentence says how many votes there were. Where no rate is
known, the sentence says that.

**Tiers.** That figures are hard to explain by counting alone is said of tier A only, and only where they
are strong. How many votes are concerned is said only from tier B where something is named, or from tier C
for areas that fail a test of tier A (:mod:`plebiscope.dossier.magnitude`). Else an estimate of tier C is
told with its range over assumptions and beside that of reference votes, and never as a number of wrong votes.
Tier D is shown beside what reference votes gave, and counts nowhere.

**Sentences** can be quoted alone: they name the contest, what was measured with its interval, the comparison,
and what is not shown. A p is the chance of such figures in a fair vote that meets the method's assumptions,
never the chance that a vote was fair; so behind a named answer stands what it holds for doubtful of these.
"Nothing found" is never said without the detection limit. The words for crimes do not occur, nor any
intent; neither is there a single score or a colour for a country.

What the case as a whole is said to show is in :mod:`plebiscope.dossier.reading`.

In this package ``grading`` finds the part of the policy that applies to a ``weighing``: ``by_chance``,
``by_design`` or ``by_range`` of reference votes, behind the ``hindrances`` that all share. ``sentences`` puts
what they say behind the facts; ``unanswered`` says why there are none.
"""
