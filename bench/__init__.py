"""How fast it is: each figure from one run on one machine, ratios against the bare libraries."""
