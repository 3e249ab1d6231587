"""Models: embeddings, chat models in reach or in this process, what they are given to read and what they reply."""
