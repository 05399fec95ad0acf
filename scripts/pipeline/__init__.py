"""The parts of scripts/generate.py."""
