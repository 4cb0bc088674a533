"""Named, seeded rounds: why each exists, how it is generated and what is proven about it."""
