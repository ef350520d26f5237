"""How fast the program is beside its peers: ``make bench`` measures and writes RESULTS.md."""
