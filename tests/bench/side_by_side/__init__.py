"""What one node does, measured beside what people know, in one run."""
