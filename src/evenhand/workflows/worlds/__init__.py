"""Writing a synthetic platform: its files bucket by bucket, from the registers and phrases of the room `world`."""
