"""What every request passes before the app sees it, and how the app is served and stopped."""
