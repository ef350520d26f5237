"""What several tests make and compare with; no test stands here."""
