"""XLSX files, made whole by XlsxWriter or part by part where no program would write them."""

import zipfile
from io import BytesIO

import xlsxwriter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
WORKBOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{KINDS}">'
    '<sheets><sheet name="S" sheetId="1" r:id="a"/></sheets></workbook>'
)
RELATED = (
    f'<Relationships xmlns="{PACKAGE}">'
    f'<Relationship Id="a" Type="{KINDS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="b" Type="{KINDS}/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>'
)
SHEET = f'<worksheet xmlns="{MAIN}"><sheetData>%s</sheetData></worksheet>'


def workbook(rows, **options):
    """The bytes of a workbook whose first sheet holds `rows`."""
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"remove_timezone": True, **options}) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if hasattr(value, "year"):
                    sheet.write_datetime(at, column, value, day)
                elif isinstance(value, str):
                    sheet.write_string(at, column, value)
                elif value is not None:
                    sheet.write(at, column, value)
    return stream.getvalue()


def parts(sheet, **others):
    """The bytes of a workbook with this sheet XML; others replace or add parts by name."""
    stream = BytesIO()
    contents = {
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": RELATED,
        "xl/worksheets/sheet1.xml": sheet,
        **others,
    }
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return stream.getvalue()


def inline(row, *texts):
    cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
    return f'<row r="{row}">{cells}</row>'
