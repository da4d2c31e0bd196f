"""`python -m search_web` is the `bangfu` command."""

from search_web.cli import main

main(prog_name="bangfu")
