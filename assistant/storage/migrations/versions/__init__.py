"""One file a step, ``v<revision>_<subject>.py``."""
