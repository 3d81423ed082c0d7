"""Every reason the shared doors refuse with: files that come in, lists that go out."""

from .problem_codes import FileRejected, MalformedRequest, ValidationFailed


class MalformedMultipart(MalformedRequest):
    """The multipart body is broken or ends too early.
    multipart 形式の本文が壊れているか、途中で終わっています。"""


class PartHeadersTooLarge(MalformedRequest):
    """The headers of one part are longer than 8 KiB.
    パートのヘッダーが 8 KiB を超えています。"""


class TooManyParts(MalformedRequest):
    """Send one file and at most 10 fields, each once and of at most 4 KiB of UTF-8.
    ファイルは1件、項目は10件以内(各4 KiB以内のUTF-8、重複不可)で送ってください。"""


class FileMissing(FileRejected):
    """Send the file in the part named `file`.
    ファイルを `file` という名前のパートで送ってください。"""


class FileKindRefused(FileRejected):
    """Files of this kind are not accepted here; name and content must both fit.
    この種類のファイルは受け付けていません。名前と内容の両方が適合する必要があります。"""


class ChecksumMismatch(FileRejected):
    """The file that arrived is not the one the sha256 was computed of.
    受信したファイルが sha256 の値と一致しません。"""


class ExportTooLarge(ValidationFailed):
    """The list has more than 100,000 rows; narrow the filters.
    10万行を超えています。条件を絞り込んでください。"""
