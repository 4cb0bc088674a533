"""Doors only: the command line and what it calls; every decision is made in the engine or the solver."""
