"""What is shown of appeals and what they undo."""
