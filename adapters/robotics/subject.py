"""What is known of the person: the user's declaration first, then what the recording itself says, never a guess."""

from __future__ import annotations

from adapters.formats.file_subject import FileSubject
from schemas.capture import SubjectInfo


def completed(declared: SubjectInfo, file: FileSubject) -> tuple[SubjectInfo, tuple[str, ...]]:
    """Fill what was not declared with what the file says.

    Args:
        declared: From capture.json or the command line.
        file: From the recording.

    Returns:
        The subject, and a remark on each value that the file gave or contradicts.
    """
    said = {
        "mass_kg": (file.mass_kg, None if file.mass_kg is None else f"mass {file.mass_kg:g} kg"),
        "height_m": (file.height_m, None if file.height_m is None else f"stature {file.height_m:.4g} m"),
        "sex": (file.sex, f"sex {file.sex}"),
    }
    taken: dict[str, float | str] = {}
    remarks: list[str] = []
    for name, (value, text) in said.items():
        if value is None:
            continue
        own = getattr(declared, name)
        if own is None or own == "unknown":
            taken[name] = value
            remarks.append(f"{text} as the file says")
        elif own != value:
            remarks.append(f"the file says {text}; {own} was declared and used")
    return declared.model_copy(update=taken), tuple(remarks)
