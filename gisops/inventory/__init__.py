"""What an inventory says and what is wrong with it: pure reading and checking of its files."""
