"""What this table could have shown, in words and in one picture, from the matrix of power alone.

Doses are told for the version of a fair vote in which a mechanism is harder to see; both stand in the table
and in the picture. Methods that are shown and never judged (tier D) are named only where no other sees it.
Shares are of all stations, also where a method's design spares some, so that methods can be compared.

In this package ``lines`` says for each mechanism who notices it first, from what one method sees in both
``versions`` of a fair vote. It is told in sentences on what is ``noticed`` and what is not, in ``doses`` and
in one ``picture``, and for each method by itself as its ``limit``. ``notes`` say how the matrix was made;
``tried`` knows on which votes, and whether these are enough. A ``section`` is all that a page needs of it.
"""
