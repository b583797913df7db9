"""`python -m journey`: the verbs of the command line."""

from journey.cli.verbs import main

main()
