"""What builder and ingester share: where things are in the workbook, and what a cell's text means."""
