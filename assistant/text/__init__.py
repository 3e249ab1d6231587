"""Words: sentences, terms, numbers, dates and chunks of a text, how they are quoted and how they are shown."""
