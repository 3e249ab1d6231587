"""The Contribute view of the Precedents tab."""
