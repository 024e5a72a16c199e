"""Are two spellings one name? Roman Urdu has no fixed one: Chowrangi, Chorangi, Chowrangee; Saddar, Sadar.

A *skeleton* keeps what spellings agree on: consonants, with those folded together that Roman Urdu writes in several
ways, and a vowel only where a word begins with one. Likeness is then judged on letters and skeletons together
(Ratcliff and Obershelp's ratio, as `difflib` has it: the same answer on every machine).
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher

__all__ = ["likeness", "normal", "skeleton"]

# Written short, or one for the other, in logs and signs of the city.
_SHORT = {
    "rd": "road", "st": "street", "ave": "avenue", "chowrangi": "chorangi", "chowk": "chok", "hosp": "hospital",
    "stn": "station", "blk": "block", "ph": "phase", "gulshan": "gulshan", "no": "number", "govt": "government",
    "univ": "university", "intl": "international", "int": "international", "apt": "apartment", "mkt": "market",
    "1": "one", "2": "two", "3": "three", "4": "four", "5": "five",
    "do": "two", "dou": "two", "tin": "three", "teen": "three", "char": "four",
    "panch": "five",
}  # fmt: skip
_IDLE = frozenset(
    {
        "near", "nearby", "opp", "opposite", "behind", "beside", "infront", "front", "of", "in", "at", "the",
        "ke", "kay", "ki", "ka", "k", "paas", "pas", "qareeb", "samne", "saamne", "peeche", "pichay", "wala", "wali",
        "e", "i", "ul", "el", "al", "karachi", "khi", "pakistan", "sindh",
    }
)  # fmt: skip
"""Words that do not tell one place from another: where a thing stands beside, the izafat, the city itself."""
_FOLDS = (
    ("sch", "S"), ("tsh", "C"), ("sh", "S"), ("ch", "C"), ("kh", "k"), ("gh", "g"), ("ph", "f"), ("th", "t"),
    ("dh", "d"), ("bh", "b"), ("jh", "j"), ("zh", "z"), ("rh", "r"), ("ck", "k"), ("q", "k"), ("c", "k"), ("x", "ks"),
    ("w", "v"), ("z", "z"),
)  # fmt: skip


def normal(text: str) -> str:
    """Write a name in plain lower-case words, without accents, idle words and short forms.

    Examples
    --------
    >>> normal("Near Shahrah-e-Faisal, Karachi"), normal("2 Talwar Chowrangi")
    ('shahrah faisal', 'two talwar chorangi')
    """
    flat = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    words = re.findall(r"[^\W_]+", re.sub(r"[’'`]s?\b", "", flat))
    kept = [_SHORT.get(word, word) for word in words if word not in _IDLE]
    return " ".join(kept or words)


def skeleton(normalised: str) -> str:
    """Give the consonants that spellings agree on, word by word.

    Examples
    --------
    >>> skeleton(normal("Shahrah-e-Faisal")), skeleton(normal("Shara Feisal"))
    ('Sr fsl', 'Sr fsl')
    >>> skeleton(normal("Saddar")), skeleton(normal("Sadar")), skeleton(normal("Qayyumabad")), skeleton("kayumabad")
    ('sdr', 'sdr', 'kmbd', 'kmbd')
    """
    return " ".join(_bones(word) for word in normalised.split())


def _bones(word: str) -> str:
    for written, folded in _FOLDS:
        word = word.replace(written, folded)
    first = "a" if word[:1] in "aeiou" else word[:1].replace("y", "i")
    rest = re.sub(r"[aeiouyh]", "", word[1:])
    return re.sub(r"(.)\1+", r"\1", first + rest)


def likeness(one: str, other: str) -> float:
    """Say how alike two normalised names are, from 0 to 1; the order of words does not count.

    Examples
    --------
    >>> likeness("two talwar", "talwar two"), round(likeness("teen talwar", "two talwar"), 2) < 0.87
    (1.0, True)
    """
    a, b = (" ".join(sorted(name.split())) for name in (one, other))
    if a == b:
        return 1.0
    bones_a, bones_b = (" ".join(sorted(skeleton(name).split())) for name in (one, other))
    letters = SequenceMatcher(None, a, b, autojunk=False).ratio()
    if bones_a == bones_b and len(bones_a) >= 3:
        # Two spellings of one name; short skeletons say less.
        return max(0.9, (letters + 1.0) / 2.0)
    return 0.6 * letters + 0.4 * SequenceMatcher(None, bones_a, bones_b, autojunk=False).ratio()
