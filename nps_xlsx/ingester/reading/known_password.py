"""The password that Excel tries by itself, so that whoever has such a file never sees one."""

from __future__ import annotations

import io

_KNOWN = "VelvetSweatshop"
"""What Excel encrypts a workbook with whose structure is protected or that is to be read only, and opens it
with unasked: [MS-OFFCRYPTO] 2.3.7.1 and similarly in .xls ([MS-XLS] 2.4.117, FilePass)."""


def without_known_password(content: bytes) -> bytes | None:
    """The same workbook decrypted; ``None`` if somebody chose a password of their own."""
    import msoffcrypto  # seldom needed, and slow to import
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

    opened = io.BytesIO()
    try:
        office = msoffcrypto.OfficeFile(io.BytesIO(content))
        # In an .xls the password is verified in any case, and there is no option to ask for it.
        office.load_key(password=_KNOWN, **({"verify_password": True} if office.format == "ooxml" else {}))
        office.decrypt(opened)
    except (DecryptionError, FileFormatError, InvalidKeyError, ParseError):
        return None
    return opened.getvalue()
