"""One named fixer for each kind of damage, listed once in order."""
