"""The returns of one round, each judged by itself and against the others."""
