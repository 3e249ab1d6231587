"""Ways to alter a sentence, each a pure function from a sentence and its context to an altered claim, or to None.

``figures`` numbers, dates and units; ``names`` persons, bodies and places; ``force`` negation, modal words and
quantifiers; ``sources`` who says it, and what else is said; ``paraphrase`` the same in other words.
"""
