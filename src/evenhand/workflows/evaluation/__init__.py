"""Measuring detectors on labelled data and on worlds whose truth is known."""
