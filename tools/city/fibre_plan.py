"""Where does the fibre run? Rings and spurs as lists of named junctions, written by hand.

The routes between two junctions follow the roads; see ``fibre.py``.
"""

from __future__ import annotations

__all__ = ["RINGS", "SPURS", "TARGET_KM", "TRIM"]

TARGET_KM = 193.0
"""Optical fibre of Phase I as public reports give it."""

RINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "R1 red zone",
        (
            "tower",
            "city station",
            "jang press",
            "shaheen complex",
            "pidc",
            "metropole",
            "zainab market",
            "tibet centre",
            "jama cloth",
            "light house",
            "bolton market",
        ),
    ),
    (
        "R2 government",
        (
            "shaheen complex",
            "arts council",
            "high court",
            "fawara chowk",
            "metropole",
            "frere hall",
            "clifton bridge north",
            "clifton bridge south",
            "sultanabad",
            "mai kolachi north",
            "beach luxury",
            "tower",
            "city station",
            "jang press",
        ),
    ),
    (
        "R3 clifton",
        (
            "clifton bridge south",
            "teen talwar",
            "do talwar",
            "park towers",
            "bilawal chowrangi",
            "abdullah shah ghazi",
            "kothari parade",
            "south city",
            "ziauddin clifton",
            "shireen jinnah",
            "boat basin",
            "mai kolachi south",
            "bath island",
        ),
    ),
    (
        "R4 defence",
        (
            "teen talwar",
            "punjab chowrangi",
            "sunset east",
            "defence mor",
            "kala pul",
            "cantt station",
            "frere hall",
            "clifton bridge north",
            "clifton bridge south",
        ),
    ),
    (
        "R5 sea front",
        (
            "abdullah shah ghazi",
            "sea view head",
            "village",
            "mcdonalds",
            "do darya",
            "creek avenue",
            "ittehad mid",
            "twenty sixth street",
            "zamzama south",
            "bilawal chowrangi",
        ),
    ),
    (
        "R6 saddar",
        (
            "tibet centre",
            "empress market",
            "lucky star",
            "regent plaza",
            "ftc",
            "quaideen",
            "shahrah quaideen north",
            "numaish",
            "capri",
        ),
    ),
    (
        "R7 corridor",
        (
            "ftc",
            "nursery",
            "tipu sultan",
            "baloch colony",
            "karsaz",
            "drigh road",
            "johar mor",
            "nipa",
            "hassan square",
            "new town",
            "jail chowrangi",
            "gurumandir",
            "numaish",
            "lines area",
        ),
    ),
    ("R8 karsaz", ("karsaz", "stadium", "liaquat hospital", "bahadurabad", "tariq road north", "pechs", "nursery")),
    ("R9 airport", ("star gate", "malir halt", "model colony", "airport north")),
    ("R10 lyari", ("bolton market", "lee market", "chakiwara", "garden", "numaish", "capri", "tibet centre")),
    (
        "R11 gulshan",
        (
            "nipa",
            "gulshan chowrangi",
            "sohrab goth",
            "water pump",
            "karimabad",
            "liaquatabad",
            "teen hatti",
            "gurumandir",
            "jail chowrangi",
            "new town",
            "hassan square",
        ),
    ),
)

SPURS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("keamari", ("tower", "native jetty", "jinnah bridge south", "keamari", "keamari jetty")),
    ("china port", ("ziauddin clifton", "shireen jinnah", "sapt")),
    ("gizri", ("punjab chowrangi", "gizri", "twenty sixth street")),
    ("korangi road", ("defence mor", "akhtar colony", "qayyumabad")),
    ("lyari", ("bolton market", "lee market", "chakiwara")),
    ("university", ("nipa", "ku gate")),
    ("corridor to the airport", ("drigh road", "natha khan", "star gate")),
)

TRIM: tuple[str, tuple[str, ...]] = (
    "national highway",
    (
        "malir halt",
        "malir fifteen",
        "quaidabad",
        "dawood chowrangi",
        "landhi",
        "singer",
        "korangi two and half",
        "korangi crossing",
    ),
)
"""The last spur is built as far as the programme's fibre reaches: it ends where the sum is complete."""
