"""What happened, to what, when and by whom: facts written with the change, sealed into a chain anyone can check."""
