"""The registers as data: recommendations and precedents, their derived fields, and what the database has accepted."""
