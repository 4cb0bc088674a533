"""The routes: each parses, asks who, calls one function of the service, and shows its answer."""
