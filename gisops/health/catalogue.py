"""Which profiles are there: those that come with the package, and the user's own on top."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from gisops.errors import ConfigError
from gisops.health.profile import Profile
from gisops.health.profile_text import Document, build_profile, extend, read_document

__all__ = ["PROFILE_FOLDER", "check_profiles", "load_profiles", "profile_of_file", "shipped_profiles"]

PROFILE_FOLDER = "profiles"
"""Inside an inventory folder: the user's own profiles."""


def shipped_profiles() -> dict[str, Profile]:
    """Read every profile that comes with the package, by name."""
    return {name: build_profile(document) for name, document in _shipped_documents().items()}


def load_profiles(inventory_dir: Path) -> dict[str, Profile]:
    """Read the shipped profiles and those in ``profiles/`` of an inventory, which override by name.

    Returns
    -------
    dict
        Shipped ones first; a user's profile takes the place of its namesake.

    Raises
    ------
    ConfigError
        At ``file:line``; two files with one name, or two with one sysObjectID.
    """
    profiles, mistakes = check_profiles(inventory_dir)
    if mistakes:
        raise mistakes[0]
    return profiles


def check_profiles(inventory_dir: Path) -> tuple[dict[str, Profile], tuple[ConfigError, ...]]:
    """Read what :func:`load_profiles` reads, and give the mistakes of every file instead of raising the first.

    Returns
    -------
    profiles, mistakes
        The profiles that can be used, and the first mistake of each file that cannot.
    """
    shipped = _shipped_documents()
    folder = inventory_dir / PROFILE_FOLDER
    own: dict[str, Document] = {}
    mistakes: list[ConfigError] = []
    for path in sorted(folder.glob("*.toml")) if folder.is_dir() else []:
        try:
            document = _read(path)
            twin = own.get(document.name)
            if twin is not None:
                document.top.fail(f"is named {document.name}, as is {twin.top.file}", "rename one", "name")
        except ConfigError as error:
            mistakes.append(error)
        else:
            own[document.name] = document
    profiles = {name: build_profile(document) for name, document in shipped.items() if name not in own}
    claimed: dict[str, str] = {}
    for name, document in own.items():
        try:
            profile = build_profile(_extended(name, own, shipped, ()))
            _refuse_rival(profile, claimed, document)
        except ConfigError as error:
            mistakes.append(error)
        else:
            profiles[name] = profile
    return profiles, tuple(mistakes)


def profile_of_file(path: Path) -> Profile:
    """Read one profile file, which may extend shipped ones and those beside it.

    Raises
    ------
    ConfigError
        At ``file:line``.
    """
    document = _read(path)
    own = {document.name: document}
    if document.extends:
        others = (_read(other) for other in sorted(path.parent.glob("*.toml")) if other != path)
        own = {**{other.name: other for other in others}, **own}
    return build_profile(_extended(document.name, own, _shipped_documents(), ()))


def _shipped_documents() -> dict[str, Document]:
    found = sorted(files("gisops.health").joinpath("profiles").iterdir(), key=lambda entry: entry.name)
    documents = (
        read_document(entry.read_text(encoding="utf-8"), entry.name)
        for entry in found
        if entry.name.endswith(".toml")
    )
    return {document.name: document for document in documents}


def _read(path: Path) -> Document:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(str(path), f"is not UTF-8 text ({error.reason})", "save it as UTF-8") from error
    return read_document(text, str(path))


def _extended(
    name: str, own: Mapping[str, Document], shipped: Mapping[str, Document], below: tuple[str, ...]
) -> Document:
    document = own[name]
    if name in below:
        chain = " extends ".join((*below[below.index(name) :], name))
        document.top.fail(f"goes round in a circle: {chain}", "let one of them stand by itself", "extends")
    bases = dict(shipped)
    for base in document.extends:
        if base in own and base != name:
            bases[base] = _extended(base, own, shipped, (*below, name))
    return extend(document, bases)


def _refuse_rival(profile: Profile, claimed: dict[str, str], document: Document) -> None:
    for prefix in profile.sys_object_ids:
        other = claimed.setdefault(prefix, profile.name)
        if other != profile.name:
            document.top.fail(
                f"claims sysObjectID {prefix}, as does {other}", "make one of them longer", "sys_object_id"
            )
