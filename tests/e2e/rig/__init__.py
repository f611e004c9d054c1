"""What the cases are built of: processes, a site of one node and its edges, callers, phones, and the log to check against."""
