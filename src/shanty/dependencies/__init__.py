"""What the lock says, and what it takes to install it."""
