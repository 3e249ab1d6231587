"""How people sign in, at a provider or at a proxy in front, and whose each request is."""
