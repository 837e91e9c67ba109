"""How well the detectors do: cards, metrics with intervals, bars, and the scorecard of a world. Arithmetic only."""
