"""The returns of one round, judged beside each other."""
