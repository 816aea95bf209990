"""What the simulator promises: the same from the same seed, coherent, and true to what it says of itself."""
