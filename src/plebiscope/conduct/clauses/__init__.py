"""A shallow reading of one sentence: who stands before or behind a verb.

The kinds of its words are enough to walk from a verb of saying to its subject, over what may stand between
them ("the mayor, who left early, has since said"), and to find where the subject begins.

``before`` finds the subject of a verb, whose first word ``verb_groups`` finds; it steps over commas and
brackets, and asks ``noun_phrases`` for what ends there and ``onset`` for where that begins. ``behind`` reads
on from a word to the end of the phrase that begins there.
"""
