"""Results on their way out: to other programs and to files."""
