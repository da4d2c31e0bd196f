"""The records that travel from stage to stage: one frozen dataclass for each step of a page's way."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Generic, Literal, TypeVar

Script = Literal["hans", "hant", "mixed"]
Media = Literal["html", "text"]
Level = Literal["province", "prefecture", "county", "township", "village"]
Role = Literal["primary", "helped", "helper", "mentioned"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Source:
    """Where the bytes of a page lie: enough to fetch the raw page again.

    `file` is an absolute path; `member` names a file inside a zip; `record` counts the records of a
    `.jsonl` or `.warc` file from 1 (in the order of the file, every line and record counted).
    """

    file: str
    member: str | None = None
    record: int | None = None

    @property
    def origin(self) -> str:
        """The same words for the same place, whatever root it was reached from."""
        return f"{self.file}|{self.member or ''}|{self.record or ''}"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a file looks like from outside: its bytes, when its contents were changed, when these, its name
    or its rights were, both in ns since 1970, and its number in the file system."""

    size: int
    modified: int
    changed: int
    inode: int


@dataclass(frozen=True, slots=True)
class RawPage:
    """A page as received. Nothing downstream ever changes `content`.

    `path` is the page's path below the root that was given, with `/` on every system; a zip member
    is `outer.zip/inner/page.html`, a record `file.jsonl#12`.  `charset` is what the transport or the
    record said, `unicode` is true when `content` is UTF-8 only because the container (JSON) already
    held decoded text.  `stamp` is there where the page is a file of its own whose next change will show.
    """

    path: str
    content: bytes
    media: Media
    source: Source
    url: str | None = None
    charset: str | None = None
    unicode: bool = False
    fetched_at: str | None = None
    title: str | None = None
    assigned: str | None = None
    stamp: Stamp | None = field(default=None, compare=False)

    @property
    def id(self) -> str:
        """16 hex digits from the URL, else from the path: stable over runs and over contents.

        Where another page has that name already, or this one is known by another, the indexer
        assigns an id.
        """
        return self.assigned or stable_id(self.url or self.path)

    @property
    def sha256(self) -> str:
        """SHA-256 of the page as received, as hex digits."""
        return sha256(self.content).hexdigest()

    @property
    def digest(self) -> str:
        """A digest of everything of the page that can change its record: `sha256-head`."""
        return f"{self.sha256}-{self.head}"

    @property
    def head(self) -> str:
        """A digest of everything but the content that can change the page's record."""
        return stable_id("\0".join((self.media, self.url or "", self.charset or "", self.fetched_at or "",
                                    self.title or "", self.path)))


@dataclass(frozen=True, slots=True)
class Unopened:
    """A page that was not read: its file looks as it did when a page of this `digest` was read from it."""

    path: str
    source: Source
    digest: str

    @property
    def url(self) -> None:
        """None, as for every file that is one page."""
        return None


def stable_id(name: str) -> str:
    """The identifier of a page known by `name` (its URL or its path): 16 hex digits."""
    return sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be taken in, by name and reason. Reported, kept, never fatal."""

    path: str
    reason: str
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page as characters. `evidence` lists what spoke for the encoding, strongest first."""

    text: str
    encoding: str
    evidence: tuple[str, ...]
    undecodable: int = 0


@dataclass(frozen=True, slots=True)
class Label:
    """A metadata line of the page (`来源：秦州区乡村振兴局`) taken out of the text."""

    name: str
    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Extracted:
    """The main text of a page, one block a line, before repair.

    `title` is what the page's own markup calls its title (`<h1>`, title meta tags, `<title>`), in
    falling order of trust; `labels` are metadata lines and meta tags.
    """

    text: str
    titles: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace `text[start:end]` of a fixer's input by `new`."""

    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True)
class Step:
    """What one fixer did: its edits, ascending and disjoint, on the text that the step before left."""

    fixer: str
    edits: tuple[Edit, ...]


# What a warning of damage that was left is known by.
LEFT_WARNING = ": left as it is at "


@dataclass(frozen=True, slots=True)
class Left:
    """Damage that was seen and deliberately not repaired, with the reason."""

    fixer: str
    start: int
    end: int
    reason: str

    @property
    def warning(self) -> str:
        """It as one of the warnings of its page."""
        return f"{self.fixer}{LEFT_WARNING}{self.start}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Repaired:
    """Clean text with its history: `replay(raw, steps) == text`."""

    text: str
    steps: tuple[Step, ...] = ()
    labels: tuple[Label, ...] = ()
    left: tuple[Left, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a value is believed: the rule that gave it and the words it read."""

    rule: str
    words: str


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A value with its evidence."""

    value: T
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Place:
    """A region that a report speaks of. `path` holds present-day official names, province first."""

    path: tuple[str, ...]
    code: str | None
    level: Level
    role: Role
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a search form and its offset there, in characters."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of a report and the offset in the body where it starts, in characters."""

    heading: str
    start: int


@dataclass(frozen=True, slots=True)
class Fix:
    """A summary of one fixer's work on a report, with up to three examples (before, after)."""

    fixer: str
    count: int
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One edit as it shows in a report: `before` became `after` at `start`, an offset in the body.

    A later fixer may have changed the place again.  Of very long stretches both ends are kept; `cut`
    counts the letters in between that are not.
    """

    fixer: str
    start: int
    before: str
    after: str
    cut: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """The document that is searched: one report, cleaned and described."""

    id: str
    part: int
    body: str
    script: Script
    title: Found[str] | None = None
    published: Found[str] | None = None
    period: tuple[Found[int], ...] = ()
    source: Found[str] | None = None
    author: Found[str] | None = None
    url: str | None = None
    places: tuple[Place, ...] = ()
    sections: tuple[Section, ...] = ()
    fixes: tuple[Fix, ...] = ()
    themes: tuple[Found[str], ...] = ()
    kind: Found[str] | None = None
    edits: tuple[Change, ...] = ()
    left: tuple[Left, ...] = ()

    @property
    def region(self) -> tuple[str, ...] | None:
        """Path of the primary region, or None where it is not known for sure."""
        return next((place.path for place in self.places if place.role == "primary"), None)


@dataclass(frozen=True, slots=True)
class Page:
    """What is known of a page as a whole."""

    id: str
    path: str
    url: str | None
    encoding: str
    encoding_evidence: tuple[str, ...]
    kind: Media
    sha256: str
    fetched_at: str | None = None
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Processed:
    """The end of the pipeline for one page: its reports, and what could not be done.

    `extracted` is the text before repair and `repaired` what became of it, for whoever shows both.
    """

    page: Page
    reports: tuple[Report, ...]
    warnings: tuple[str, ...] = field(default=())
    extracted: str = ""
    repaired: Repaired = Repaired("")
