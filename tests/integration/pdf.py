# SPDX-License-Identifier: Apache-2.0
"""A PDF made by hand, so that a test knows each byte of it."""

from __future__ import annotations


def make_pdf(n_pages: int, fill: bytes = b"") -> bytes:
    """A PDF of @n_pages with a number on each; @fill lies in a stream that nothing shows."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>"]
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(n_pages))
    objects.append(f"<</Type/Pages/Count {n_pages}/Kids[{kids}]>>".encode())
    objects.append(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
    for i in range(n_pages):
        text = f"BT /F1 96 Tf 200 300 Td ({i + 1}) Tj ET".encode()
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 720 405]/Contents {5 + 2 * i} 0 R"
            "/Resources<</Font<</F1 3 0 R>>>>>>".encode()
        )
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(text), text))
    if fill:
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(fill), fill))
    body, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return body + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\n"
        b"startxref\n%d\n%%%%EOF\n" % (size, table, size, len(body))
    )
