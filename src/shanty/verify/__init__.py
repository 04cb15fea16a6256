"""The proof that a production image is what it should be."""
