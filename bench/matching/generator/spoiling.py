"""Slips of the ear, the pen and the key in one written name; each returns another, or None if it cannot."""

import random
from collections.abc import Callable

_EAR = (
    "b=p p=b d=t t=d g=k k=g z=s s=z v=f f=v i=y y=i ei=ai ie=i e=i o=a a=o u=o ks=x c=k h=ch ch=h sh=s "
    "š=s ž=z j=y w=v б=п п=б д=т т=д г=к к=г з=с с=з в=ф ф=в и=ы е=и о=а а=о я=е ш=щ ц=с ж=ш ё=е дз=ц "
    "і=и ի=յ դ=թ გ=ქ დ=თ ბ=ფ ι=η ο=ω δ=τ س=ص ت=ط ه=ة "
)
_PEN = (
    "rn=m m=rn cl=d l=i i=l u=n n=u h=k v=r a=o e=c g=q nn=m y=g t=f и=н н=и л=м м=л ш=т т=ш г=ч п=н "
    "о=а в=б у=ц ж=х ν=υ α=ο ბ=გ ნ=წ ա=ս ս=ա ن=ت ي=ن "
)
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")


def _swap_one(name: str, pairs: str, rng: random.Random) -> str | None:
    found = []
    for pair in pairs.split():
        old, _, new = pair.partition("=")
        start = name.lower().find(old, 1)  # the first letter is written with more care
        while start >= 0:
            found.append((start, old, new))
            start = name.lower().find(old, start + 1)
    if not found:
        return None
    start, old, new = rng.choice(found)
    return name[:start] + new + name[start + len(old) :]


def by_ear(name: str, rng: random.Random) -> str | None:
    """As one writes who hears it on a bad line: a sound for its neighbour, a letter doubled or single."""
    if rng.random() < 0.75:
        return _swap_one(name, _EAR, rng)
    doubled = [place for place in range(1, len(name)) if name[place] == name[place - 1]]
    if doubled:
        place = rng.choice(doubled)
        return name[:place] + name[place + 1 :]
    place = rng.randrange(1, len(name)) if len(name) > 2 else 0
    return name[:place] + name[place].lower() + name[place:] if place and name[place].isalpha() else None


def by_pen(name: str, rng: random.Random) -> str | None:
    """As somebody reads a bad handwriting."""
    return _swap_one(name, _PEN, rng)


def by_key(name: str, rng: random.Random) -> str | None:
    """A neighbouring key, a letter lost, two exchanged."""
    if len(name) < 4:
        return None
    place, how = rng.randrange(1, len(name) - 1), rng.random()
    if how < 0.35:
        return name[:place] + name[place + 1 :]
    if how < 0.6:
        return name[:place] + name[place + 1] + name[place] + name[place + 2 :]
    for row in _KEYS:
        at = row.find(name[place].lower())
        if at >= 0:
            return name[:place] + row[at - 1 if at else 1] + name[place + 1 :]
    return None


def lost_letters(name: str, _rng: random.Random) -> str | None:
    """A program that did not know the letters beyond ASCII put question marks."""
    text = "".join(letter if letter.isascii() else "?" for letter in name)
    return text if text != name and text.count("?") <= 2 else None


def cut(name: str, rng: random.Random) -> str | None:
    """A form with too few boxes."""
    boxes = rng.randint(6, 9)
    return name[:boxes] if len(name) > boxes + 1 else None


SLIPS: dict[str, Callable[[str, random.Random], str | None]] = {
    "by_ear": by_ear,
    "by_pen": by_pen,
    "by_key": by_key,
    "lost_letters": lost_letters,
    "cut": cut,
}
