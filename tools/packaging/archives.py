"""Zip a folder so that the same content gives the same bytes, on any machine and at any time."""

import zipfile
from pathlib import Path

# The earliest time that a zip can name. Lambda unpacks without looking at it.
EPOCH = (1980, 1, 1, 0, 0, 0)

# Readable by the user that Lambda runs functions as, whatever the umask of whoever builds.
FILE_MODE = 0o100644


def write_archive(folder: Path, archive: Path) -> None:
    """Everything in `folder`, in the order of names, without times, owners or the modes of this machine."""
    with zipfile.ZipFile(archive, "w", compression=zipfile.ZIP_DEFLATED, compresslevel=6) as zipped:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            member = zipfile.ZipInfo(file.relative_to(folder).as_posix(), date_time=EPOCH)
            member.external_attr = FILE_MODE << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3  # Unix: the mode above counts
            zipped.writestr(member, file.read_bytes())
