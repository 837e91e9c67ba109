"""One verb, one file: the only place where a judgement meets a door."""
