"""Rows of every format as incidents: what is read, what is refused, and what is never taken."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest

from gisops.errors import ConfigError, IncidentError
from gisops.incidents.cap_rows import cap_rows
from gisops.incidents.csv_rows import csv_rows
from gisops.incidents.gazetteer import Entry, Gazetteer
from gisops.incidents.geojson_rows import LAT, LON, geojson_rows
from gisops.incidents.mapping import ColumnMap, parse_mapping
from gisops.incidents.record import Incident, Precision, Reference
from gisops.incidents.row import Refused, RowReader
from gisops.incidents.taxonomy import Taxonomy, parse_taxonomy, shipped_taxonomy
from gisops.incidents.xlsx_rows import xlsx_rows
from tests.incident_files import CAD_MAP

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BOUNDS = (66.5, 24.5, 67.8, 25.6)
TALWAR = Entry("teen-talwar", ("Teen Talwar",), 67.0299, 24.8210, Precision.STREET, 150.0)
DO_TALWAR = Entry("do-talwar", ("Do Talwar",), 67.0330, 24.8130, Precision.STREET, 150.0)
FAISAL = Entry(
    "faisal", ("Shahrah-e-Faisal",), 67.08, 24.86, Precision.STREET, 4000.0, "Shahrah-e-Faisal is 15 km long"
)
MALL = Entry("mall-a", ("Gulshan Mall",), 67.09, 24.92, Precision.STREET, 150.0)
OTHER_MALL = Entry("mall-b", ("Gulshan Mal",), 67.15, 24.85, Precision.STREET, 150.0)


def reader(text: str = CAD_MAP) -> RowReader:
    places = Gazetteer([TALWAR, DO_TALWAR, FAISAL, MALL, OTHER_MALL])
    return RowReader(parse_mapping(text, "map.toml"), shipped_taxonomy(), places, BOUNDS, NOW)


def cad(**changes: str) -> dict[str, str]:
    row = {"CASE_NO": "7", "REPORTED": "28/02/2026 21:30", "OFFENCE": "RTA", "LONG": "67.03", "LAT": "24.81"}
    return row | {"LOCATION": ""} | changes


def refusal(**changes: str) -> str:
    found = reader().read(cad(**changes))
    assert isinstance(found, Refused)
    return found.reason


def test_a_row_is_read_in_its_own_time_zone() -> None:
    found = reader().read(cad())
    assert found == Incident(
        "cad", "7", "road_accident", datetime(2026, 2, 28, 16, 30, tzinfo=UTC), 67.03, 24.81, Precision.EXACT, 0.0
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"LONG": "67.03", "LAT": ""}, "no lat"),
        ({"LONG": "abc"}, "'abc' is no number"),
        ({"LONG": "nan"}, "lon is nan"),
        ({"LONG": "24.81", "LAT": "67.03"}, "swapped"),
        ({"LONG": "", "LAT": ""}, "neither coordinates nor words"),
        ({"LONG": "", "LAT": "", "LOCATION": "Atlantis"}, "no place is called 'Atlantis'"),
        ({"LONG": "", "LAT": "", "LOCATION": "Shara Faisal"}, "15 km long"),
        ({"LONG": "", "LAT": "", "LOCATION": "Gulshan Maal"}, "may be"),
        ({"OFFENCE": ""}, "no category"),
        ({"OFFENCE": "Elopement"}, "unknown category 'Elopement'"),
        ({"REPORTED": ""}, "no time"),
        ({"REPORTED": "01/03/2027 00:00"}, "in the future"),
        ({"REPORTED": "01/03/1900 00:00"}, "before 1990"),
        ({"LOCATION": "\udcff"}, "not UTF-8"),
        # Pakistan's clocks went from 23:59:59 on 31 May 2008 to 01:00, and showed 23:30 twice on 31 October.
        ({"REPORTED": "01/06/2008 00:30"}, "never shown by"),
        ({"REPORTED": "31/10/2008 23:30"}, "shown twice by"),
    ],
)
def test_what_cannot_be_taken_says_why(changes: dict[str, str], reason: str) -> None:
    assert reason in refusal(**changes)


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("Teen Talwar", "teen-talwar"),
        ("3 talwar", "teen-talwar"),
        ("near Teen Talwaar, Clifton, Karachi", "teen-talwar"),
        ("2 Talwar ke paas", "do-talwar"),
        ("opp Dou Talwar signal", "do-talwar"),
    ],
)
def test_places_are_found_however_they_are_spelled(words: str, place: str) -> None:
    found = Gazetteer([TALWAR, DO_TALWAR, FAISAL]).find(words)
    assert found.entry is not None, found.reason
    assert found.entry.id == place


def test_one_sword_more_is_another_place() -> None:
    """Do and Teen Talwar are a kilometre apart and two letters: the nearer name must never win by default."""
    assert Gazetteer([TALWAR]).find("Do Talwar").entry is None


def test_a_place_in_words_is_as_precise_as_the_place() -> None:
    found = reader().read(cad(LONG="0", LAT="0", LOCATION="near 3 Talwar"))
    assert isinstance(found, Incident)
    assert (found.lon, found.lat, found.precision, found.radius_m) == (67.0299, 24.8210, Precision.STREET, 150.0)
    assert found.place == "Teen Talwar"


def test_references_carry_no_plate_and_no_personal_link() -> None:
    text = CAD_MAP.replace('category = "OFFENCE"', 'kind = "OFFENCE"\nlink = "LINK"\nconfidence = "SURE"')
    text = 'records = "references"\n' + text
    found = reader(text).read(cad(OFFENCE="ALPR", LINK="https://vms.example/event/7", SURE="87 %"))
    assert isinstance(found, Reference)
    assert (found.kind, found.confidence, found.link) == ("anpr", 0.87, "https://vms.example/event/7")
    for link, reason in (
        ("https://vms.example/?plate=ABC-123", "link carries 'plate'"),
        ("javascript:alert(1)", "no http"),
        ("https://me:secret@vms.example/7", "password"),
    ):
        refused = reader(text).read(cad(OFFENCE="ALPR", LINK=link))
        assert isinstance(refused, Refused)
        assert reason in refused.reason


@pytest.mark.parametrize(
    "column", ["PLATE_NO", "Licence Plate", "face_id", "Complainant", "CNIC", "FULL_NAME", "Name"]
)
def test_a_map_that_takes_personal_data_is_refused(column: str) -> None:
    with pytest.raises(ConfigError, match="personal data"):
        parse_mapping(CAD_MAP.replace('place = "LOCATION"', f'place = "{column}"'), "map.toml")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('time_zone = "Asia/Karachi"', "", "says no time_zone"),
        ("Asia/Karachi", "Asia/Karachee", "no time zone"),
        ('source = "cad"', "", "names no source"),
        ('id = "CASE_NO"', 'idd = "CASE_NO"', "did you mean id"),
        ('category = "OFFENCE"', "", "gives no category"),
        ('occurred_at = "REPORTED"', 'date = "REPORTED"', "gives no time"),
    ],
)
def test_a_map_is_read_strictly(old: str, new: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        parse_mapping(CAD_MAP.replace(old, new), "map.toml")
    assert isinstance(parse_mapping(CAD_MAP, "map.toml"), ColumnMap)


def test_an_inventory_may_change_weights_and_days() -> None:
    shipped = shipped_taxonomy()
    own = parse_taxonomy(
        '[categories.firing]\nweight = 8\n[categories.wall_chalking]\ntitle = "Wall chalking"\nweight = 0.1\n'
        "[references.face_match]\nretain_days = 1\n",
        "incidents.toml",
        shipped,
    )
    assert own.categories["firing"].weight == 8.0
    assert own.categories["firing"].title == shipped.categories["firing"].title
    assert own.category("Wall-Chalking") == "wall_chalking"
    assert own.references["face_match"].retain_days == 1
    with pytest.raises(ConfigError, match="did you mean weight"):
        parse_taxonomy("[categories.fire]\nweigth = 2\n", "t", Taxonomy())


def test_csv_in_any_delimiter_and_with_lines_inside_quotes() -> None:
    text = io.StringIO('A;B\n1;"two\nlines"\n\n2;x\n', newline="")
    assert [(n, dict(row)) for n, row in csv_rows(text, "f")] == [
        (3, {"A": "1", "B": "two\nlines"}),
        (5, {"A": "2", "B": "x"}),
    ]
    with pytest.raises(IncidentError, match="two columns 'A'"):
        next(csv_rows(io.StringIO("A,A\n1,2\n"), "f"))


def test_geojson_of_a_collection_and_of_lines() -> None:
    point = {"type": "Feature", "properties": {"k": 1}, "geometry": {"type": "Point", "coordinates": [67.1, 24.9]}}
    area = {
        "type": "Feature", "id": "a", "properties": {"k": None},
        "geometry": {"type": "Polygon", "coordinates": [[[67, 24], [68, 24], [68, 25], [67, 25], [67, 24]]]},
    }  # fmt: skip
    broken = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": ["x"]}}
    text = json.dumps({"type": "FeatureCollection", "features": [point, area, broken]}, indent=1)
    rows = [dict(row) for _, row in geojson_rows(io.StringIO(text), "f")]
    assert rows[0] == {"k": "1", LON: "67.1", LAT: "24.9"}
    assert (rows[1]["id"], rows[1]["k"], float(rows[1][LON])) == ("a", "", 67.5)
    assert rows[2][LON] == "unreadable"
    lines = "\n".join(json.dumps(feature) for feature in (point, area)) + "\n"
    assert len(list(geojson_rows(io.StringIO(lines), "f"))) == 2
    with pytest.raises(IncidentError, match="after feature 1"):
        list(geojson_rows(io.StringIO(json.dumps(point) + "\n{oops"), "f"))


CAP = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns:cap="urn:oasis:names:tc:emergency:cap:1.2">
<cap:alert><cap:identifier>A1</cap:identifier><cap:sender>pmd</cap:sender><cap:sent>2026-02-28T10:00:00+05:00</cap:sent>
<cap:status>{status}</cap:status><cap:msgType>Alert</cap:msgType><cap:scope>Public</cap:scope>
<cap:info><cap:category>Met</cap:category><cap:event>Heavy rain</cap:event><cap:urgency>Immediate</cap:urgency>
<cap:onset>2026-02-28T12:00:00+05:00</cap:onset>
<cap:area><cap:areaDesc>District South</cap:areaDesc><cap:circle>24.85,67.03 5</cap:circle></cap:area></cap:info>
</cap:alert></feed>"""


