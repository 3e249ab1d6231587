"""Words: sentences, terms, amounts, dates and chunks of a text; quoting and display."""
