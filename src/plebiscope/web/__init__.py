"""The workbench: the whole road in the browser, on one's own machine.

Pages are made on the server and sent as HTML; the browser fetches nothing from elsewhere. Cases are folders
on disk (:mod:`~plebiscope.web.folders`), long work is done by programs of its own
(:mod:`~plebiscope.web.jobs`, :mod:`~plebiscope.web.worker`), and who may ask at all is decided before any
page is (:mod:`~plebiscope.web.guard`).
"""
