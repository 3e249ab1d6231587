"""The registers as data: recommendations and precedents, derived fields, and what the database has accepted."""
