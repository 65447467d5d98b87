"""Files become Returns, Totals and Reports."""
