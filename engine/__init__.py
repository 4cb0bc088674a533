"""What a round is, and what an honest answer is: tables, rules, goals, audit and report, with no solver in sight."""
