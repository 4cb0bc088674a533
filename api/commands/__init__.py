"""One module per command: what it takes, which service it calls, how its answer looks to people and to programs.

A command imports the services inside its function, so that ``foothold --help`` does not wait for numpy.
"""
