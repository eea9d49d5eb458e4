"""What a student gets back: a SubmissionResult as one self-contained HTML page per notebook."""
