"""By what the classes of details are dealt: the same for every alert, and nothing that anybody may choose.

Dealt anew for each alert, details would add up: whoever holds one match key of a person reads every version
of her alert, both epochs of it, and the next one, each time in other classes, until one name is left. And
who has stolen matching would ask about own cases under salts of their choice. Dealt once, the classes of a
person say the same however often they are told: 32 bits in all.
"""

DEALT = b"myosotis classes"
"""In place of a salt; part of the protocol, like the version of the match keys."""
