"""The finer comparison: details of an alert that only a shared match key unlocks, and what agrees in them.

    details   the publisher: a person      -> 32 bits, different for every alert
    agreement the finder: these 32 bits and an own person -> levels of agreement

Both stand in intake, which alone knows people; matching carries the bits from one to the other.
"""
