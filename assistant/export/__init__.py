"""What people take away: notes of answers, and chapters of the Guide."""
