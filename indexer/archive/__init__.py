"""Archive files of every accepted kind become raw pages."""
