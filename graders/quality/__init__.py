"""Hidden tests that are themselves tested."""
