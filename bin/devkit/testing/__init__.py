"""`bin/test`: what it runs, and how it sums up."""
