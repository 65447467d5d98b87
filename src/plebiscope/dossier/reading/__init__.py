"""The reading: what the case as a whole is said to show, in plain sentences.

Figures, conduct and the completeness of the release stand side by side and are not added up. What the
evidence supports comes first, the strongest first; then what it cannot tell, and how many comparisons were
made (:mod:`plebiscope.dossier.reading.bounds`).

- figures: ``contradictory`` if announced totals contradict themselves, or the records of stations,
  or photographs of their ballots, do so on at least half a per cent of the ballots there (a slip of the pen
  in a few records is told, and does not name the vote); ``anomalous`` if anything is strong or notable;
  ``consistent`` if at least one question was tested and none of this; else ``not testable``.
- conduct, on statements whose wording firmly asserts or alleges a fact about how the vote was held (severity
  1 or more; no verdicts, no reactions, no denials, nothing that a reviewer rejected): ``not reported`` if the
  case has no report; ``not read`` if it has none in English; ``grave breaches reported`` if an asserted one
  has severity 4; ``breaches reported`` if an asserted one has severity 2 or 3; ``breaches alleged`` if only
  alleged ones have severity 2 or more; else ``no breach reported``. What the wording only suggests is told
  apart, and weighs nothing.

What found nothing is told apart by what that is worth: a test says how large a departure it would have
noticed; an estimate by a model can only lie where reference votes lie too, and so shows nothing; and where
nobody knows what was missed, an answer reassures nobody. None of the last two is called usual. An estimate
outside what reference votes gave is told with the reason why it is not graded. How many votes a model puts at
stake is told nowhere here.

A verdict word in a report is a verdict with a speaker, not a fact. Recognition, lawsuits and protest are
reactions to the vote, not conduct. What one report repeats is one report.

In this package ``parts`` puts the sentences under their headings, and ``one_word`` sums up the figures and
the conduct. ``on_figures`` tells what the figures show: which answers are ``quoted``, what an answer that
found nothing is ``worth``, what estimates ``by_model`` came to, and which contradictions are ``slips``.
``on_conduct`` tells what reports do; which of their ``statements`` are facts is known apart. ``released``
says which figures the case holds, and ``bounds`` what they cannot tell.
"""
