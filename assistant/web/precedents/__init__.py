"""The Precedents tab."""
