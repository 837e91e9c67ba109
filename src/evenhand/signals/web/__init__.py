"""Web addresses: found in posts and profiles, split where domains are registered, compared with lists and registers."""
