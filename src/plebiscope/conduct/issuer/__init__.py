"""Whose voice a text has where nobody is quoted: a body's own statement, a transcript, a compilation.

A newspaper's report speaks for itself. A statement speaks for the body that issued it, known by its heading,
by "we", and by acts that are done in saying so ("the mission regrets ..."); what stands behind
"Mr Bresker:" is Mr Bresker's.

``headings``, ``deeds`` and ``first_named`` each name bodies by one kind of sign, with points; a ``tally``
knows one body under its several names, and ``deciding`` says which of them it is, if any. ``turns`` reads
transcripts and compilations, and ``defaults`` answers for each sentence.
"""
