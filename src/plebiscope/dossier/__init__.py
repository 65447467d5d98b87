"""The dossier: the JSON, the words, the pictures and the page, each a function of the one before."""
