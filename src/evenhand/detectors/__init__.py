"""One file per harm: signals in, findings out. A detector knows no penalty and no guard."""
