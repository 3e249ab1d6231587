"""Files that people save: notes of answers, and chapters of the Guide."""
