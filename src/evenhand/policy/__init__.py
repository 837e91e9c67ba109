"""Policy packs: reading and checking them, and what they decide. Texts and values come in; nothing is read here."""
