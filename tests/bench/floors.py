"""The floors of a run: figures of this engine, absolute or as ratios to a peer in the same run."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FLOORS = Path(__file__).parent / "floors.toml"
OURS = "bangfu"


@dataclass(frozen=True, slots=True)
class Judged:
    """A floor with what was measured; `met` is None where the run does not hold what it needs."""

    name: str
    bound: str
    measured: str
    met: bool | None
    remark: str = ""
    # Where time or bytes go, from the same run.
    profile: str = ""


def judge(result: Mapping[str, Any], file: Path = FLOORS) -> list[Judged]:
    """Every floor of the file, judged by a run's figures.

    Raises ValueError for an entry that has neither a floor nor a ceiling, or both.
    """
    entries = tomllib.loads(file.read_text(encoding="utf-8"))
    return [_judged(name, entry, result) for name, entry in entries.items()]


def _judged(name: str, entry: Mapping[str, Any], result: Mapping[str, Any]) -> Judged:
    if ("floor" in entry) == ("ceiling" in entry):
        raise ValueError(f"{FLOORS.name}: {name} needs a floor or a ceiling")
    upper = "ceiling" in entry
    limit = float(entry["ceiling" if upper else "floor"])
    bound = f"{'≤' if upper else '≥'} {limit:g}" + (f" × {entry['peer']}" if "peer" in entry else "")
    value = _figure(result, OURS, entry["figure"])
    other = _figure(result, entry.get("peer", OURS), entry.get("against", entry["figure"]))
    related = "peer" in entry or "against" in entry
    if value is None or (related and not other):
        return Judged(name, bound, "not measured", None)
    measured = value / other if related and other else value
    shown = f"{measured:.3g}" + (f" ({value:g} / {other:g})" if related else "")
    reports = int(result["options"]["reports"])
    remark = f"meant for {entry['at']:,} reports" if reports < entry["at"] else ""
    return Judged(name, bound, shown, measured <= limit if upper else measured >= limit, remark,
                  _profile(result, entry["figure"]))


def _profile(result: Mapping[str, Any], figure: str) -> str:
    """What the run keeps about where the time or the bytes of a figure go."""
    ours = result["engines"].get(OURS, {})
    first, *rest = figure.split(".")
    if first == "build":
        parts: Mapping[str, float] = ours["build"].get("space" if "bytes" in figure else "stages", {})
        ranked = sorted(parts.items(), key=lambda part: -part[1])
        return ", ".join(f"{part} {value:.3g}" for part, value in ranked[:8])
    if first == "ask":
        kept = ours["ask"][rest[0]][rest[1]].get("profile", [])
    else:
        kept = (ours if first == "rerun" else result).get(first, {}).get("profile", [])
    return ", ".join(kept)


def _figure(result: Mapping[str, Any], engine: str, path: str) -> float | None:
    """The value at a path of names: of the run for `raw…`, else of the engine."""
    place: Any = result if path.startswith("raw.") else result["engines"].get(engine)
    for name in path.split("."):
        if not isinstance(place, Mapping) or name not in place:
            return None
        place = place[name]
    return float(place) if place is not None else None
