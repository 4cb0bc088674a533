"""What is kept: rounds, versions of what people sent, runs, keys and the trail; no rule of a round's life is here."""
