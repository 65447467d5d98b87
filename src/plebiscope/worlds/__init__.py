"""Votes that did not happen: fair ones that look like a given vote, and the same with something done to them.

A world is drawn on the ground of a real table (:mod:`plebiscope.worlds.ground`): its stations, their sizes,
the areas they lie in. :mod:`plebiscope.worlds.fair` fits what fair looks like there and draws from it;
:mod:`plebiscope.worlds.tamper` does something to a drawn vote and keeps the truth, station by station.
Nothing here knows a method: worlds are handed to methods by ``calibrate``.
"""
