"""`bangfu stats --coverage`: the denominators, for people, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from indexer.indexing import Summary
from search_web.cli import main
from tests.conftest import html_page

# Where and when each report plays; the last but one says only the province, the last nothing.
PAGES = (
    ("甘肃省临洮县2016年饮水安全工作总结", "2016年，甘肃省定西市临洮县修建蓄水池3座，群众吃上了自来水。", "2016-12-01"),
    ("甘肃省临洮县2017年危房改造工作总结", "2017年，甘肃省定西市临洮县完成危房改造60户。", "2017-12-01"),
    ("甘肃省陇西县2017年帮扶工作简报（第3期）", "2017年，甘肃省定西市陇西县走访农户。", "2017-06-01"),
    ("甘肃省秦安县2016年至2017年教育扶贫工作总结", "2016年至2017年，甘肃省天水市秦安县资助学生，发放助学金。", "2018-01-05"),
    ("四川省苍溪县2016年消费扶贫工作情况汇报", "2016年，四川省广元市苍溪县开展以购代捐。", "2016-11-01"),
    ("甘肃省2017年帮扶工作情况汇报", "2017年，甘肃省各级干部走访农户。", "2017-12-20"),
    ("走访记", "干部走访了农户，群众很高兴，大家都说这样的日子有盼头，往后会更好。", "2017-05-01"),
)


@pytest.fixture
def index(tmp_path: Path, index_it: Callable[..., Summary]) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    for number, (title, text, date) in enumerate(PAGES):
        page = html_page(title, [text, "工作队住在村里，和群众同吃同住同劳动。"], date, source="本站", site="资料库")
        (folder / f"{number}.html").write_text(page, encoding="utf-8")
    assert index_it(folder).failed == 0
    return tmp_path / "index"


def run(index: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["stats", "--index", str(index), *options])


def values(index: Path, *options: str) -> dict[str, Any]:
    result = run(index, "--coverage", "--json", *options)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_provinces_by_year(index: Path) -> None:
    found = values(index)
    assert found["reports"] == len(PAGES)
    rows = {row["region"]: row for row in found["region_year"]}
    assert list(rows) == ["甘肃省", "四川省", "unknown"]
    assert rows["甘肃省"]["reports"] == 5
    assert rows["甘肃省"]["years"] == {"2016": 2, "2017": 4}
    assert rows["四川省"]["years"] == {"2016": 1}
    assert rows["unknown"]["reports"] == 1


def test_one_level_deeper_adds_up(index: Path) -> None:
    for name in ("甘肃省", "甘肅省", "甘肃"):
        found = values(index, "--under", name)
        assert found["under"] == "甘肃省"
        rows = {row["region"]: row["reports"] for row in found["region_year"]}
        assert rows == {"甘肃省/定西市": 3, "甘肃省/天水市": 1, "unknown": 1}
        assert sum(rows.values()) == found["reports"] == 5
    rest = values(index, "--under", "甘肃省")["region_year"][-1]
    assert rest == {"region": "unknown", "reports": 1, "years": {"2017": 1}}


def test_any_level_can_be_opened(index: Path) -> None:
    found = values(index, "--under", "定西市")
    assert {row["region"].rpartition("/")[2]: row["reports"] for row in found["region_year"]} == {
        "临洮县": 2, "陇西县": 1}
    deepest = values(index, "--under", "甘肃省/定西市/临洮县")
    assert deepest["region_year"] == [{"region": "unknown", "reports": 2, "years": {"2016": 1, "2017": 1}}]


def test_themes_kinds_and_what_is_unknown(index: Path) -> None:
    found = values(index)
    assert found["theme"] == {"住房": 1, "教育": 1, "消费帮扶": 1, "饮水": 1, "unknown": 3}
    assert found["kind"] == {"总结": 3, "汇报": 2, "简报": 1, "unknown": 1}
    assert found["unknown"]["region"] == 1
    assert found["unknown"]["theme"] == 3
    assert found["unknown"]["kind"] == 1
    assert found["unknown"]["published_year"] == 0
    assert values(index, "--under", "四川省")["theme"] == {"消费帮扶": 1}
    assert values(index, "--under", "四川省")["unknown"]["theme"] == 0


def test_csv_holds_the_same_numbers(index: Path) -> None:
    result = run(index, "--coverage", "--csv")
    assert result.exit_code == 0
    assert result.stdout_bytes.startswith("\ufefftable,value,year,reports".encode())
    rows = list(csv.DictReader(io.StringIO(result.stdout_bytes.decode("utf-8-sig"))))
    found = values(index)
    assert {(row["value"], row["year"]): int(row["reports"]) for row in rows if row["table"] == "region_year"} == {
        (row["region"], year): count for row in found["region_year"] for year, count in row["years"].items()}
    for name in ("theme", "kind", "unknown", "year"):
        assert {row["value"]: int(row["reports"]) for row in rows if row["table"] == name} == found[name]


def test_a_person_reads_a_table(index: Path) -> None:
    lines = run(index, "--coverage").stdout.splitlines()
    assert lines[0] == "all regions: 7 reports"
    assert lines[1].split() == ["region", "reports", "2016", "2017"]
    assert lines[2].split() == ["甘肃省", "5", "2", "4"]
    assert lines[5].split() == ["together", "7", "3", "5"]
    assert run(index, "--coverage", "--under", "四川省").stdout.startswith("四川省: 1 report\n")


@pytest.mark.parametrize(("options", "said"), [
    (["--coverage", "--under", "火星"], "No report of the index lies in 火星"),
    (["--under", "甘肃省"], "--coverage"),
    (["--csv"], "--coverage"),
    (["--coverage", "--csv", "--json"], "one of --json and --csv"),
])
def test_what_cannot_be_meant_is_said(index: Path, options: list[str], said: str) -> None:
    result = run(index, *options)
    assert result.exit_code == 2
    assert said in result.output
