"""Real code that does the same work as bare as possible: what this machine could do at best."""
