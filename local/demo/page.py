"""The file of a digital demo good: a PDF of one page that says what it would be."""

FONT = "/Resources << /Font << /F1 5 0 R >> >>"
LINE = "BT /F1 {size} Tf 72 {height} Td ({text}) Tj ET\n"


def write_page(title: str, text: str) -> bytes:
    """A PDF with a title, and a line of text below it; both in ASCII."""
    drawn = LINE.format(size=24, height=720, text=_quoted(title)) + LINE.format(size=12, height=690, text=_quoted(text))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R {FONT} >>",
        f"<< /Length {len(drawn)} >>\nstream\n{drawn}endstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    document, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(document))
        document += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(document)}\n%%EOF\n"
    return f"{document}xref\n0 {size}\n0000000000 65535 f \n{table}{end}".encode("ascii", "replace")


def _quoted(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
