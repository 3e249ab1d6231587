"""Models: embeddings, chat models, what they are given to read and what they reply."""
