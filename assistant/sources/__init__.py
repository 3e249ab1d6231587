"""Where documents come from: the catalogue, what replaced what, and originals from their publishers."""
