"""The battery: one question put to a vote, one file. No method knows another."""
