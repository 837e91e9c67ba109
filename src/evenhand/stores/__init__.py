"""Where state lives: the ledger's folder, the campaign's database."""
