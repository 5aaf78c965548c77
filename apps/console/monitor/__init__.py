"""How the campaigns stand, what HR watches while one runs, and whether everything goes on that they rest on."""
