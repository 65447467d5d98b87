"""Bare arrays in, bare arrays out: count laws, densities, resampling."""
