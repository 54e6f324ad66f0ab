"""Reads a policy pack that was sent with a form: a small text file, or a sentence about what is wrong with it."""

from fastapi import UploadFile

from shared.policy_packs.packs import LARGEST_PACK_BYTES


def uploaded(file: UploadFile | None) -> tuple[str, str]:
    """Name and text of a file that was sent; raises ValueError, which says what is wrong with it."""
    if file is None or not file.filename:
        raise ValueError("Choose the file of the policy pack")
    content = file.file.read(LARGEST_PACK_BYTES + 1)
    if len(content) > LARGEST_PACK_BYTES:
        raise ValueError(f"The file must be at most {LARGEST_PACK_BYTES // 1000} kB")
    try:
        # A form sends every end of a line in two characters: the text is the same with one.
        text = content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise ValueError("The file must be text in UTF-8, such as pack.toml") from None
    if not text.strip() or "\x00" in text:
        raise ValueError("The file must hold a policy pack; this one holds no text")
    return file.filename, text
