"""What a user would pick instead of Foothold: one module each, that takes an instance and returns rows.

A peer is ``load(folder)``, which is not timed, and ``solve(loaded, limit)``, which is: from the eligible pairs in
memory to ``Found``. Some run in an environment of their own, so ``instance`` needs numpy alone.
"""
