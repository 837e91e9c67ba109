"""The European transparency database: decisions as its statements of reasons, checked, scanned for personal data, exported."""
