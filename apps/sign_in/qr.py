"""A QR code as inline SVG without styles, which the pages' policy allows as it is."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from qrcode.main import QRCode


def svg(text: str) -> SafeString:
    code: QRCode = QRCode(border=4)
    code.add_data(text)
    matrix = code.get_matrix()
    dark = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, is_dark in enumerate(row) if is_dark
    )
    return format_html(
        '<svg class="qr" viewBox="0 0 {0} {0}" shape-rendering="crispEdges" aria-hidden="true" focusable="false">'
        '<path fill="#fff" d="M0 0h{0}v{0}h-{0}z"/><path fill="#000" d="{1}"/></svg>',
        len(matrix),
        dark,
    )
