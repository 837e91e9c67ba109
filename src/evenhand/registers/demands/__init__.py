"""The register of demands: its state as its events leave it, and what may follow."""
