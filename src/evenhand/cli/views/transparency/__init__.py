"""What is shown of publications."""
