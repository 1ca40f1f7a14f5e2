"""What an invented unit brings along: a credit code with its check character, and papers as PDF."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015
OBJECTS = (
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>",
)


def credit_code():
    """An invented unified social credit code that passes the check."""
    body = "91510100" + "".join(secrets.choice(ALPHABET) for _place in range(9))
    total = sum(ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(body))
    return body + ALPHABET[(31 - total % 31) % 31]


def blank_pdf():
    """One blank page. Its identity differs from call to call, as scans do."""
    text, places = f"%PDF-1.7\n% {secrets.token_hex(8)}\n", []
    for number, content in enumerate(OBJECTS, start=1):
        places.append(len(text))
        text += f"{number} 0 obj\n{content}\nendobj\n"
    start = len(text)
    text += f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n"
    text += "".join(f"{place:010d} 00000 n \n" for place in places)
    text += f"trailer\n<< /Size {len(places) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return text.encode("ascii")
