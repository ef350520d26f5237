"""A message within its own signature (S/MIME, RFC 8551 section 3.5.2): taken out, and nothing verified."""

from __future__ import annotations

from asn1crypto import cms


def signed_content(content: bytes) -> bytes | None:
    """The message that was signed, as MIME; ``None`` if it is encrypted, or is not such a message."""
    try:
        info = cms.ContentInfo.load(content)
        if info["content_type"].native != "signed_data":
            return None
        inner = info["content"]["encap_content_info"]["content"].native
    except Exception:  # noqa: BLE001 - the library raises whatever it meets in a damaged message
        return None
    return inner if isinstance(inner, bytes) else None
