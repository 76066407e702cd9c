"""From a written name to the sounds that survive scripts, spellings and grammar.

    words        the words that tell who somebody is: no titles, particles, patronymics, placeholders
    placeholders what forms say when no name is known, from `placeholder_words`
    lookalikes   letters of another alphabet that look the same
    cyrillic, greek, caucasus, semitic   letters of other scripts -> Latin letters
    spelling     a word of any script -> folded spelling; Latin letters by the orthography they betray
    endings      gendered, married and declined endings -> cut off
    sounds       how languages spell each sound -> consonant classes, with other readings
    joining      sounds -> skeleton
    skeleton     puts them together: one best reading for a case, several for an alert
    plain        a finer spelling, with vowels, for a comparison letter by letter
    lexicon      nicknames and forms of one given name in several languages: the rows of equivalents.txt,
                 by the tables that `lexicon_table` makes of them
    frequency    how rare a name is, by the shipped table that `frequency_table` makes

All of it is part of the protocol: a change here needs a new KEYS_VERSION.
"""