def test_cap_alerts_with_latitude_first() -> None:
    mapping = parse_mapping(
        'source = "pmd"\ntime_zone = "Asia/Karachi"\n[columns]\nid = "identifier"\noccurred_at = "onset"\n'
        'category = "event"\nlon = "lon"\nlat = "lat"\n[values]\nprecision = "area"\n',
        "map.toml",
    )
    rows = RowReader(mapping, shipped_taxonomy(), Gazetteer([]), BOUNDS, NOW)
    ((_, row),) = cap_rows(io.BytesIO(CAP.format(status="Actual").encode()), "f")
    found = rows.read(row)
    assert isinstance(found, Incident)
    assert (found.category, found.lon, found.lat, found.precision) == ("weather", 67.03, 24.85, Precision.AREA)
    assert found.occurred_at == datetime(2026, 2, 28, 7, 0, tzinfo=UTC)
    ((_, exercise),) = cap_rows(io.BytesIO(CAP.format(status="Exercise").encode()), "f")
    refused = rows.read(exercise)
    assert refused == Refused("status is Exercise, not Actual")


def test_xml_with_a_document_type_is_not_read() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbb">]><alert>&b;</alert>'
    with pytest.raises(IncidentError, match="document type"):
        list(cap_rows(io.BytesIO(bomb), "f"))


