"""The Library tab and the files behind it."""
