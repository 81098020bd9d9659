"""The tools behind the commands in `bin/`: they fetch what is missing into `.dev/` and run it."""
