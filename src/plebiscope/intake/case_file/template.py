"""The case file that a person is given to fill in."""

from __future__ import annotations

TEMPLATE = """# A case: the vote under scrutiny, what was published on it, and how it is to be examined.
# Written before anyone looks at the results, this file is a pre-registration: its digest stands on every
# page of the dossier. Lines that begin with # are comments.

name = "Referendum of 1 January 2030"

[[contest]]                               # one table for each question that was put
id = "referendum"                         # a short name
name = "Referendum on the constitution"
kind = "referendum"                       # referendum, presidential, parliamentary, local or other
# date = 2030-01-01
# country = "..."
# question = "..."
# favoured = "Yes"                        # the option the organisers wanted; by default the leader
# quorum = { of = "registered", per_cent = 50, counts = "cast" }     # who must take part (cast, issued or
#                                         # valid): more than that, or at least that with more_than = false
# threshold = { option = "Yes", per_cent = 60, of = "valid" }        # what an option needs of valid, cast or
#                                         # registered, beside the most votes; [{ ... }, { ... }] for several
# unpublished = ["returns"]               # what was never published, if known: returns, station, issued ...
#                                         # (of anything else missing it is only said that it is not here)
results = []                              # files in this folder, e.g. ["stations.csv"]; several are parts of
#                                         # one table, or complete one another (turnout here, votes there)
# join = ["Code", ["No.", "Precinct"]]    # columns by which such files belong together, if that is not found;
#                                         # both headers where they differ
# groups = "Machine"                      # a column that tells groups of stations; or the stations of each:
# groups = { observed = ["12", "District 4 / 7"] }     # with areas in front where it takes that
# groups = { observed = "observed.txt" }  # or a file in this folder with one station a line; or "marks", for
#                                         # electronic, postal and other marked stations against the rest
# comparison = { group = "observed", by_lot = true, within = "District" }    # which group is compared, with
#                                         # all others or with `against = "..."`; whether chance decided which
#                                         # stations are in it (by_lot) or, if not, why the choice is as good
#                                         # as that (as_by_lot = "every tenth station of the list"), inside
#                                         # which areas (within), and which group was drawn too and left it
#                                         # (lost = "sent away")
# reported = "Received at"                # a column: when a station was reported, or its number in the order
# late_as_by_lot = "voters of a building are dealt out to its rooms by lot"    # why which stations of a place
#                                         # report late is as good as chance, if somebody holds that
# pairs = "first-round"                   # id of a contest of this case that was held at the same stations

# Announced totals, one table for each source. Leave out what was not announced; write percentages with the
# decimals that were announced.
# [[contest.totals]]
# source = "Election commission, bulletin of 2 January 2030"
# date = 2030-01-02
# bulletin = 1                            # where the count was still going on: which of its announcements
# definition = "papers counted"           # what was counted, where the source says so
# registered = 1234567
# cast = 1000000
# votes = { Yes = 600000, No = 390000 }
# shares = { Yes = 60.61, No = 39.39 }
# turnout = 81.00

# The count as it stood at earlier times, where such files were published; `results` is how it ended.
# [[contest.states]]
# file = "at-midnight.csv"
# time = 2030-01-02T00:00:00

# Second records of the stations, one table for each source: observers' or voters' copies of protocols
# ("protocols"), voters' photographs of ballots, counted ("ballots"), a parallel count ("tally"), or the same
# at stations drawn by chance ("sample": a quick count).
# [[contest.copies]]
# file = "observers.csv"
# source = "Observers of the league of voters"
# kind = "protocols"
# strata = "District"                     # of a sample: inside which areas of the results it was drawn
# drawn = "drawn.txt"                     # of a sample: all stations drawn, one a line, if some have no tally

# How columns are to be understood, where `plebiscope read` got it wrong.
# [contest.mapping.columns]
# registered = "Voters on the list"

# reports = ["report.txt"]                # before the first [[contest]]: texts on how the vote was held
# totals = ["announced.csv"]              # there too: a file that announces totals of several contests, by id

[plan]
# methods = ["protocol", "integer-percentages"]   # by default all of `plebiscope methods`
# seed = 20200701
# [plan.params.integer-percentages]
# least_registered = 100
"""
