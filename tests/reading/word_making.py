"""Small Word files made part by part, for what python-docx cannot write: notes, changes, boxes, and broken packages."""

from __future__ import annotations

import zipfile
from io import BytesIO

import docx

W_NAME = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R_NAME = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMES = (
    f'xmlns:w="{W_NAME}" xmlns:r="{R_NAME}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
_MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def paragraph(*runs: str, properties: str = "") -> str:
    """A paragraph; runs that are no markup are set as plain words."""
    inner = "".join(run if run.startswith("<") else f'<w:r><w:t xml:space="preserve">{run}</w:t></w:r>' for run in runs)
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def note_call(number: int, kind: str = "footnote") -> str:
    """A run that calls a note of this identifier."""
    return f'<w:r><w:{kind}Reference w:id="{number}"/></w:r>'


def notes(kind: str, *texts: str) -> str:
    """A notes part with notes from identifier 1, behind the separator that Word writes."""
    separator = f'<w:{kind} w:type="separator" w:id="0"><w:p><w:r><w:separator/></w:r></w:p></w:{kind}>'
    bodies = (
        f'<w:{kind} w:id="{number}">{paragraph(f"<w:r><w:{kind}Ref/></w:r>", text)}</w:{kind}>'
        for number, text in enumerate(texts, start=1)
    )
    return f"<w:{kind}s {_NAMES}>{separator}{''.join(bodies)}</w:{kind}s>"


def styles(*entries: tuple[str, str, str]) -> str:
    """A styles part; entries are identifier, name and further markup."""
    inner = "".join(
        f'<w:style w:type="paragraph" w:styleId="{identifier}"><w:name w:val="{name}"/>{markup}</w:style>'
        for identifier, name, markup in entries
    )
    return f"<w:styles {_NAMES}>{inner}</w:styles>"


def word_file(
    body: str,
    parts: dict[str, str] | None = None,
    *,
    main_type: str = _MAIN_TYPE,
    links: str = "",
    declaration: str = "",
    before_body: str = "",
) -> bytes:
    """A Word file with this body; ``parts`` are further parts by kind, as ``footnotes`` or ``styles``."""
    parts = parts or {}
    rels = "".join(
        f'<Relationship Id="p{at}" Type="{R_NAME}/{kind}" Target="{kind}.xml"/>' for at, kind in enumerate(parts)
    )
    package = "http://schemas.openxmlformats.org/package/2006"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main_type}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="m" Type="{R_NAME}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f"{declaration}<w:document {_NAMES}>{before_body}<w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{package}/relationships">{rels}</Relationships>',
        **{f"word/{kind}.xml": text for kind, text in parts.items()},
    }
    if links:
        files["word/_rels/footnotes.xml.rels"] = (
            f'<Relationships xmlns="{package}/relationships">{links}</Relationships>'
        )
    return zipped({name: text.encode() for name, text in files.items()})


def zipped(files: dict[str, bytes]) -> bytes:
    """A ZIP archive of these files."""
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return archive.getvalue()


def plain_word_file(*texts: str) -> bytes:
    """What python-docx makes of some paragraphs."""
    document = docx.Document()
    for text in texts:
        document.add_paragraph(text)
    saved = BytesIO()
    document.save(saved)
    return saved.getvalue()
