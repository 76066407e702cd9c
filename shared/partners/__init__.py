"""Who the partners are: cards, sealing keys, twelve words, and what two people have to agree on."""
