"""What waits for somebody: each kind of thing says of itself what is open, and for whom."""
