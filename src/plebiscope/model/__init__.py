"""The nouns of plebiscope: what a case, a table of returns, a method and a finding are.

Nothing here reads a file, draws a picture or draws a random number.
"""
