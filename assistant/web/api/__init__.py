"""What the web app offers to programs."""
