"""Measures this engine beside its peers, in one run, on the same made reports and the same tokens.

`making` makes, cleans and tokenises the reports once, `texts` keeps and loads them; `questions` draws what is asked;
`adapters` speak to the engines; `worker` measures one engine in a fresh process; `run` starts the workers
one after the other; `comparison`, `floors` and `tables` judge and show. See `python -m tests.bench --help`.
"""
