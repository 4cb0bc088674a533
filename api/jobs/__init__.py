"""Runs that outlive whoever asked for them: leases, a supervisor, and the solver in a process of its own."""
