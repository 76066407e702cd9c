"""What the three services stand on."""
