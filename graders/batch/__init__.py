"""Many submissions: what to grade, on which processes, and what became of it."""
