"""Files that a platform hands over: found, read, checked row by row, and written as an ingested snapshot."""
