"""Where platforms and their files live: adapters that know the nouns and nothing about judgements."""
