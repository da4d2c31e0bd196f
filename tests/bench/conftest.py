"""What pytest cannot look into where the extra `bench` is not installed."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("tantivy") else ["adapters/tantivy_py.py"]
