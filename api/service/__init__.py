"""A round's life as plain functions: what the command line calls now, and any other door later."""