def workbook(sheet: str, shared: str = "") -> io.BytesIO:
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    styles = '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as book:
        book.writestr("xl/workbook.xml", f"<workbook {main}><workbookPr/><sheets/></workbook>")
        book.writestr("xl/styles.xml", f"<styleSheet {main}>{styles}</styleSheet>")
        book.writestr("xl/sharedStrings.xml", f"<sst {main}>{shared}</sst>")
        book.writestr("xl/worksheets/sheet1.xml", f"<worksheet {main}><sheetData>{sheet}</sheetData></worksheet>")
    return file


def test_excel_dates_shared_texts_and_gaps() -> None:
    """46081 days after 30 December 1899 are 28 February 2026; .8958333 of a day are 21:30."""
    file = workbook(
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>AT</t></is></c></row>'
        '<row r="2"><c r="A2"><v>7</v></c><c r="C2" s="1"><v>46081.8958333333</v></c></row>'
        '<row r="5"><c r="C5" s="1"><v>46081</v></c></row>',
        "<si><r><t>NUM</t></r><r><t>BER</t></r></si>",
    )
    assert [(n, dict(row)) for n, row in xlsx_rows(file, "f")] == [
        (2, {"NUMBER": "7", "AT": "2026-02-28 21:30:00"}),
        (5, {"NUMBER": "", "AT": "2026-02-28 00:00:00"}),
    ]
    with pytest.raises(IncidentError, match="no readable workbook"):
        list(xlsx_rows(io.BytesIO(b"PK nonsense"), "f"))
