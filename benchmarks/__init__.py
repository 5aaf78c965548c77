"""How fast the program is, beside how fast it could be: `make bench`, docs/performance.md."""
