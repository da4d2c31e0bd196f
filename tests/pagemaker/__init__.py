"""Makes pages as scraped archives hold them, with gold: clean reports, sites, damage, containers.

`texts` writes a clean report, `render` puts it on one of the `sites`, breaks it by the forward models
of `damage` and `gloss`, and encodes it; what the page shows is its gold (`facts`, `gold`). A page
depends on its seed and index alone. See `python -m tests.pagemaker --help`.
"""
