"""What state is a device in, and why: pure decisions on observations."""
