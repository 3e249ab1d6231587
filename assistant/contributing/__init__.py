"""The life of a case that somebody contributes: checked, compared, saved, reviewed, imported and exported."""
