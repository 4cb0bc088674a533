"""How a round is answered: the integer problem, the goal ladder, the exact core, the prices and their proofs."""
