"""Where penalties are imposed: a folder of JSON lines, a signed webhook. Each declares what it can do."""
