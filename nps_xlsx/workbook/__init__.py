"""Where the builder and the ingester meet: what stands where, and what a cell's text means."""
