"""The commands of appeals: file, look, decide, and undo what rests on the same mistake."""
