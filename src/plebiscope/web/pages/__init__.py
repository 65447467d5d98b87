"""The pages of the workbench, one file for each thing that a person does; each lists its ``ROUTES``."""
