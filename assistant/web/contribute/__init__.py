"""The view “Contribute” of the tab “Precedents”."""
