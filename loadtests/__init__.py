"""What the product costs in time and memory: whole commands, run as a user runs them and measured from outside."""
