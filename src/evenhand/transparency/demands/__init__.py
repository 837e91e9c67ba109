"""The register of demands: what was asked, what followed, and the page that shows it to the public."""
