"""How the judge reads values from, and calls functions in, a student kernel: by value, bounded, validated."""
