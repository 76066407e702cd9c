"""From a written name to the sounds that survive scripts, spellings and grammar.

    cyrillic   letters of Russian, Ukrainian, Belarusian -> Latin letters
    spelling   letters of any language here              -> consonant classes, with other readings
    endings    gendered and declined endings             -> cut off
    skeleton   puts the three together: one best reading for a case, several for an alert
    lexicon    nicknames and forms of one given name in several languages
    placeholders  what forms say when no name is known
    rarity     a coarse class of how common a name is

All of it is part of the protocol: a change here needs a new KEYS_VERSION.
"""
