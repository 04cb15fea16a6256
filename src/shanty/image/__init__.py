"""What an image holds, read from the outside."""
